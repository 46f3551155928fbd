import Billing
public import Identity
public import Ledger
public import Money

/// Adds up what the books bill, use by use, and says how long the journal is.
public struct SumBooks: Sendable {
    private let store: any Store

    public init(store: any Store) { self.store = store }

    /// What lines come to.
    public struct Sum: Sendable {
        public private(set) var lines: Int64 = 0
        public private(set) var counted = Quantity.zero
        public private(set) var list = Amount.zero
        public private(set) var discount = Amount.zero
        public private(set) var truncated = Amount.zero
        public private(set) var due = Amount.zero

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

    /// All that was used, and the journal's last link.
    public struct Books: Sendable {
        /// By name.
        public let accounts: [Account]
        public let uses: [AccountUse: Sum]
        public let root: JournalLink?
    }

    /// Reads every line once, on one snapshot.
    public func callAsFunction() async throws -> Books {
        try await store.read { transaction in
            var sums: [AccountUse: Sum] = [:]
            var last: Int64 = 0
            while true {
                let page = try transaction.billLines(after: last, limit: 1_000)
                guard let end = page.last else { break }
                for (_, line) in page {
                    let use = AccountUse(account: line.account, product: line.product, flavor: line.flavor)
                    sums[use, default: Sum()].add(line)
                }
                last = end.number
            }
            return Books(
                accounts: try transaction.accounts(), uses: sums, root: try transaction.lastLink())
        }
    }
}
