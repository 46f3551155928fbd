import Billing
import Foundation
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Store
import TestKit
import Testing
import Workloads

@testable import Platform

/// Volumes under seeded faults: processes that die before, within and after a write, full disks, acts that fail.
@Suite struct VolumeSimulationTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func theBooksAgreeWithTheDisks(seed: UInt64) async throws {
        let run = try await VolumeRun(seed: seed)
        for _ in 0..<150 { try await run.step() }
        try await run.finish()
    }
}

/// One seed: what is asked, what fails, and what must be so at the end.
private final class VolumeRun {
    private let bench: VolumeBench
    private var random: SeededGenerator
    private var store: FaultyStore
    private var ports: Ports
    private var actions: [(VolumeID, VolumeMachine.Action)] = []
    private var seconds: Int64 = 0

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        bench = try await VolumeBench(cash: "50", room: 400)
        store = FaultyStore(bench.store, seed: seed)
        ports = bench.ports(on: store)
    }

    func step() async throws {
        seconds += Int64.random(in: 1...2_000, using: &random)
        bench.at(seconds)
        let id = try await volumes().randomElement(using: &random)?.id
        let size = Int64.random(in: 1...80, using: &random)
        let (project, caller, room) = (bench.project, bench.caller, try await bench.disks.capacity())
        if Int.random(in: 0..<12, using: &random) == 0 { bench.disks.failNext(Fault(.unavailable, "by chance")) }
        let choice = Int.random(in: 0..<6, using: &random)
        let owner: ResourceID? = size.isMultiple(of: 3) ? ResourceID("notebook") : nil
        try await attempt { ports in
            try await ports.store.write { transaction -> VolumeChange? in
                switch (choice, id) {
                case (0, _), (1, _):
                    let wish = VolumeWish(name: "data", type: FlavorID("SATA"), capacity: size)
                    return try transaction.createVolume(
                        wish, id: ports.identifiers.uuid(), for: owner, bounds: .notebook, room: room, in: project,
                        caller: caller, ports: ports)
                case (2, let id?):
                    return try transaction.growVolume(
                        id, to: size, bounds: .notebook, room: room, in: project.id, ports: ports)
                case (3, let id?):
                    return try transaction.deleteVolume(
                        id, by: ResourceID("notebook"), in: project.id, ports: ports)
                case (4, let id?):
                    return try transaction.attachVolume(id, to: ResourceID("notebook"), in: project.id, ports: ports)
                case (5, let id?):
                    return try transaction.detachVolume(id, from: ResourceID("notebook"), in: project.id, ports: ports)
                default: return nil
                }
            }
        }
        try await act(atMost: Int.random(in: 0...3, using: &random))
        try await attempt { ports in
            try await HourCloser(ports) { _ in }.closeDueHours()
            return nil
        }
    }

    /// One act; a crash starts the process anew, a refusal is none of ours.
    private func attempt(_ body: (Ports) async throws -> VolumeChange?) async throws {
        do {
            if let change = try await body(ports) { actions += change.actions.map { (change.volume.id, $0) } }
        } catch is Crash {
            try await restart()
        } catch let fault as Fault where fault.code != .internalFault {
            if fault.code == .storageFull { try await restart() }
        } catch is Faults {
        }
    }

    private func restart() async throws {
        store = FaultyStore(bench.store, seed: random.next())
        ports = bench.ports(on: store)
        actions = try await volumes().flatMap { volume in volume.machine.resumption.map { (volume.id, $0) } }
    }

    /// Carries out some of what waits.
    private func act(atMost count: Int) async throws {
        for _ in 0..<count where !actions.isEmpty {
            let (id, action) = actions.removeFirst()
            guard let volume = try await bench.store.read({ try $0.volume(id) }) else { continue }
            let event = await VolumeAct(ports).perform(action, for: volume)
            try await attempt { ports in
                try await ports.store.write { transaction in
                    var volume = try transaction.requiredVolumeEvenDeleted(id)
                    return try transaction.apply(event, to: &volume, ports: ports)
                }
            }
        }
    }

    private func volumes() async throws -> [Volume] {
        try await bench.store.read {
            try $0.volumes(inStates: VolumeMachine.State.allCases).filter { $0.machine.state != .deleted }
        }
    }

    /// Lets everything end, and holds the laws against the books.
    func finish() async throws {
        store.calm()
        while !actions.isEmpty { try await act(atMost: 1_000) }
        let left = try await volumes()
        for volume in left where volume.machine.state != .error {
            #expect(bench.disks.sizes[volume.id] == volume.capacity || volume.machine.state == .errorDeleting)
        }
        let known = Set(left.map(\.id))
        #expect(bench.disks.sizes.keys.allSatisfy { known.contains($0) }, "a disk without a volume")
        for volume in left { _ = try await bench.delete(volume.id, by: volume.attachment?.text) }
        for volume in try await volumes() { _ = try await bench.delete(volume.id) }
        #expect(bench.disks.sizes.isEmpty)
        seconds += 2 * 3_600
        bench.at(seconds)
        try await bench.close()
        #expect(try await bench.held() == .zero)
        let ports = bench.ports
        let report = try await VerifyBooks(
            store: ports.store, catalogue: ports.catalogue, settings: ports.settings, digests: ports.secrets.digests)()
        #expect(report.misfit == nil && report.waiting == 0)
        try await checkStretches()
    }

    /// Stretches of a volume follow on each other without a gap or an overlap, and every second of each is billed once.
    private func checkStretches() async throws {
        let lines = try await bench.lines()
        let (resources, store) = (Set(lines.map(\.resource)), bench.store)
        for resource in resources {
            let stretches = try await store.read { transaction in
                try transaction.meteredSegments(of: resource).map { metered in
                    (metered.segment, try RunInterval.of(transaction.facts(of: metered.segment.id)))
                }
            }
            var end: Second?
            for (segment, interval) in stretches {
                let interval = try #require(interval)
                #expect(interval.isEnded && (end.map { $0 == interval.start } ?? true), "\(segment.id)")
                end = interval.provenUntil
                let billed = lines.filter { $0.segment == segment.id }.reduce(0) { $0 + $1.seconds }
                #expect(billed == interval.seconds, "\(segment.id)")
            }
        }
    }
}
