public import Kernel
public import Pricing
public import Wire

/// A deployment of a service as ModelArts' second API has it: one model, what it runs on, and its share of the calls.
public struct DeploymentWish: Hashable, Sendable {
    public let name: String
    public var weight: Int64?
    public var count: Int64?
    /// The dedicated pool it runs on; nil for the public one, or where a change leaves that as it is.
    public let pool: PoolID?
    public let description: String?
    /// Seconds in which an instance must answer after its start.
    public let startSeconds: Int64?
    /// What it runs; nil where a change leaves that as it is.
    public let work: Work?

    public struct Work: Hashable, Sendable {
        public let model: Source
        public let flavor: FlavorID
        public let environments: [NamedText]
        /// What is run instead of the runtime's own server, and where that says that it is well.
        public let config: ModelConfig?
    }

    /// Where its model comes from.
    public enum Source: Hashable, Sendable {
        /// A model that was taken up.
        case model(String)
        /// A folder of a bucket, taken up by the way.
        case place(String)
    }

    /// Reads `GroupConfig`, or with `isChange` what `GroupConfigUpdateRequest` has of it.
    public init(_ fields: JSONFields, isChange: Bool = false) {
        name =
            (isChange
                ? fields.string("name", characters: 1...Limits.serviceNameCharacters)
                : fields.requiredString("name", characters: 1...Limits.serviceNameCharacters)) ?? ""
        if !name.utf8.allSatisfy(TrainingJobDefinition.isNameByte) {
            fields.refuse("name", "A name has letters, digits, hyphens and underscores only.")
        }
        pool = ServiceConfig.pool(fields)
        weight = isChange ? fields.integer("weight", in: 0...100) : fields.requiredInteger("weight", in: 0...100)
        count = fields.integer("count", in: 0...Limits.serviceInstances)
        if let type = fields.string("deploy_type"), type != "SINGLE" {
            fields.refuse("deploy_type", "An instance is one process on one machine here: SINGLE, not \(type).")
        }
        description = fields.string("description", characters: 0...Limits.serviceDescriptionCharacters)
        startSeconds = fields.object("advanced_config")?.integer("deploy_timeout_minutes", in: 0...300).flatMap {
            $0 == 0 ? nil : $0 * 60
        }
        if isChange, fields.value("unit_configs") == nil, fields.value("model") == nil {
            work = nil
        } else {
            work = Work(fields)
        }
    }
}

extension DeploymentWish.Work {
    fileprivate init?(_ fields: JSONFields) {
        let units = fields.objects("unit_configs", limit: 1)
        guard let unit = units.first else {
            fields.refuse("unit_configs", "One unit with a flavor is needed.", code: .missingParameter)
            return nil
        }
        let model = fields.object("model") ?? unit.objects("models", limit: 1).first
        guard let source = Self.source(model, of: fields) else { return nil }
        for key in ["custom_spec", "pool_resource_flavor"] where unit.isGiven(key) {
            unit.refuse(key, "Sizes of one's own are not offered; choose a flavor of the list.")
        }
        let environments = unit.stringMap("envs", limit: Limits.jobEnvironments).map(NamedText.init)
        for variable in environments where ContainerContract.isReserved(variable.name) {
            unit.refuse("envs", "\(variable.name) is the platform's own; choose another name.")
        }
        self.init(
            model: source,
            flavor: Identifier(unit.requiredString("flavor", characters: 1...Limits.priceBookIDCharacters)),
            environments: environments, config: Self.config(unit))
    }

    private static func source(_ model: JSONFields?, of fields: JSONFields) -> DeploymentWish.Source? {
        guard let model else {
            fields.refuse("model", "This field is needed.", code: .missingParameter)
            return nil
        }
        if let asset = model.string("asset_id"), !asset.isEmpty { return .model(asset) }
        let source = model.string("source") ?? "OBS"
        guard source == "OBS" else {
            model.refuse("source", "Models come from OBS here, or by asset_id from the models taken up; not \(source).")
            return nil
        }
        let address = model.requiredString("address")
        if !address.isEmpty, let breach = BucketURL.breach(of: BucketURL.plain(address)) {
            model.refuse("address", "The place \(breach).")
        }
        return .place(BucketURL.plain(address))
    }

    /// A command of the unit's own; without one the runtime's server, or the package's own command, is run.
    private static func config(_ unit: JSONFields) -> ModelConfig? {
        guard let command = unit.string("cmd", characters: 0...Limits.commandBytes), !command.isEmpty else {
            return nil
        }
        var config = ModelConfig()
        config.command = command
        config.port = unit.integer("port", in: 1...65_535) ?? ModelConfig.standardPort
        let health = unit.object("readiness_health") ?? unit.object("startup_health")
        if let path = health?.string("url"), path.hasPrefix("/") {
            config.health = ModelConfig.Health(
                path: path, timeoutSeconds: health?.integer("timeout_seconds", in: 1...60) ?? Limits.healthSeconds)
        }
        return config
    }
}

/// A service as ModelArts' second API takes it.
public struct InferServiceWish: Hashable, Sendable {
    public let name: String?
    public let description: String?
    public let workspace: String
    /// Nil where a change leaves them as they are.
    public let deployments: [DeploymentWish]?
    public let stopAfterSeconds: Int64??
    public let limits: ServiceLimits?
    public let startSeconds: Int64?

    /// Reads `ServiceCreateRequest`, or `ServiceUpdateRequest` where it is a change; throws everything that is wrong.
    public init(json: JSONValue, isChange: Bool = false) throws(Faults) {
        let fields = JSONFields(json)
        name =
            isChange
            ? fields.string("name", characters: 1...Limits.serviceNameCharacters)
            : fields.requiredString("name", characters: 1...Limits.serviceNameCharacters)
        if let name, !name.utf8.allSatisfy(TrainingJobDefinition.isNameByte) {
            fields.refuse("name", "A name has letters, digits, hyphens and underscores only.")
        }
        description = fields.string("description", characters: 0...Limits.serviceDescriptionCharacters)
        workspace = fields.string("workspace_id", characters: 0...Limits.workspaceCharacters) ?? "0"
        if let type = fields.string("type"), type != "REAL_TIME" {
            fields.refuse("type", "Services are REAL_TIME here, not \(type).")
        }
        if fields.value("group_configs") == nil {
            deployments = nil
            if !isChange { fields.refuse("group_configs", "This field is needed.", code: .missingParameter) }
        } else {
            deployments = fields.objects("group_configs", limit: Limits.serviceConfigs).map { DeploymentWish($0) }
        }
        stopAfterSeconds = ServiceDefinition.stopAfter(fields)
        startSeconds = fields.integer("deploy_timeout_minutes", in: 0...300).flatMap { $0 == 0 ? nil : $0 * 60 }
        limits = Self.limits(fields.object("runtime_config"))
        try fields.check()
        let names = deployments?.map(\.name) ?? []
        if Set(names).count < names.count {
            throw Faults([
                Fault(.invalidParameter, "Two deployments have the same name.", field: "group_configs")
            ])
        }
    }

    private static func limits(_ runtime: JSONFields?) -> ServiceLimits? {
        guard let runtime else { return nil }
        let invoke = runtime.object("service_invoke")
        if let type = invoke?.string("auth_type"), type != "TOKEN" {
            invoke?.refuse("auth_type", "Callers show a TOKEN here, not \(type).")
        }
        guard let limit = runtime.object("service_limit") else { return nil }
        for key in ["ip_white_list", "ip_black_list"] where limit.isGiven(key) {
            limit.refuse(key, "Addresses are not looked at here; leave the field out.")
        }
        var limits = ServiceLimits(
            answerSeconds: limit.integer("request_timeout", in: 0...3_600).flatMap { $0 == 0 ? nil : $0 },
            bodyBytes: limit.integer("request_size_limit", in: 0...1_024).flatMap { $0 == 0 ? nil : $0 << 20 })
        if let rate = limit.object("rate_limit"), let number = rate.integer("num", in: 0...1_000_000), number > 0 {
            switch rate.string("unit") ?? "SECOND" {
            case "SECOND": limits.callsPerSecond = number
            case "MINUTE": limits.callsPerSecond = max(1, number / 60)
            case let unit: rate.refuse("unit", "SECOND or MINUTE was expected, not \(unit).")
            }
        }
        return limits
    }
}
