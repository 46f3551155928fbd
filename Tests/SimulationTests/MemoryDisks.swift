import Kernel
import Platform
import Synchronization

/// Volumes in memory, of which the next act can be made to fail.
final class MemoryDisks: VolumeDisks {
    private let state = Mutex(State())
    private let room: Int64

    private struct State: Sendable {
        var sizes: [VolumeID: Int64] = [:]
        var mounted: Set<VolumeID> = []
        var failure: Fault?
        var acts = 0
    }

    init(room: Int64 = 10_000) { self.room = room }

    var sizes: [VolumeID: Int64] { state.withLock { $0.sizes } }
    var acts: Int { state.withLock { $0.acts } }
    func failNext(_ fault: Fault) { state.withLock { $0.failure = fault } }

    private func act<Value>(_ body: (inout State) throws -> sending Value) throws -> sending Value {
        try state.withLock { state in
            state.acts += 1
            if let failure = state.failure {
                state.failure = nil
                throw failure
            }
            return try body(&state)
        }
    }

    func capacity() async throws -> Int64 { room }

    func create(_ volume: VolumeID, gibibytes: Int64) async throws {
        try act { $0.sizes[volume] = $0.sizes[volume] ?? gibibytes }
    }

    func grow(_ volume: VolumeID, to gibibytes: Int64) async throws { try act { $0.sizes[volume] = gibibytes } }

    func remove(_ volume: VolumeID) async throws {
        try act { state in
            state.sizes[volume] = nil
            state.mounted.remove(volume)
        }
    }

    func mount(_ volume: VolumeID) async throws -> String {
        try act { state in _ = state.mounted.insert(volume) }
        return path(volume)
    }

    func unmount(_ volume: VolumeID) async throws { try act { state in _ = state.mounted.remove(volume) } }
    func usage(_ volume: VolumeID) async throws -> Int64 { 0 }
    func path(_ volume: VolumeID) -> String { "/memory/\(volume)" }
}
