import Billing
public import Identity
public import Ledger
public import Money

/// Adds up what the books bill, account by account, and says how long the journal is.
public struct SumBooks: Sendable {
    private let store: any Store

    public init(store: any Store) { self.store = store }

    /// What the lines of an account come to.
    public struct Sum: Sendable {
        public fileprivate(set) var lines: Int64 = 0
        public fileprivate(set) var counted = Quantity.zero
        public fileprivate(set) var list = Amount.zero
        public fileprivate(set) var discount = Amount.zero
        public fileprivate(set) var truncated = Amount.zero
        public fileprivate(set) var due = Amount.zero

        public init() {}

        public static func += (left: inout Sum, right: Sum) {
            left.lines += right.lines
            left.counted += right.counted
            left.list += right.list
            left.discount += right.discount
            left.truncated += right.truncated
            left.due += right.due
        }

        fileprivate mutating func add(_ line: BillLine) {
            lines += 1
            counted += line.counted
            list += line.list
            discount += line.discount
            truncated += line.truncated
            due += line.due
        }
    }

    /// All accounts, by name, and the journal's last link.
    public struct Books: Sendable {
        public let accounts: [(account: Account, sum: Sum)]
        public let root: JournalLink?
    }

    /// Reads every line once, on one snapshot.
    public func callAsFunction() async throws -> Books {
        try await store.read { transaction in
            var sums: [AccountID: Sum] = [:]
            var last: Int64 = 0
            while true {
                let page = try transaction.billLines(after: last, limit: 1_000)
                guard let end = page.last else { break }
                for (_, line) in page { sums[line.account, default: Sum()].add(line) }
                last = end.number
            }
            return Books(
                accounts: try transaction.accounts().map { ($0, sums[$0.id] ?? Sum()) },
                root: try transaction.lastLink())
        }
    }
}
