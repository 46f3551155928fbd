import Billing
import Identity
import Kernel
import Money
import Pricing
import Rating

extension Ports {
    /// What the first hour of a flavor costs from a moment on, rounded up: the amount of a reservation.
    ///
    /// - Throws: `invalidParameter` where the flavor has no price then: unknown is not zero.
    func firstHour(
        of product: ProductID = Product.trainingJob, _ flavor: FlavorID, quantity: Int, book: String,
        project: Project, at moment: Instant
    ) throws -> Amount {
        try catalogue.book(book).firstHour(
            of: product, flavor: flavor,
            payer: Payer(account: project.account.text, project: project.id.text), quantity: Int64(quantity),
            at: moment.second)
    }
}
