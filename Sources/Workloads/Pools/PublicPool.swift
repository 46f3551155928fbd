public import Kernel

/// The pool everybody shares: who gets a place, and when.
public struct PublicPool: Sendable {
    public let capacity: PoolCapacity

    public init(_ capacity: PoolCapacity) { self.capacity = capacity }

    /// Refuses what could never have a place, however long it waited.
    public func requireFit(of demand: Demand, field: String = "spec.resource.flavor_id") throws(Fault) {
        let words = Self.words
        for (index, (needed, held)) in zip(demand.amounts, capacity.amounts).enumerated() where needed > held {
            throw Fault(
                .doesNotFit,
                "Flavor \(demand.flavor) needs \(needed) \(words[index]), and the public pool has \(held) in all; "
                    + "choose a smaller flavor.",
                field: field)
        }
    }

    private static let words = ["thousandths of a core", "bytes of memory", "accelerators"]

    /// Why there is no place for something that could have one, for people.
    public static func shortage(of demand: Demand, capacity: PoolCapacity, placed: [Placement]) -> String {
        let free = zip(capacity.amounts, used(by: placed)).map { max(0, $0 - $1) }
        let lacking = demand.amounts.indices.filter { demand.amounts[$0] > free[$0] }.map { index in
            "\(demand.amounts[index]) \(words[index]), of which \(free[index]) are free"
        }
        return "The public pool has no room for flavor \(demand.flavor) just now: it needs "
            + lacking.joined(separator: ", and ") + "; stop something, choose a smaller flavor, or try again later."
    }

    /// Gives places to waiting jobs, first come first served.
    ///
    /// A job passes those that wait in front of it only if it delays none of them: of everything it takes, enough
    /// stays free for all of them together. Jobs that can never fit are passed over and hold nobody up.
    public static func plan(capacity: PoolCapacity, placed: [Placement], waiting: [WaitingJob]) -> [Placement] {
        var free = zip(capacity.amounts, used(by: placed)).map { $0 - $1 }
        let granted = Set(placed.flatMap(\.accelerators))
        var cards = capacity.accelerators.sorted().filter { !granted.contains($0) }
        var ahead: [Int64] = [0, 0, 0]
        var placements: [Placement] = []
        for job in waiting {
            let needs = job.demand.amounts
            guard zip(needs, capacity.amounts).allSatisfy({ $0 <= $1 }) else { continue }
            let fits = needs.indices.allSatisfy { needs[$0] == 0 || free[$0] - ahead[$0] >= needs[$0] }
            guard fits, cards.count >= Int(job.demand.accelerators) else {
                ahead = zip(ahead, needs).map { $0 + $1 }
                continue
            }
            placements.append(
                Placement(
                    id: job.id, demand: job.demand, accelerators: Array(cards.prefix(Int(job.demand.accelerators)))))
            cards.removeFirst(Int(job.demand.accelerators))
            free = zip(free, needs).map { $0 - $1 }
        }
        return placements
    }

    private static func used(by placed: [Placement]) -> [Int64] {
        placed.reduce([0, 0, 0]) { sums, placement in zip(sums, placement.demand.amounts).map { $0 + $1 } }
    }
}
