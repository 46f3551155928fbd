import Billing
import Identity
import Kernel
import Metering
import Money
import Pricing
import Store
import TestKit
import Testing
import Workloads

@testable import Platform

/// Dedicated pools under seeded faults: every node second from creation to deletion is billed, once.
@Suite struct PoolSimulationTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>) func everyNodeSecondIsBilledOnce(seed: UInt64) async throws {
        let run = try await PoolRun(seed: seed)
        for _ in 0..<120 { try await run.step() }
        try await run.finish()
    }

    /// Source: EX-06 of the billing rules, whose pool is there from 15:29:16 to 16:30:30 of its time zone.
    @Test func theBillHasALineForEachHourItTouches() async throws {
        let start = Second(1_681_802_956)
        let bench = try await VolumeBench(at: start)
        let pool = try await CreatePool(bench.ports)(
            PoolDefinition(name: "pool", flavor: FlavorID("modelarts.vm.cpu.8u32g"), nodes: 1), in: bench.project,
            caller: bench.caller)
        bench.time.move(to: start + 3_674)
        _ = try await DeletePool(bench.ports, jobs: TrainingJobSupervisor(bench.ports))(
            pool.id, in: bench.project, caller: bench.caller)
        bench.time.move(to: start + 3 * 3_600)
        try await bench.close()
        let lines = try await bench.lines()
        #expect(lines.map(\.seconds) == [1_844, 1_830])
        // 0.66 USD an hour, the price of MA14, cut at the eighth decimal.
        #expect(lines.map(\.due.description) == ["0.33806666", "0.3355"])
        #expect(try await bench.held() == .zero)
    }
}

/// One seed: what is asked, what fails, and what must be so at the end.
private final class PoolRun {
    private let bench: VolumeBench
    private var random: SeededGenerator
    private var store: FaultyStore
    private var ports: Ports
    private var seconds: Int64 = 0
    /// Node seconds that each pool was there, as the test saw it.
    private var truth: [ResourceID: Int64] = [:]

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        bench = try await VolumeBench(cash: "5000")
        store = FaultyStore(bench.store, seed: seed)
        ports = bench.ports(on: store)
    }

    private func pools() async throws -> [DedicatedPool] { try await bench.store.read { try $0.pools(in: nil) } }

    private func pass(_ step: Int64) async throws {
        for pool in try await pools() { truth[pool.resource, default: 0] += pool.definition.nodes * step }
        seconds += step
        bench.at(seconds)
    }

    func step() async throws {
        try await pass(Int64.random(in: 1...3_000, using: &random))
        let pool = try await pools().randomElement(using: &random)
        let nodes = Int64.random(in: 1...6, using: &random)
        let jobs = TrainingJobSupervisor(ports)
        do {
            switch (Int.random(in: 0..<5, using: &random), pool) {
            case (0, _):
                let flavors = ["modelarts.vm.cpu.1u", "modelarts.vm.cpu.2u"]
                _ = try await CreatePool(ports)(
                    PoolDefinition(
                        name: "pool-\(seconds)", flavor: FlavorID(flavors[Int(nodes % 2)]), nodes: nodes),
                    in: bench.project, caller: bench.caller)
            case (1, let pool?), (2, let pool?):
                _ = try await ChangePool(ports, jobs: jobs)(
                    pool.id, PoolChange(nodes: nodes), in: bench.project, caller: bench.caller)
            case (3, let pool?):
                _ = try await DeletePool(ports, jobs: jobs)(pool.id, in: bench.project, caller: bench.caller)
            default: break
            }
            try await HourCloser(ports) { _ in }.closeDueHours()
        } catch is Crash {
            restart()
        } catch let fault as Fault where fault.code == .storageFull {
            restart()
        } catch let fault as Fault where fault.code == .doesNotFit {
            // The machine is full, which is the one refusal there can be.
        }
        let taken = try await pools().reduce(0) { $0 + $1.placement.demand.cpuMillicores }
        #expect(taken <= 16_000)
    }

    private func restart() {
        store = FaultyStore(bench.store, seed: random.next())
        ports = bench.ports(on: store)
    }

    /// Lets everything end, and holds the books against what the test saw.
    func finish() async throws {
        for pool in try await pools() {
            _ = try await DeletePool(bench.ports, jobs: TrainingJobSupervisor(bench.ports))(
                pool.id, in: bench.project, caller: bench.caller)
        }
        bench.at(seconds + 2 * 3_600)
        try await bench.close()
        let billed = try await bench.lines().reduce(into: [ResourceID: Int64]()) { sums, line in
            sums[line.resource, default: 0] += line.seconds * line.quantity
        }
        #expect(billed == truth.filter { $0.value > 0 } && truth.count > 3)
        #expect(try await bench.held() == .zero)
        let ports = bench.ports
        let report = try await VerifyBooks(
            store: ports.store, catalogue: ports.catalogue, settings: ports.settings, digests: ports.secrets.digests)()
        #expect(report.misfit == nil && report.waiting == 0)
    }
}
