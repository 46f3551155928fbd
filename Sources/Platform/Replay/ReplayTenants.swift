import Identity
import Kernel
import Money
import Pricing

/// Accounts and projects of a trace, made when they are first named; they have no users.
///
/// The id is the name where a price book could name it, so that prices for one account are found as `rate` finds them.
struct ReplayTenants {
    let book: PriceBook
    private let identifiers: any IdentifierSource
    private var accounts: [String: AccountID]
    private var projects: [Name: ProjectID] = [:]
    private var takenIDs: Set<String>

    struct Tenant {
        let account: AccountID
        let project: ProjectID
    }

    private struct Name: Hashable {
        let account: AccountID
        let project: String
    }

    /// Something to make.
    enum New: Sendable {
        case account(Account, BillingTerms)
        case project(Project)

        func insert(into transaction: any StoreTransaction) throws {
            switch self {
            case .account(let account, let terms):
                try transaction.insert(account)
                try transaction.insert(terms)
            case .project(let project): try transaction.insert(project)
            }
        }
    }

    init(_ ports: Ports, book: PriceBook) async throws {
        self.book = book
        identifiers = ports.identifiers
        let known = try await ports.store.read { transaction in
            try transaction.accounts().map { ($0, try transaction.projects(of: $0.id)) }
        }
        accounts = Dictionary(uniqueKeysWithValues: known.map { ($0.0.name, $0.0.id) })
        for project in known.flatMap(\.1) {
            projects[Name(account: project.account, project: project.name)] = project.id
        }
        takenIDs = Set(known.flatMap { [$0.0.id.text] + $0.1.map(\.id.text) })
    }

    /// A tenant, and what has to be made before it is used.
    mutating func find(account name: String, project: String) throws -> (Tenant, [New]) {
        var new: [New] = []
        let account = try accounts[name] ?? make(name, &new)
        let key = Name(account: account, project: project)
        if let known = projects[key] { return (Tenant(account: account, project: known), new) }
        guard projects.count < Limits.traceTenants else {
            throw Fault(.quotaExceeded, "The trace names more than \(Limits.traceTenants) projects.")
        }
        let made = Project(id: ProjectID(id(for: project)), account: account, name: project)
        projects[key] = made.id
        new.append(.project(made))
        return (Tenant(account: account, project: made.id), new)
    }

    private mutating func make(_ name: String, _ new: inout [New]) throws(Fault) -> AccountID {
        guard accounts.count < Limits.traceTenants else {
            throw Fault(.quotaExceeded, "The trace names more than \(Limits.traceTenants) accounts.")
        }
        let account = Account(id: AccountID(id(for: name)), name: name)
        accounts[name] = account.id
        let terms = BillingTerms(
            account: account.id, book: book.id.text, currency: book.currency, creditLimit: .zero)
        new.append(.account(account, terms))
        return account.id
    }

    private mutating func id(for name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        let id = isPlain && !takenIDs.contains(name) ? name : identifiers.hexadecimal(Project.self).text
        takenIDs.insert(id)
        return id
    }
}
