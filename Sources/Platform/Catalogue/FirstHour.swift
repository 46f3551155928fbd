import Billing
import Identity
import Kernel
import Money
import Pricing
import Rating
import Workloads

extension Ports {
    /// What the first hour of a flavor costs from a moment on, rounded up: the amount of a reservation.
    ///
    /// - Parameter pool: the dedicated pool it is to run on, where it costs nothing: the pool itself is what is billed.
    /// - Throws: `invalidParameter` where the flavor has no price then: unknown is not zero.
    func firstHour(
        of product: ProductID = Product.trainingJob, _ flavor: FlavorID, quantity: Int, pool: PoolID?, book: String,
        project: Project, at moment: Instant
    ) throws -> Amount {
        guard pool == nil else { return .zero }
        return try catalogue.book(book).firstHour(
            of: product, flavor: flavor,
            payer: Payer(account: project.account.text, project: project.id.text), quantity: Int64(quantity),
            at: moment.second)
    }
}
