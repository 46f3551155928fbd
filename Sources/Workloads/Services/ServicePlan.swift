/// What a service lacks and what it has too much of: a pure comparison of what is wanted with what there is.
public struct ServicePlan: Hashable, Sendable {
    /// Instances to be begun, for each config by its place.
    public private(set) var starts: [Int: Int64] = [:]
    /// Instances to be retired, by their place.
    public private(set) var retires: [Int] = []
    /// Whether everything wanted is ready.
    public private(set) var isComplete = true

    /// An instance as the plan sees it.
    public struct Member: Hashable, Sendable {
        public let run: ServiceConfig.Run
        public let step: InstanceMachine.Step

        public init(run: ServiceConfig.Run, step: InstanceMachine.Step) {
            self.run = run
            self.step = step
        }
    }

    /// - Parameters:
    ///   - wanted: none where the service stops.
    ///   - members: what there is, the oldest first.
    ///   - keepsOthers: whether what runs something else goes on until everything wanted is ready.
    public init(wanted: [ServiceConfig], members: [Member], keepsOthers: Bool) {
        var known: Set<ServiceConfig.Run> = []
        for (place, config) in wanted.enumerated() {
            known.insert(config.run)
            let own = members.indices.filter { index in
                members[index].run == config.run && InstanceMachine.wantedSteps.contains(members[index].step)
            }
            let ready = own.filter { members[$0].step == .ready }
            if ready.count < config.instanceCount { isComplete = false }
            let lacking = config.instanceCount - Int64(own.count)
            if lacking > 0 { starts[place] = lacking }
            if lacking < 0 {
                // What is not ready goes first, then the youngest.
                let order = own.filter { members[$0].step != .ready }.reversed() + ready.reversed()
                retires += order.prefix(Int(-lacking))
            }
        }
        guard isComplete || !keepsOthers else { return }
        retires += members.indices.filter { index in
            !known.contains(members[index].run) && InstanceMachine.wantedSteps.contains(members[index].step)
        }
    }
}
