import Identity
import Kernel
import Logging
import Money
import Platform
import Secrets
import Store

/// Makes a data folder: price books, database, a first account with its operator, and the credentials.
struct NewInstallation {
    let options: ServerOptions
    /// The folder that price books are copied from; nil for the book that the program carries.
    let priceBooks: String?
    let account: String
    let user: String
    let book: String
    let creditLimit: Amount
    /// The one book that is put there in place of those.
    var onlyBook: ReplayBook?

    /// Makes it; what was there already is never touched.
    func make(logger: Logger) async throws -> Credentials {
        let folder = options.folder
        guard !folder.isInitialised else {
            throw Fault(.conflict, "\(folder.root) is an installation already; start it with atelier serve.")
        }
        try folder.make()
        try folder.hold()
        if let onlyBook {
            try onlyBook.put(into: folder.priceBooks)
        } else {
            try PriceBookCopies.put(into: folder.priceBooks, from: priceBooks)
        }
        let installation = try await Installation(options, logger: logger)
        let password = SystemRandom().text(
            20, of: Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8))
        let opened = try await OpenAccount(installation.ports)(
            OpenAccount.Input(
                name: account, userName: user, password: password, role: .operator, book: book,
                creditLimit: creditLimit))
        let address = try options.address()
        let credentials = Credentials(opened, endpoint: "http://\(address.host):\(address.port)", password: password)
        try credentials.write(to: folder.credentials)
        try installation.store.close()
        return credentials
    }
}
