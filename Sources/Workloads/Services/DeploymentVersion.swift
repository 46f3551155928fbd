/// A version of a deployment by its number, written as ModelArts writes them: `1.0.0`, `1.0.1`, … `1.0.99`, `1.1.0`.
public struct DeploymentVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// From 1.
    public let number: Int64

    public init(_ number: Int64) { self.number = number }

    public static let first = DeploymentVersion(1)
    public var next: DeploymentVersion { DeploymentVersion(number + 1) }

    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    public var description: String {
        let place = number - 1
        return "\(1 + place / 10_000).\(place / 100 % 100).\(place % 100)"
    }

    /// Reads one back; nil for a text that no version is written as.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2],
            (1...Int64(Int32.max) / 10_000).contains(major), (0...99).contains(minor), (0...99).contains(patch)
        else { return nil }
        number = (major - 1) * 10_000 + minor * 100 + patch + 1
        // `1.00.0` is another text.
        guard description == text else { return nil }
    }
}

extension ServiceConfig {
    /// The deployment that it is: what came by the first API is called by its model.
    public var deployment: String { name.isEmpty ? model : name }

    /// What a version of a deployment is: all that it runs, and not how many there are of it or who calls them.
    public var content: Content { Content(run: run, startSeconds: startSeconds, description: description) }

    public struct Content: Hashable, Sendable {
        public let run: Run
        public let startSeconds: Int64
        public let description: String
    }

    /// The deployment as it is, running what another version of it ran.
    public func switched(to version: ServiceConfig) -> ServiceConfig {
        ServiceConfig(
            model: version.model, weight: weight, flavor: version.flavor, instanceCount: instanceCount,
            environments: version.environments, startSeconds: version.startSeconds, scaling: scaling, name: name,
            description: version.description, version: version.version)
    }

    /// Configs with their versions: what runs the same keeps its own, what runs what a version that it names ran is
    /// that version again, and all else is a new one.
    ///
    /// - Parameters:
    ///   - present: what is defined until now.
    ///   - recorded: the versions of a deployment.
    /// - Returns: the configs, and those of them that are new versions.
    public static func numbered(
        _ asked: [ServiceConfig], present: [ServiceConfig], recorded: (String) throws -> [ServiceConfig]
    ) rethrows -> (configs: [ServiceConfig], new: [ServiceConfig]) {
        var new: [ServiceConfig] = []
        let configs = try asked.map { config in
            var config = config
            let name = config.deployment
            if let same = present.first(where: { $0.deployment == name && $0.content == config.content }) {
                config.version = same.version
                return config
            }
            let known = try recorded(name) + new.filter { $0.deployment == name }
            if known.contains(where: { $0.version == config.version && $0.content == config.content }) {
                return config
            }
            config.version = known.map(\.version).max()?.next ?? .first
            new.append(config)
            return config
        }
        return (configs, new)
    }
}
