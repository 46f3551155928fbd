import Foundation
import Kernel
import Testing

/// The whole platform under seeded faults; see `docs/simulation.md`.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Seeds of every run of the tests; one that once failed stays.
    private static let seeds: [UInt64] =
        environment["ATELIER_SIMULATION_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? Array(1...24)
    private static let steps = environment["ATELIER_SIMULATION_STEPS"].flatMap { Int($0) } ?? 250

    @Test(arguments: seeds) func theLawsHold(seed: UInt64) async throws {
        _ = try await Self.simulate(seed: seed)
    }

    /// A seed gives the same acts and the same books, to the byte.
    @Test func aSeedReplaysToTheByte() async throws {
        let first = try await Self.simulate(seed: 77)
        let second = try await Self.simulate(seed: 77)
        #expect(first.root == second.root && first.simulation.trace == second.simulation.trace)
        #expect(first.simulation.faults.crashes > 0)
        let other = try await Self.simulate(seed: 78)
        #expect(other.root != first.root)
    }

    /// As long as told, with seeds that no run had before: `make soak MINUTES=60`.
    @Test(.enabled(if: environment["ATELIER_SOAK_SECONDS"] != nil)) func soak() async throws {
        let seconds = try #require(Self.environment["ATELIER_SOAK_SECONDS"].flatMap { Int64($0) })
        let end = ContinuousClock.now + .seconds(seconds)
        var (years, runs, faults) = (0.0, 0, SimulatedFaults())
        var seed = UInt64(Date().timeIntervalSince1970)
        while ContinuousClock.now < end {
            let (simulation, _) = try await Self.simulate(seed: seed, steps: 1_000)
            years += Double(simulation.now - Simulation.start) / (365.25 * 86_400)
            faults = faults + simulation.faults
            runs += 1
            seed += 1
        }
        print(
            """
            simulated \(String(format: "%.1f", years)) years in \(runs) runs; survived \(faults.total) faults: \
            \(faults.crashes) crashes, \(faults.fullDisks) full disks, \(faults.lostShims) lost shims, \
            \(faults.darkSpells) dark spells, \(faults.doubledRecords) doubled records, \
            \(faults.repeatedEvents) repeated events, \(faults.clockJumps) clock jumps, \(faults.pauses) pauses
            """)
    }

    private static func simulate(
        seed: UInt64, steps: Int = steps
    ) async throws -> (simulation: Simulation, root: String) {
        let simulation = try await Simulation(seed: seed)
        try await simulation.run(steps: steps)
        return (simulation, try await simulation.finish())
    }
}
