import Kernel
import Pricing
import TestKit
import Testing
import Workloads

@Suite struct PoolRoomTests {
    static func demand(_ cpu: Int64, _ memory: Int64, _ cards: Int64 = 0) -> Demand {
        Demand(flavor: FlavorID("f"), cpuMillicores: cpu, memoryBytes: memory, accelerators: cards)
    }

    static func plan(_ waiting: [Demand], placed: [Placement] = [], cpu: Int64 = 8, cards: [Int] = [0, 1, 2, 3])
        -> [Placement]
    {
        PoolRoom(capacity: PoolCapacity(cpuMillicores: cpu, memoryBytes: 100, accelerators: cards), placed: placed)
            .plan(waiting.enumerated().map { WaitingJob(id: "\($0)", demand: $1) })
    }

    @Test func whatNeverFitsIsRefused() throws {
        let pool = PoolRoom(capacity: PoolCapacity(cpuMillicores: 8, memoryBytes: 100, accelerators: [0]))
        try pool.requireFit(of: Self.demand(8, 100, 1))
        for (demand, needed, held) in [
            (Self.demand(9, 1), "9", "8"), (Self.demand(1, 101), "101", "100"), (Self.demand(1, 1, 2), "2", "1"),
        ] {
            let fault = #expect(throws: Fault.self) { try pool.requireFit(of: demand) }
            #expect(fault?.code == .doesNotFit && fault?.field == "spec.resource.flavor_id")
            #expect(fault?.message.contains("needs \(needed) ") == true)
            #expect(fault?.message.contains("has \(held) in all") == true)
        }
    }

    @Test func aFlavorTimesItsNodesIsTheDemand() {
        let flavor = Flavor(
            id: FlavorID("f"), name: "f", kind: .gpu, cpuMillicores: 3, memoryBytes: 5,
            accelerators: FlavorAccelerators(model: "V100", count: 2, memoryBytes: 1), products: [])
        #expect(Demand(flavor, nodes: 2) == Self.demand(6, 10, 4))
    }

    @Test func firstComeFirstServed() {
        #expect(Self.plan([Self.demand(4, 1), Self.demand(4, 1), Self.demand(1, 1)]).map(\.id) == ["0", "1"])
    }

    @Test func aSmallJobDoesNotPassOneItCouldDelay() {
        let placed = [Placement(id: "p", demand: Self.demand(4, 1), accelerators: [])]
        #expect(Self.plan([Self.demand(8, 1), Self.demand(1, 1)], placed: placed).isEmpty)
    }

    @Test func aJobPassesWhereTheOneAheadLacksSomethingElse() {
        let placed = [Placement(id: "p", demand: Self.demand(1, 1, 4), accelerators: [0, 1, 2, 3])]
        #expect(Self.plan([Self.demand(2, 1, 1), Self.demand(5, 1)], placed: placed).map(\.id) == ["1"])
        #expect(Self.plan([Self.demand(2, 1, 1), Self.demand(6, 1)], placed: placed).isEmpty)
    }

    @Test func whatCanNeverFitHoldsNobodyUp() {
        #expect(Self.plan([Self.demand(9, 1), Self.demand(1, 1)]).map(\.id) == ["1"])
    }

    @Test func theLowestFreeCardsAreGranted() {
        let placed = [Placement(id: "p", demand: Self.demand(1, 1, 1), accelerators: [1])]
        let placements = Self.plan([Self.demand(1, 1, 2), Self.demand(1, 1, 1)], placed: placed, cards: [3, 2, 1, 0])
        #expect(placements.map(\.accelerators) == [[0, 2], [3]])
    }

    @Test func aPoolThatShrankPlacesNothing() {
        let placed = [Placement(id: "p", demand: Self.demand(9, 1), accelerators: [7])]
        #expect(Self.plan([Self.demand(1, 1)], placed: placed).isEmpty)
    }

    /// Never over capacity; in order; no card twice; a job that passes leaves enough for all that it passed.
    @Test func plansKeepTheLaws() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<3_000 {
            let cards = Array(0..<Int.random(in: 0...4, using: &generator))
            let held = [
                Int64.random(in: 1...16, using: &generator), Int64.random(in: 1...16, using: &generator),
                Int64(cards.count),
            ]
            let waiting = (0..<Int.random(in: 0...8, using: &generator)).map { index in
                let card = Int64.random(in: 0...2, using: &generator)
                return WaitingJob(
                    id: "\(index)",
                    demand: Self.demand(
                        .random(in: 0...9, using: &generator), .random(in: 0...9, using: &generator), card))
            }
            let capacity = PoolCapacity(cpuMillicores: held[0], memoryBytes: held[1], accelerators: cards)
            let first = PoolRoom(capacity: capacity).plan(waiting)
            let running = first.filter { _ in Bool.random(using: &generator) }
            let rest = waiting.filter { job in !first.contains { $0.id == job.id } }
            let second = PoolRoom(capacity: capacity, placed: running).plan(rest)
            check(first, after: [], of: waiting, held: held)
            check(second, after: running, of: rest, held: held)
        }
    }

    private func amounts(_ demand: Demand) -> [Int64] {
        [demand.cpuMillicores, demand.memoryBytes, demand.accelerators]
    }

    private func check(_ placements: [Placement], after running: [Placement], of waiting: [WaitingJob], held: [Int64]) {
        var free = held
        for placement in running { free = zip(free, amounts(placement.demand)).map { $0 - $1 } }
        let cards = (running + placements).flatMap(\.accelerators)
        #expect(Set(cards).count == cards.count && cards.allSatisfy { $0 < Int(held[2]) })
        let granted = Dictionary(uniqueKeysWithValues: placements.map { ($0.id, $0) })
        #expect(placements.map(\.id) == waiting.map(\.id).filter { granted[$0] != nil })
        var ahead: [Int64] = [0, 0, 0]
        for job in waiting {
            let needs = amounts(job.demand)
            if let placement = granted[job.id] {
                #expect(placement.demand == job.demand && placement.accelerators.count == Int(needs[2]))
                free = zip(free, needs).map { $0 - $1 }
                #expect(free.allSatisfy { $0 >= 0 })
                for kind in 0..<3 where needs[kind] > 0 { #expect(free[kind] >= ahead[kind]) }
            } else if zip(needs, held).allSatisfy({ $0 <= $1 }) {
                // Whoever waits had a reason: something it needs was not there for it.
                #expect((0..<3).contains { needs[$0] > 0 && free[$0] - ahead[$0] < needs[$0] })
                ahead = zip(ahead, needs).map { $0 + $1 }
            }
        }
    }
}
