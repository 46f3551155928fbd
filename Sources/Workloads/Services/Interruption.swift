/// What becomes of a service when one of its deployments is interrupted on its way up.
public enum Interruption: Hashable, Sendable {
    /// It goes on with these: the deployment as it answers, or without instances where nothing of it does.
    case goesOn([ServiceConfig])
    /// Nothing is left that should run.
    case stops

    /// - Parameters:
    ///   - deployment: the one that is interrupted, one of `configs`.
    ///   - served: what was ready last as a whole.
    ///   - ready: how many instances of a run get calls.
    /// - Returns: nil where the deployment is not on its way: it answers as it is defined, or has nothing to do.
    public static func of(
        _ deployment: ServiceConfig, configs: [ServiceConfig], served: [ServiceConfig],
        ready: (ServiceConfig.Run) -> Int
    ) -> Interruption? {
        let before = served.first { $0.deployment == deployment.deployment }
        let lacksAll = deployment.instanceCount > 0 && ready(deployment.run) == 0
        guard before != deployment || lacksAll else { return nil }
        var back = deployment
        let answers = before.flatMap { $0 != deployment && ready($0.run) > 0 ? $0 : nil }
        if var answers {
            // The shares of all sum to 100 as they are now.
            answers.weight = deployment.weight
            back = answers
        } else {
            back.instanceCount = 0
        }
        let left = configs.map { $0 == deployment ? back : $0 }
        // What answers of it may be what another deployment runs by now.
        if answers != nil, !ServiceConfig.breaches(of: left).isEmpty { return .goesOn(served) }
        return left.allSatisfy { $0.instanceCount == 0 } ? .stops : .goesOn(left)
    }
}
