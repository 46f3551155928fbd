public import Kernel
public import Wire

/// What a model's package says of itself in `config.json`.
///
/// Source: ModelArts, "Specifications for compiling the model configuration file". `command` and `port` are ours.
public struct ModelConfig: Hashable, Sendable {
    public var type: String?
    public var runtime: String?
    /// The name of the algorithm, for people.
    public var algorithm: String?
    /// Packages that the model needs.
    public var dependencies: [Dependency]
    /// Where its health is asked; nil where the runtime knows it.
    public var health: Health?
    /// What is run instead of the runtime's own server, and the port on which it listens.
    public var command: String?
    public var port: Int64
    /// The calls that it answers, and what it measured: shown as they came.
    public var apis: JSONValue?
    public var metrics: JSONValue?

    /// A package by the name and version that pip knows.
    public struct Dependency: Hashable, Sendable {
        public let name: String
        public let version: String?
        public let restraint: String?

        public init(name: String, version: String? = nil, restraint: String? = nil) {
            self.name = name
            self.version = version
            self.restraint = restraint
        }
    }

    /// How its health is asked: a path that answers 200.
    public struct Health: Hashable, Sendable {
        public let path: String
        /// Seconds that a look may take.
        public let timeoutSeconds: Int64

        public init(path: String, timeoutSeconds: Int64 = Limits.healthSeconds) {
            self.path = path
            self.timeoutSeconds = timeoutSeconds
        }
    }

    /// A package that says nothing of itself.
    public init() {
        (type, runtime, algorithm, health, command, apis, metrics) = (nil, nil, nil, nil, nil, nil, nil)
        (dependencies, port) = ([], Self.standardPort)
    }

    /// The port that a container of ModelArts listens on.
    public static let standardPort: Int64 = 8_080

    /// Reads a `config.json`; throws everything that is wrong with it.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        self.init()
        type = fields.string("model_type")
        runtime = fields.string("runtime")
        algorithm = fields.string("model_algorithm")
        command = fields.string("command", characters: 1...Limits.commandBytes)
        port = fields.integer("port", in: 1...65_535) ?? Self.standardPort
        if let health = fields.object("health") { self.health = Health(health) }
        for group in fields.objects("dependencies", limit: Limits.modelDependencies) {
            if let installer = group.string("installer"), installer != "pip" {
                group.refuse("installer", "pip is the one installer here, not \(installer).")
            }
            dependencies += group.objects("packages", limit: Limits.modelDependencies).map(Dependency.init)
        }
        apis = fields.value("apis")
        metrics = fields.value("metrics")
        try fields.check()
    }
}

extension ModelConfig {
    /// A `config.json` of its command, its port and its health.
    public var text: String {
        var object: JSONObject = ["port": JSONValue(port)]
        if let command { object["command"] = .string(command) }
        if let health {
            object["health"] = ["url": .string(health.path), "timeout_seconds": JSONValue(health.timeoutSeconds)]
        }
        return String(decoding: JSONValue.object(object).bytes(), as: UTF8.self)
    }
}

extension ModelConfig.Health {
    fileprivate init(_ fields: JSONFields) {
        let path = fields.string("url") ?? "/health"
        let isPath = path.utf8.first == UInt8(ascii: "/") && path.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        if !isPath { fields.refuse("url", "A path such as /health was expected.") }
        if let kind = fields.string("protocol"), !["http", "https"].contains(kind.lowercased()) {
            fields.refuse("protocol", "Health is asked by HTTP here, not by \(kind).")
        }
        self.init(
            path: isPath ? path : "/health",
            timeoutSeconds: fields.integer("timeout_seconds", in: 1...60) ?? Limits.healthSeconds)
    }
}

extension ModelConfig.Dependency {
    fileprivate init(_ fields: JSONFields) {
        self.init(
            name: fields.requiredString("package_name", characters: 1...Limits.modelNameCharacters),
            version: fields.string("package_version").flatMap { $0.isEmpty ? nil : $0 },
            restraint: fields.string("restraint"))
        if let restraint, !["EXACT", "ATLEAST", "ATMOST"].contains(restraint) {
            fields.refuse("restraint", "EXACT, ATLEAST or ATMOST was expected, not \(restraint).")
        }
    }
}
