public import Kernel
public import Wire

extension ServiceDefinition {
    /// Reads the body of `POST /v1/{project_id}/services`; throws everything that is wrong with it.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        let name = fields.requiredString("service_name", characters: 1...Limits.serviceNameCharacters)
        if !name.utf8.allSatisfy(TrainingJobDefinition.isNameByte) {
            fields.refuse("service_name", "A name has letters, digits, hyphens and underscores only.")
        }
        let kind = fields.requiredString("infer_type")
        if !["", "real-time", "batch"].contains(kind) {
            fields.refuse("infer_type", "Services are real-time or batch here, not \(kind).")
        }
        if fields.isGiven("vpc_id") { fields.refuse("vpc_id", "There are no private networks here; leave it out.") }
        let configs = ServiceConfig.list(fields, isBatch: kind == "batch")
        var batch: BatchWork?
        if kind == "batch", let first = fields.objects("config", limit: Limits.serviceConfigs).first {
            batch = BatchWork(first)
        }
        self.init(
            name: name,
            description: fields.string("description", characters: 0...Limits.serviceDescriptionCharacters) ?? "",
            workspace: fields.string("workspace_id", characters: 0...Limits.workspaceCharacters) ?? "0",
            configs: configs ?? [], stopAfterSeconds: Self.stopAfter(fields).flatMap(\.self),
            limits: ServiceLimits(fields.object("limits")) ?? ServiceLimits(), batch: batch)
        if configs == nil { fields.refuse("config", "This field is needed.", code: .missingParameter) }
        try fields.check()
    }

    /// The service as `POST /v1/{project_id}/services` takes it: reading it again gives the same definition.
    public var json: JSONValue {
        var object: JSONObject = [
            "service_name": .string(name), "description": .string(description), "workspace_id": .string(workspace),
            "infer_type": .string(kind), "config": .array(configs.map(\.json)), "limits": limits.json,
        ]
        if let batch {
            object["config"] = .array(
                configs.map { config in
                    var config = config.json.object ?? JSONObject()
                    for (name, value) in batch.members { config[name] = value }
                    return .object(config)
                })
        }
        if let schedule = scheduleJSON { object["schedule"] = schedule }
        return .object(object)
    }

    /// The schedule in the largest unit that it is whole in; nil where there is none.
    public var scheduleJSON: JSONValue? {
        guard let seconds = stopAfterSeconds else { return nil }
        let unit = Self.units.first { seconds.isMultiple(of: $0.seconds) } ?? (name: "MINUTES", seconds: 60)
        return [["type": "stop", "time_unit": .string(unit.name), "duration": JSONValue(seconds / unit.seconds)]]
    }

    private static let units: [(name: String, seconds: Int64)] = [("DAYS", 86_400), ("HOURS", 3_600), ("MINUTES", 60)]

    /// When it stops by itself: nil where nothing is said, `.some(nil)` for an empty schedule.
    static func stopAfter(_ fields: JSONFields) -> Int64?? {
        guard fields.value("schedule") != nil else { return nil }
        guard let schedule = fields.objects("schedule", limit: 1).first else { return .some(nil) }
        if let type = schedule.string("type"), type != "stop" {
            schedule.refuse("type", "A schedule of type stop is the one there is, not \(type).")
        }
        let text = schedule.requiredString("time_unit")
        guard let unit = units.first(where: { $0.name == text }) else {
            if !text.isEmpty { schedule.refuse("time_unit", "DAYS, HOURS or MINUTES was expected, not \(text).") }
            return .some(nil)
        }
        let greatest = Limits.autoStopHours * 3_600 / unit.seconds
        return schedule.requiredInteger("duration", in: 1...greatest) * unit.seconds
    }
}

extension ServiceConfig {
    /// Reads `config`; nil where it is not there. Weights of what gets calls sum to 100.
    static func list(_ fields: JSONFields, isBatch: Bool = false) -> [ServiceConfig]? {
        guard fields.value("config") != nil else { return nil }
        let items = fields.objects("config", limit: Limits.serviceConfigs)
        let pool = pool(fields)
        let configs = items.map { item in
            var config = ServiceConfig(item, isOnly: items.count == 1, isBatch: isBatch)
            config.pool = config.pool ?? pool
            return config
        }
        if isBatch, configs.count > 1 { fields.refuse("config", "A batch service has one model.") }
        for breach in breaches(of: configs) { fields.refuse("config", breach) }
        return configs
    }

    /// What keeps configs from being one service.
    public static func breaches(of configs: [ServiceConfig]) -> [String] {
        guard !configs.isEmpty else { return ["A service has at least one model."] }
        var breaches: [String] = []
        let sum = configs.reduce(0) { $0 + $1.weight }
        if sum != 100 { breaches.append("The weights sum to \(sum); they must sum to 100.") }
        if Set(configs.map(\.run)).count < configs.count {
            breaches.append("The same model stands twice with the same flavor and envs; make them one.")
        }
        if configs.reduce(0, { $0 + $1.instanceCount }) > Limits.serviceInstances {
            breaches.append("A service has at most \(Limits.serviceInstances) instances.")
        }
        return breaches
    }

    private init(_ fields: JSONFields, isOnly: Bool, isBatch: Bool = false) {
        let flavor = fields.requiredString("specification", characters: 1...Limits.priceBookIDCharacters)
        if flavor == "custom" || fields.isGiven("custom_spec") {
            fields.refuse("specification", "Sizes of one's own are not offered; choose a flavor of the list.")
        }
        let foreign = isBatch ? ["scaling_policy"] : ["src_path", "dest_path"]
        for key in foreign + ["nodes", "affinity"] where fields.isGiven(key) {
            let kind = isBatch ? "batch" : "real-time"
            fields.refuse(key, "This is not for \(kind) services here; leave the field out.")
        }
        self.init(
            model: fields.requiredString("model_id", characters: 1...Limits.modelNameCharacters),
            weight: Self.weight(fields) ?? (isOnly ? 100 : 0), flavor: Identifier(flavor),
            instanceCount: fields.integer("instance_count", in: (isBatch ? 1 : 0)...Limits.serviceInstances) ?? 1,
            environments: fields.stringMap("envs", limit: Limits.jobEnvironments).map(NamedText.init),
            startSeconds: (fields.integer("deploy_timeout_in_seconds", in: 10...18_000))
                ?? Self.standardStartSeconds, scaling: ScalingPolicy(fields.object("scaling_policy")),
            name: fields.string("name", characters: 0...Limits.serviceNameCharacters) ?? "",
            description: fields.string("description", characters: 0...Limits.serviceDescriptionCharacters) ?? "",
            version: DeploymentVersion(fields.integer(Self.versionKey, in: 1...Int64(Int32.max)) ?? 1),
            pool: Self.pool(fields))
        for variable in environments where ContainerContract.isReserved(variable.name) {
            fields.refuse("envs", "\(variable.name) is the platform's own; choose another name.")
        }
    }

    /// A whole number, or a text of one: documents of ModelArts write both.
    private static func weight(_ fields: JSONFields) -> Int64? {
        switch fields.value("weight") {
        case .string(let text)?:
            if let weight = Int64(text), (0...100).contains(weight) { return weight }
            fields.refuse("weight", "A number from 0 to 100 was expected, not \(text.prefix(20)).")
            return 0
        default: return fields.integer("weight", in: 0...100)
        }
    }

    /// The dedicated pool by any of the names that ModelArts has had for it.
    static func pool(_ fields: JSONFields) -> PoolID? {
        ["pool_name", "cluster_id", "pool_id"].compactMap { PoolID(fields, $0) }.first
    }

    /// The config as a request has it.
    public var json: JSONValue {
        var object: JSONObject = [
            "model_id": .string(model), "weight": JSONValue(weight), "specification": .string(flavor.text),
            "instance_count": JSONValue(instanceCount), "envs": TrainingJobDefinition.map(environments),
            "deploy_timeout_in_seconds": JSONValue(startSeconds),
        ]
        if let scaling { object["scaling_policy"] = scaling.json }
        if !name.isEmpty { object["name"] = .string(name) }
        if let pool { object["pool_name"] = .string(pool.text) }
        if !description.isEmpty { object["description"] = .string(description) }
        if version > .first { object[Self.versionKey] = JSONValue(version.number) }
        return .object(object)
    }

    /// What is stored beside the fields of a request; in one it means nothing, for what changes is numbered anew.
    private static let versionKey = "deployment_version"

    /// Reads one back that `json` wrote.
    public static func stored(_ json: JSONValue) throws -> ServiceConfig {
        let fields = JSONFields(json)
        let config = ServiceConfig(fields, isOnly: true)
        try fields.check()
        return config
    }
}

extension ServiceLimits {
    /// Reads `limits`, which are ours; nil where they are not there.
    init?(_ fields: JSONFields?) {
        guard let fields else { return nil }
        self.init(
            callsPerSecond: fields.integer("requests_per_second", in: 1...1_000_000),
            concurrency: fields.integer("concurrency", in: 1...100_000),
            answerSeconds: fields.integer("timeout_seconds", in: 1...3_600),
            bodyBytes: fields.integer("body_bytes", in: 0...(1 << 40)))
    }

    public var json: JSONValue {
        let members = [
            ("requests_per_second", callsPerSecond), ("concurrency", concurrency), ("timeout_seconds", answerSeconds),
            ("body_bytes", bodyBytes),
        ]
        return .object(JSONObject(members.compactMap { name, value in value.map { (name, JSONValue($0)) } }))
    }
}

extension ServiceChange {
    /// Reads the body of `PUT /v1/{project_id}/services/{service_id}`; throws everything that is wrong with it.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        self.init(description: fields.string("description", characters: 0...Limits.serviceDescriptionCharacters))
        if let text = fields.string("status") {
            status = Status(rawValue: text)
            if status == nil { fields.refuse("status", "running or stopped was expected, not \(text).") }
        }
        configs = ServiceConfig.list(fields)
        stopAfterSeconds = ServiceDefinition.stopAfter(fields)
        limits = ServiceLimits(fields.object("limits"))
        try fields.check()
    }
}
