public import Kernel
public import Wire

extension ModelDefinition {
    /// Kinds of models that can be named; `Image` is none: there are no container images here.
    ///
    /// Source: ModelArts, "Creating an AI application": `model_type`.
    public static let types = [
        "TensorFlow", pyTorch, "MindSpore", "MXNet", "Caffe", "Spark_MLlib", "Scikit_Learn", "XGBoost", "LightGBM",
        "Custom", "Template",
    ]

    /// Reads the body of `POST /v1/{project_id}/models`; throws everything that is wrong with it.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        let name = fields.requiredString("model_name", characters: 1...Limits.modelNameCharacters)
        if !name.utf8.allSatisfy(TrainingJobDefinition.isNameByte) {
            fields.refuse("model_name", "A name has letters, digits, hyphens and underscores only.")
        }
        let version = fields.requiredString("model_version", characters: 1...Limits.modelVersionCharacters)
        if !version.isEmpty, !Self.isVersion(version) {
            fields.refuse("model_version", "A version is three numbers from 0 to 999, such as 1.0.0.")
        }
        let job = fields.string("source_job_id", characters: 0...Limits.modelNameCharacters) ?? ""
        let source = fields.string("source_location").flatMap { $0.isEmpty ? nil : $0 }
        if let source {
            if let breach = BucketURL.breach(of: BucketURL.plain(source)) {
                fields.refuse("source_location", "The place \(breach).")
            }
        } else if job.isEmpty {
            fields.refuse(
                "source_location", "Name the folder of a bucket that holds the model, or a source_job_id.",
                code: .missingParameter)
        }
        let type = Self.type(fields)
        Self.refuseWhatIsNotOffered(fields)
        self.init(
            name: name, version: version,
            description: fields.string("description", characters: 0...Limits.modelDescriptionCharacters) ?? "",
            workspace: fields.string("workspace_id", characters: 0...Limits.workspaceCharacters) ?? "0", type: type,
            source: source.map(BucketURL.plain), sourceJob: job,
            runtime: fields.string("runtime", characters: 0...Limits.priceBookIDCharacters).flatMap(Self.given),
            metrics: Self.metrics(fields), initialConfig: Self.initialConfig(fields))
        try fields.check()
    }

    /// The model as `POST /v1/{project_id}/models` takes it: reading it again gives the same definition.
    public var json: JSONValue {
        var object: JSONObject = [
            "model_name": .string(name), "model_version": .string(version), "description": .string(description),
            "workspace_id": .string(workspace), "source_job_id": .string(sourceJob), "model_metrics": .string(metrics),
        ]
        let given = [
            ("model_type", type), ("source_location", source), ("runtime", runtime), ("initial_config", initialConfig),
        ]
        for (name, value) in given { if let value { object[name] = .string(value) } }
        return .object(object)
    }

    private static func isVersion(_ text: String) -> Bool {
        let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count == 3
            && numbers.allSatisfy { number in
                (1...3).contains(number.count) && (number.count == 1 || number.first != UInt8(ascii: "0"))
                    && number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }

    private static func type(_ fields: JSONFields) -> String? {
        guard let text = fields.string("model_type").flatMap(given) else { return nil }
        // Documents of ModelArts write kinds in more than one case.
        guard let type = types.first(where: { $0.lowercased() == text.lowercased() }) else {
            let reason =
                text.lowercased() == "image"
                ? "Container images cannot be run here; import the model's files, or code with a command."
                : "\(text) is not offered; there are \(types.joined(separator: ", "))."
            fields.refuse("model_type", reason)
            return nil
        }
        return type
    }

    private static func refuseWhatIsNotOffered(_ fields: JSONFields) {
        for key in ["template", "model_docs", "swr_location"] where fields.isGiven(key) {
            fields.refuse(key, "This is not offered here; leave the field out.")
        }
    }

    private static func metrics(_ fields: JSONFields) -> String {
        switch fields.value("model_metrics") {
        case nil: return ""
        case .string(let text)? where text.utf8.count <= Limits.modelMetricsBytes: return text
        case .object(let object)?:
            let text = String(decoding: JSONValue.object(object).bytes(), as: UTF8.self)
            if text.utf8.count <= Limits.modelMetricsBytes { return text }
            fallthrough
        default:
            fields.refuse("model_metrics", "JSON as a text of at most \(Limits.modelMetricsBytes) bytes was expected.")
            return ""
        }
    }

    /// What the package's `config.json` would say, given with the request.
    private static func initialConfig(_ fields: JSONFields) -> String? {
        guard let text = fields.string("initial_config").flatMap(given) else { return nil }
        do {
            _ = try ModelConfig(json: JSONValue(parsing: Array(text.utf8))).requirements()
            return text
        } catch let faults as Faults {
            for fault in faults.all {
                fields.refuse(
                    "initial_config", [fault.field, fault.message].compactMap(\.self).joined(separator: ": "))
            }
        } catch {
            fields.refuse("initial_config", "The text of a config.json was expected.")
        }
        return nil
    }

    private static func given(_ text: String) -> String? { text.isEmpty ? nil : text }
}
