import Kernel
import Platform
import Synchronization
import TestKit

/// The process is gone: whatever it had in memory is lost, whatever was committed is not.
struct Crash: Error {}

/// A real store that fails at seeded moments: the process dies before a write, within it, or between its commit and its
/// answer; or the disk is full.
final class FaultyStore: Store {
    private let store: any Store
    private let state: Mutex<State>

    fileprivate struct State: Sendable {
        var random: SeededGenerator
        var isDead = false
        var isCalm = false
        var faults = SimulatedFaults()
    }

    fileprivate enum Fate { case fine, before, within, after, full, dead }

    init(_ store: any Store, seed: UInt64) {
        self.store = store
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    var faults: SimulatedFaults { state.withLock { $0.faults } }

    /// From now on nothing fails.
    func calm() { state.withLock { $0.isCalm = true } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        if state.withLock({ $0.isDead }) { throw Crash() }
        return try await store.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        let fate = fate()
        switch fate {
        case .before, .dead: throw Crash()
        case .full: throw Fault(.storageFull, "The disk is full; nothing was kept.")
        case .within:
            return try await store.write { transaction in
                _ = try body(transaction)
                throw Crash()
            }
        case .fine, .after:
            let value = try await store.write(body)
            if fate == .after { throw Crash() }
            return value
        }
    }

    private func fate() -> Fate {
        state.withLock { state in
            if state.isDead { return .dead }
            if state.isCalm { return .fine }
            switch Int.random(in: 0..<300, using: &state.random) {
            case 0: return state.dies(.before)
            case 1: return state.dies(.within)
            case 2: return state.dies(.after)
            case 3:
                state.faults.fullDisks += 1
                return .full
            default: return .fine
            }
        }
    }
}

extension FaultyStore.State {
    fileprivate mutating func dies(_ fate: FaultyStore.Fate) -> FaultyStore.Fate {
        isDead = true
        faults.crashes += 1
        return fate
    }
}
