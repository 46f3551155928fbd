import Identity
import Kernel
import Metering
import Pricing
import Store
import Testing
import Workloads

@testable import Platform

/// The supervisor at work: it is told once, or starts anew, and volumes end up where they should be.
@Suite struct VolumeSupervisorTests {
    /// Reads what the supervisor tells until a volume is in a state.
    private static func wait(
        for state: VolumeMachine.State, of volume: VolumeID, _ supervisor: VolumeSupervisor,
        while body: @escaping @Sendable () -> Void = {}
    ) async throws -> Volume {
        try await withThrowingTaskGroup(of: Volume?.self) { group in
            group.addTask {
                try await supervisor.run()
                return nil
            }
            group.addTask {
                body()
                for await changed in supervisor.changes
                where changed.id == volume && changed.machine.state == state {
                    return changed
                }
                return nil
            }
            defer { group.cancelAll() }
            let found = try await group.next() ?? nil
            return try #require(found)
        }
    }

    @Test func aVolumeIsMadeForItsNotebook() async throws {
        let bench = try await VolumeBench()
        let change = try await bench.take(10, for: "notebook")
        let supervisor = VolumeSupervisor(bench.ports)
        let volume = try await Self.wait(for: .inUse, of: change.volume.id, supervisor) {
            supervisor.carryOut(change)
        }
        #expect(volume.attachment == ResourceID("notebook") && volume.billedCapacity == 10)
        #expect(bench.disks.sizes == [volume.id: 10] && bench.disks.mounted == [volume.id])
    }

    /// Nobody tells it: the store alone knows what the server that died was at.
    @Test func aNewServerGoesOnWhereTheOldOneDied() async throws {
        let bench = try await VolumeBench()
        let change = try await bench.take(10, for: "notebook")
        _ = try await Self.wait(for: .inUse, of: change.volume.id, VolumeSupervisor(bench.ports))
        // The machine started anew as well: nothing is mounted any more.
        bench.disks.unmountAll()
        _ = try await Self.wait(for: .inUse, of: change.volume.id, VolumeSupervisor(bench.ports))
        #expect(bench.disks.mounted == [change.volume.id])
        let second = try await bench.take(20)
        _ = try await Self.wait(for: .available, of: second.volume.id, VolumeSupervisor(bench.ports))
        #expect(bench.disks.sizes[second.volume.id] == 20)
    }

    @Test func aDeletionThatNobodyCarriedOutIsCarriedOut() async throws {
        let bench = try await VolumeBench()
        let volume = try await bench.create(10)
        let (ports, project) = (bench.ports, bench.project.id)
        let change = try await bench.store.write {
            try $0.deleteVolume(volume.id, in: project, ports: ports)
        }
        #expect(change.actions == [.remove])
        _ = try await Self.wait(for: .deleted, of: volume.id, VolumeSupervisor(bench.ports))
        #expect(bench.disks.sizes.isEmpty)
    }
}
