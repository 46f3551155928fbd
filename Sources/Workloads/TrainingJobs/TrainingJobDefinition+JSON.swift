public import Kernel
import Pricing
public import Wire

extension TrainingJobDefinition {
    /// Reads the body of `CreateTrainingJob`.
    ///
    /// What would change the job's meaning and is not offered here (several nodes, data sets, own
    /// images, subscribed algorithms, volumes, other folders for the code) is refused by name; other fields that are
    /// unknown are passed over.
    /// - Throws: everything that is wrong, with the path of each field.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        if let kind = fields.string("kind"), kind != "job" {
            fields.refuse("kind", "Only jobs of kind \"job\" are run, not \"\(kind)\".")
        }
        let metadata = fields.requiredObject("metadata")
        let spec = fields.requiredObject("spec")
        let algorithm = TrainingAlgorithm(fields.requiredObject("algorithm"))
        Self.refuseWhatIsNotOffered(spec)
        self.init(
            name: Self.name(metadata),
            workspace: metadata.string("workspace_id", characters: 0...Limits.jobNameCharacters) ?? "0",
            description: metadata.string("description", characters: 0...Limits.descriptionCharacters) ?? "",
            annotations: metadata.stringMap("annotations", limit: Limits.jobEnvironments).map(NamedText.init),
            algorithm: algorithm, resource: TrainingResource(spec.requiredObject("resource")),
            logPath: spec.object("log_export_path").flatMap(Self.logPath), autoStopHours: Self.autoStop(spec))
        try fields.check()
    }

    private static func name(_ metadata: JSONFields) -> String {
        let name = metadata.requiredString("name", characters: 1...Limits.jobNameCharacters)
        if !name.utf8.allSatisfy(isNameByte) {
            metadata.refuse("name", "A name has letters, digits, hyphens and underscores only.")
        }
        return name
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func autoStop(_ spec: JSONFields) -> Int64? {
        guard let stop = spec.object("auto_stop") else { return nil }
        let unit = stop.string("time_unit") ?? "HOURS"
        let hours: Int64
        switch unit {
        case "HOURS": hours = 1
        case "DAYS": hours = 24
        default:
            stop.refuse("time_unit", "HOURS or DAYS was expected, not \(unit).")
            return nil
        }
        let duration = stop.requiredInteger("duration", in: 1...(Limits.autoStopHours / hours))
        return duration * hours
    }

    private static func logPath(_ log: JSONFields) -> String? {
        guard let url = log.string("obs_url"), !url.isEmpty else { return nil }
        if let breach = BucketURL.breach(of: url) { log.refuse("obs_url", "The place \(breach).") }
        return url
    }

    private static func refuseWhatIsNotOffered(_ spec: JSONFields) {
        if let volumes = spec.value("volumes"), volumes != .array([]) {
            spec.refuse("volumes", "Volumes cannot be mounted into jobs here; use inputs and outputs.")
        }
    }

    /// The job as `CreateTrainingJob` takes it: reading it again gives the same definition.
    public var json: JSONValue {
        var metadata: JSONObject = [
            "name": .string(name), "workspace_id": .string(workspace), "description": .string(description),
        ]
        if !annotations.isEmpty { metadata["annotations"] = Self.map(annotations) }
        var resource: JSONObject = [
            "flavor_id": .string(self.resource.flavor.text), "node_count": JSONValue(self.resource.nodeCount),
        ]
        if let pool = self.resource.pool { resource["pool_id"] = .string(pool.text) }
        var spec: JSONObject = ["resource": .object(resource)]
        if let logPath { spec["log_export_path"] = ["obs_url": .string(logPath)] }
        if let autoStopHours {
            spec["auto_stop"] = ["time_unit": "HOURS", "duration": JSONValue(autoStopHours)]
        }
        return ["kind": "job", "metadata": .object(metadata), "algorithm": algorithm.json, "spec": .object(spec)]
    }

    static func map(_ texts: [NamedText]) -> JSONValue {
        .object(JSONObject(texts.map { (name: $0.name, value: .string($0.value)) }))
    }
}

extension TrainingResource {
    init(_ fields: JSONFields) {
        let flavor = fields.requiredString("flavor_id", characters: 1...Limits.priceBookIDCharacters)
        if let count = fields.integer("node_count", in: 1...Int64(Int32.max)), count != 1 {
            fields.refuse("node_count", "Jobs run on one node here, not on \(count).")
        }
        for key in ["pool_group_id", "main_container_customized_flavor"] where fields.isGiven(key) {
            fields.refuse(key, "This is not offered here; the flavor alone says what a job runs on.")
        }
        self.init(flavor: FlavorID(flavor), nodeCount: 1, pool: PoolID(fields, "pool_id"))
    }
}

extension JSONFields {
    /// Whether a field says something: clients send empty texts and objects for what they leave out.
    func isGiven(_ key: String) -> Bool {
        switch value(key) {
        case nil, .string("")?, .array([])?, .object([:])?: false
        default: true
        }
    }
}
