public import Kernel

/// A pool as it stands: what it holds, and what has its place there.
public struct PoolRoom: Sendable {
    /// What people call it, as in "the public pool".
    public let words: String
    public let capacity: PoolCapacity
    /// What one piece of work may take at most: the whole of the public pool, a node of a dedicated one.
    public let node: PoolCapacity
    public let placed: [Placement]

    /// What the public pool is called where a pool or a cluster has a name.
    public static let publicName = "public"

    public init(
        words: String = "the public pool", capacity: PoolCapacity, node: PoolCapacity? = nil, placed: [Placement] = []
    ) {
        self.words = words
        self.capacity = capacity
        self.node = node ?? capacity
        self.placed = placed
    }

    /// Refuses what could never have a place, however long it waited.
    public func requireFit(of demand: Demand, field: String = "spec.resource.flavor_id") throws(Fault) {
        let whole = node == capacity ? "\(words) has" : "a node of \(words) has"
        for (index, (needed, held)) in zip(demand.amounts, node.amounts).enumerated() where needed > held {
            throw Fault(
                .doesNotFit,
                "Flavor \(demand.flavor) needs \(needed) \(Self.units[index]), and \(whole) \(held) in all; "
                    + "choose a smaller flavor.",
                field: field)
        }
    }

    private static let units = ["thousandths of a core", "bytes of memory", "accelerators"]

    /// Why there is no place for something that could have one, for people.
    public func shortage(of demand: Demand) -> String {
        let free = self.free.map { max(0, $0) }
        let lacking = demand.amounts.indices.filter { demand.amounts[$0] > free[$0] }.map { index in
            "\(demand.amounts[index]) \(Self.units[index]), of which \(free[index]) are free"
        }
        return "\(words.prefix(1).uppercased() + words.dropFirst()) has no room for flavor \(demand.flavor) just now: "
            + "it needs " + lacking.joined(separator: ", and ")
            + "; stop something, choose a smaller flavor, or try again later."
    }

    /// The place of something that does not wait; nil where there is no room now.
    public func place(_ id: String, _ demand: Demand) -> Placement? {
        plan([WaitingJob(id: id, demand: demand)]).first
    }

    /// Gives places to waiting jobs, first come first served.
    ///
    /// A job passes those that wait in front of it only if it delays none of them: of everything it takes, enough
    /// stays free for all of them together. Jobs that can never fit are passed over and hold nobody up.
    public func plan(_ waiting: [WaitingJob]) -> [Placement] {
        var free = self.free
        let granted = Set(placed.flatMap(\.accelerators))
        var cards = capacity.accelerators.sorted().filter { !granted.contains($0) }
        var ahead: [Int64] = [0, 0, 0]
        var placements: [Placement] = []
        for job in waiting {
            let needs = job.demand.amounts
            guard zip(needs, node.amounts).allSatisfy({ $0 <= $1 }) else { continue }
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

    /// What is free of each kind; less than nothing where a pool has shrunk below what it has placed.
    private var free: [Int64] { zip(capacity.amounts, Self.used(by: placed)).map { $0 - $1 } }

    /// Whether everything placed still fits; a pool may not shrink below that.
    public var holdsWhatIsPlaced: Bool {
        let granted = Set(placed.flatMap(\.accelerators))
        return free.allSatisfy { $0 >= 0 } && granted.isSubset(of: capacity.accelerators)
            && placed.allSatisfy { zip($0.demand.amounts, node.amounts).allSatisfy { $0 <= $1 } }
    }

    private static func used(by placed: [Placement]) -> [Int64] {
        placed.reduce([0, 0, 0]) { sums, placement in zip(sums, placement.demand.amounts).map { $0 + $1 } }
    }
}
