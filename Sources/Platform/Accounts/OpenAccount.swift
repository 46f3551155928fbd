public import Identity
import Kernel
public import Money
import Pricing

/// Opens an account: its first project, named after the region, its administrator, and how it is billed.
public struct OpenAccount: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What an account starts with.
    public struct Input: Sendable {
        public let name: String
        public let userName: String
        public let password: String
        public let role: Role
        public let book: String
        public let creditLimit: Amount

        public init(
            name: String, userName: String, password: String, role: Role = .administrator,
            book: String = "default", creditLimit: Amount = .zero
        ) {
            self.name = name
            self.userName = userName
            self.password = password
            self.role = role
            self.book = book
            self.creditLimit = creditLimit
        }
    }

    /// The account as opened; the only time that the secret key is told.
    public struct Opened: Sendable {
        public let account: Account
        public let project: Project
        public let user: User
        public let key: AccessKey
    }

    /// Opens it; the name must be free, the book must exist, the password must have 8 characters.
    public func callAsFunction(_ input: Input) async throws -> Opened {
        try check(input)
        let book = try ports.catalogue.book(input.book)
        let now = ports.clock.now()
        let account = Account(id: ports.identifiers.hexadecimal(), name: input.name)
        let project = Project(id: ports.identifiers.hexadecimal(), account: account.id, name: ports.settings.region)
        let user = User(
            id: ports.identifiers.hexadecimal(), account: account.id, name: input.userName,
            passwordHash: try await ports.secrets.hashPassword(input.password), role: input.role)
        let pair = ports.secrets.makeAccessKey()
        let key = AccessKey(access: pair.access, secret: pair.secret, user: user.id, created: now)
        let terms = BillingTerms(
            account: account.id, book: input.book, currency: book.currency, creditLimit: input.creditLimit)
        try await ports.store.write { transaction in
            guard try !transaction.accounts().contains(where: { $0.name == account.name }) else {
                throw Fault(.duplicateName, "There is an account named \(account.name) already.", field: "name")
            }
            try transaction.insert(account)
            try transaction.insert(project)
            try transaction.insert(user)
            try transaction.insert(key)
            try transaction.insert(terms)
        }
        return Opened(account: account, project: project, user: user, key: key)
    }

    private func check(_ input: Input) throws {
        var faults = Faults()
        faults.require(
            (1...64).contains(input.name.count), "The name has 1 to 64 characters.", field: "name")
        faults.require(
            (1...64).contains(input.userName.count), "The user name has 1 to 64 characters.", field: "user_name")
        faults.require(
            (8...128).contains(input.password.count), "The password has 8 to 128 characters.", field: "password")
        faults.require(
            input.creditLimit >= .zero, "The credit limit is not negative.", field: "credit_limit")
        faults.require(
            ports.catalogue.books[PriceBookID(input.book)] != nil, "There is no price book \(input.book).",
            field: "book")
        try faults.check()
    }
}
