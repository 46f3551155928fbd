import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Secrets
import Workloads

/// The books of a simulation against what really happened, by arithmetic that shares nothing with them.
struct SimulatedLaws {
    private let simulation: Simulation
    private let store: any Store

    init(_ simulation: Simulation, store: any Store) {
        self.simulation = simulation
        self.store = store
    }

    /// What holds after every step, whatever went wrong in it: sums balance, money is not made or lost, and nothing is
    /// billed twice or beyond its proof.
    ///
    /// - Parameter settled: attempts that were found billed to their last second; they are not looked at again.
    func hold(settled: inout Set<AttemptID>) async throws {
        let (stored, computed) = try await store.read { (try $0.storedBalances(), try $0.recomputedBalances()) }
        for (account, amount) in stored where computed[account] ?? .zero != amount {
            throw simulation.broken("4, balanced", "\(account.owner) \(account.kind) says \(amount)")
        }
        let sum = stored.values.reduce(Int128(0)) { $0 + $1.units }
        guard sum == 0 else { throw simulation.broken("4, balanced", "all balances together are \(sum) x 10^-8") }
        for account in simulation.accounts.map(\.account.id) {
            let cash = stored.first { $0.key.owner == account.text && $0.key.kind == .cash }?.value ?? .zero
            guard cash >= .zero else { throw simulation.broken("9, hard stop", "\(account) has \(cash) in cash") }
        }
        for (attempt, span) in simulation.executor.truth where !settled.contains(attempt) {
            guard let job = try await store.read({ try $0.trainingJob(attempt: attempt) }) else { continue }
            let lines = try await store.read {
                try $0.billLines(of: ResourceID(job.id.text), account: job.account)
            }
            let (billed, ran) = (lines.reduce(0) { $0 + $1.seconds }, span.upperBound - span.lowerBound)
            guard billed <= ran else {
                throw simulation.broken("8, not billed", "\(job.id) proves \(ran) s and is billed \(billed) s")
            }
            if billed == ran, job.machine.step == .ended { settled.insert(attempt) }
        }
    }

    /// The whole of the books recomputed from their facts, as `atelier verify` does; gives the journal's root, which
    /// says all of them in one word.
    @discardableResult
    func verify() async throws -> String {
        let ports = simulation.ports
        let report = try await VerifyBooks(
            store: store, catalogue: ports.catalogue, settings: ports.settings, digests: ports.secrets.digests)()
        if let misfit = report.misfit { throw simulation.broken("7, explained", misfit) }
        return report.root
    }

    /// What holds at the end, when everything was heard and billed; gives the journal's root.
    func check() async throws -> String {
        let root = try await verify()
        var due: Int128 = 0
        for account in simulation.accounts {
            due += try await checkRuns(of: account.account.id)
            due += try await checkTokens(of: account.account.id)
        }
        try await checkMoney(due: due)
        return root
    }

    /// Laws 1, 6, 8 and 12: each job is billed for the seconds that its machine proves, once, at the prices of each.
    private func checkRuns(of account: AccountID) async throws -> Int128 {
        var sum: Int128 = 0
        for (attempt, span) in simulation.executor.truth.sorted(by: { $0.key < $1.key }) {
            guard let job = try await store.read({ try $0.trainingJob(attempt: attempt) }), job.account == account
            else { continue }
            let lines = try await store.read { try $0.billLines(of: ResourceID(job.id.text), account: account) }
            let seconds = lines.reduce(Int64(0)) { $0 + $1.seconds }
            let ran = span.upperBound - span.lowerBound
            guard seconds == ran else {
                throw simulation.broken("1, second-exact", "\(job.id) ran \(ran) s and is billed \(seconds) s")
            }
            let due = lines.reduce(Int128(0)) { $0 + $1.due.units }
            let fee = simulation.prices.fee(of: span, nodes: 1)
            guard due == fee else {
                throw simulation.broken("3, exact", "\(job.id) is due \(due) x 10^-8, and comes to \(fee)")
            }
            sum += due
        }
        return sum
    }

    /// Laws 2 and 6: every acknowledged event counts once, in its own hour, at the price of its second.
    private func checkTokens(of account: AccountID) async throws -> Int128 {
        let all = try await store.read { try $0.billLines(of: ResourceID("service"), account: account) }
        let lines = all.filter { $0.flavor == SimulatedPrices.input }
        let calls = all.filter { $0.flavor == SimulatedPrices.call }
        let used = simulation.tokens[account] ?? []
        let count = used.reduce(Int128(0)) { $0 + $1.count }
        let counted = lines.reduce(Quantity.zero) { $0 + $1.counted }
        guard counted == Quantity(units: count * Quantity.one) else {
            throw simulation.broken("2, once", "\(count) tokens were used and \(counted) are billed")
        }
        let due = lines.reduce(Int128(0)) { $0 + $1.due.units }
        let fee = simulation.prices.fee(ofTokens: used)
        guard due == fee else {
            throw simulation.broken("6, late is right", "tokens are due \(due) x 10^-8, and come to \(fee)")
        }
        let callsDue = calls.reduce(Int128(0)) { $0 + $1.due.units }
        let callsFee = simulation.prices.fee(ofCalls: used.map(\.at))
        guard callsDue == callsFee else {
            throw simulation.broken("6, late is right", "calls are due \(callsDue) x 10^-8, and come to \(callsFee)")
        }
        return due + callsDue
    }

    /// Laws 4 and 9: what was put in is there, spent, or rounded, and nothing is reserved any more.
    private func checkMoney(due: Int128) async throws {
        let (balances, held) = try await store.read { [accounts = simulation.accounts] transaction in
            (
                try transaction.storedBalances(),
                try accounts.reduce(Amount.zero) { try $0 + transaction.heldAmount(owner: $1.account.id.text) }
            )
        }
        guard held == .zero else { throw simulation.broken("9, hard stop", "\(held) is still reserved") }
        func sum(_ kinds: LedgerAccount.Kind...) -> Int128 {
            balances.reduce(0) { kinds.contains($1.key.kind) ? $0 + $1.value.units : $0 }
        }
        let left = sum(.cash, .credit, .arrears)
        guard left == simulation.paidIn - due - sum(.rounding) else {
            throw simulation.broken(
                "4, balanced", "\(simulation.paidIn) was put in, \(due) is due, \(left) is left (x 10^-8): "
                    + balances.map { "\($0.key.owner.suffix(4)) \($0.key.kind) \($0.value.units)" }.sorted()
                    .joined(separator: ", "))
        }
    }
}
