import Kernel
import Wire

extension TrainingAlgorithm {
    /// Reads `algorithm`; faults are noted in the fields.
    init(_ fields: JSONFields) {
        for key in ["id", "subscription_id", "item_version_id"] {
            if let value = fields.string(key), !value.isEmpty {
                fields.refuse(key, "Stored algorithms are not offered here; give code_dir and boot_file, or command.")
            }
        }
        self.init(
            codeDirectory: Self.text("code_dir", fields), bootFile: Self.text("boot_file", fields),
            command: Self.text("command", fields), engine: EngineReference(fields.requiredObject("engine")),
            parameters: Self.parameters(fields), inputs: Self.channels("inputs", fields),
            outputs: Self.channels("outputs", fields),
            environments: fields.stringMap("environments", limit: Limits.jobEnvironments).map(NamedText.init))
        check(fields)
    }

    /// A text; an empty one counts as absent, as clients send it.
    private static func text(_ key: String, _ fields: JSONFields) -> String? {
        let text = fields.string(key, characters: 0...Limits.commandBytes)
        return text?.isEmpty == true ? nil : text
    }

    private func check(_ fields: JSONFields) {
        if let boot = bootFile {
            if command != nil {
                fields.refuse("command", "Either boot_file or command is taken, not both.")
            }
            if codeDirectory == nil {
                fields.refuse("code_dir", "A boot file lies in a code folder; give code_dir.", code: .missingParameter)
            } else if bootFilePath == nil {
                fields.refuse("boot_file", "\(boot) does not lie in code_dir \(codeDirectory ?? "").")
            }
            if boot.split(separator: "/").contains("..") {
                fields.refuse("boot_file", "A path must not have \"..\" in it.")
            }
        } else if command == nil {
            fields.refuse("boot_file", "Give boot_file, or command: the job has nothing to run.", code: .missingParameter)
        }
        for environment in environments where environment.name.contains("=") || environment.name.isEmpty {
            fields.refuse("environments", "\"\(environment.name)\" cannot be the name of an environment variable.")
        }
        let texts = environments.flatMap { [$0.name, $0.value] } + parameters.flatMap { [$0.name, $0.value] } + [command ?? ""]
        if texts.contains(where: { $0.utf8.contains(0) }) {
            fields.refuse("command", "Commands, parameters and environments cannot have a NUL character.")
        }
    }

    private static func parameters(_ fields: JSONFields) -> [NamedText] {
        var names: Set<String> = []
        return fields.objects("parameters", limit: Limits.jobParameters).map { parameter in
            let name = parameter.requiredString("name", characters: 1...Limits.jobNameCharacters)
            if !names.insert(name).inserted { parameter.refuse("name", "There are two parameters \(name).") }
            return NamedText(name: name, value: parameter.string("value") ?? "")
        }
    }

    private static func channels(_ key: String, _ fields: JSONFields) -> [TrainingChannel] {
        var names: Set<String> = []
        return fields.objects(key, limit: Limits.jobChannels).map { channel in
            let name = channel.requiredString("name", characters: 1...Limits.jobNameCharacters)
            if !name.utf8.allSatisfy(TrainingJobDefinition.isNameByte) {
                channel.refuse("name", "A name has letters, digits, hyphens and underscores only.")
            }
            if !names.insert(name).inserted { channel.refuse("name", "There are two \(key) called \(name).") }
            let remote = channel.requiredObject("remote")
            if remote.value("dataset") != nil {
                remote.refuse("dataset", "Data sets are not offered here; give remote.obs.obs_url.")
            }
            let access = channel.string("access_method") ?? "parameter"
            if TrainingChannel.Access(rawValue: access) == nil {
                channel.refuse("access_method", "parameter or env was expected, not \(access).")
            }
            return TrainingChannel(
                name: name, url: remote.requiredObject("obs").requiredString("obs_url"),
                localDirectory: localDirectory(channel), access: TrainingChannel.Access(rawValue: access) ?? .parameter)
        }
    }

    /// A folder of the user's choice, below the container's own.
    private static func localDirectory(_ channel: JSONFields) -> String? {
        guard let path = text("local_dir", channel) else { return nil }
        let isInside = path.hasPrefix("/home/ma-user/") || path.hasPrefix("/cache/")
        if !isInside || path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." }) {
            channel.refuse("local_dir", "A local folder lies below /home/ma-user/ or /cache/, without \"..\".")
        }
        return path
    }

    var json: JSONValue {
        var object: JSONObject = [:]
        if let codeDirectory { object["code_dir"] = .string(codeDirectory) }
        if let bootFile { object["boot_file"] = .string(bootFile) }
        if let command { object["command"] = .string(command) }
        object["engine"] = engine.json
        object["parameters"] = .array(parameters.map { ["name": .string($0.name), "value": .string($0.value)] })
        object["inputs"] = .array(inputs.map(\.json))
        object["outputs"] = .array(outputs.map(\.json))
        object["environments"] = TrainingJobDefinition.map(environments)
        return .object(object)
    }
}

extension TrainingChannel {
    var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "access_method": .string(access.rawValue)]
        if let localDirectory { object["local_dir"] = .string(localDirectory) }
        object["remote"] = ["obs": ["obs_url": .string(url)]]
        return .object(object)
    }
}

extension EngineReference {
    init(_ fields: JSONFields) {
        if let image = fields.string("image_url"), !image.isEmpty {
            fields.refuse("image_url", "Own images are not offered here; choose one of the engines.")
        }
        func text(_ key: String) -> String? { fields.string(key).flatMap { $0.isEmpty ? nil : $0 } }
        self.init(id: text("engine_id"), name: text("engine_name"), version: text("engine_version"))
    }

    var json: JSONValue {
        var object: JSONObject = [:]
        if let id { object["engine_id"] = .string(id) }
        if let name { object["engine_name"] = .string(name) }
        if let version { object["engine_version"] = .string(version) }
        return .object(object)
    }
}
