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
        for key in ["autosearch_config_path", "autosearch_framework_path", "local_code_dir", "working_dir"]
        where fields.isGiven(key) && fields.value(key) != .string(ContainerContract.jobFolder) {
            fields.refuse(key, "This is not offered here; code lies below \(ContainerContract.jobFolder).")
        }
        self.init(
            codeDirectory: Self.place("code_dir", fields), bootFile: Self.text("boot_file", fields),
            command: Self.text("command", fields), engine: EngineReference(fields.requiredObject("engine")),
            parameters: Self.parameters(fields), inputs: Self.channels("inputs", fields),
            outputs: Self.channels("outputs", fields),
            environments: fields.stringMap("environments", limit: Limits.jobEnvironments).map(NamedText.init))
        check(fields)
    }

    /// A text; an empty one counts as absent, as clients send it.
    private static func text(_ key: String, _ fields: JSONFields) -> String? {
        guard let text = fields.string(key), !text.isEmpty else { return nil }
        if text.utf8.count > Limits.commandBytes {
            fields.refuse(key, "At most \(Limits.commandBytes) bytes are taken, not \(text.utf8.count).")
        }
        return text
    }

    private static func place(_ key: String, _ fields: JSONFields) -> String? {
        let place = text(key, fields)
        if let breach = place.flatMap(BucketURL.breach) { fields.refuse(key, "The place \(breach).") }
        return place
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
            let parts = BucketURL(boot)?.parts ?? BucketURL.parts(of: boot.utf8)
            if let breach = BucketURL.breach(of: parts) {
                fields.refuse("boot_file", "The boot file's path \(breach).")
            } else if boot.utf8.last == UInt8(ascii: "/") {
                fields.refuse("boot_file", "A boot file is a file; this names a folder.")
            }
        } else if command == nil {
            fields.refuse(
                "boot_file", "Give boot_file, or command: the job has nothing to run.", code: .missingParameter)
        }
        for environment in environments where environment.name.contains("=") || environment.name.isEmpty {
            fields.refuse("environments", "\"\(environment.name)\" cannot be the name of an environment variable.")
        }
        let texts =
            environments.flatMap { [$0.name, $0.value] } + parameters.flatMap { [$0.name, $0.value] } + [command ?? ""]
        if texts.contains(where: { $0.utf8.contains(0) }) {
            fields.refuse("command", "Commands, parameters and environments cannot have a NUL character.")
        }
        checkFolders(fields)
    }

    /// Two channels in one folder would hide each other's files, and one in the code's folder would hide the code.
    private func checkFolders(_ fields: JSONFields) {
        let code = BucketURL.parts(of: ContainerContract.jobFolder.utf8)
        var taken: Set<[String]> = []
        for (kind, channels) in [("inputs", inputs), ("outputs", outputs)] {
            for (index, channel) in channels.enumerated() {
                let path = ContainerContract.path(kind, index, channel)
                let parts = BucketURL.parts(of: path.utf8)
                if parts.starts(with: code) {
                    fields.refuse("\(kind)[\(index)].local_dir", "\(ContainerContract.jobFolder) is the code's own.")
                } else if !taken.insert(parts).inserted {
                    fields.refuse("\(kind)[\(index)].local_dir", "Another input or output lies in \(path) already.")
                }
            }
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
            if access == TrainingChannel.Access.environment.rawValue, ContainerContract.isReserved(name) {
                channel.refuse("name", "Variables that start with MA_ or VC_ belong to the container.")
            }
            return TrainingChannel(
                name: name, url: url(remote.requiredObject("obs")),
                localDirectory: localDirectory(channel), access: TrainingChannel.Access(rawValue: access) ?? .parameter)
        }
    }

    /// A folder of the user's choice, below the container's own.
    private static func localDirectory(_ channel: JSONFields) -> String? {
        guard let path = text("local_dir", channel) else { return nil }
        let parts = BucketURL.parts(of: path.utf8)
        let isInside = [ContainerContract.home, ContainerContract.cache].contains { folder in
            let outer = BucketURL.parts(of: folder.utf8)
            return parts.count > outer.count && parts.starts(with: outer)
        }
        if !isInside {
            channel.refuse("local_dir", "A local folder lies below /home/ma-user/ or /cache/.")
        } else if let breach = BucketURL.breach(of: Array(parts.dropFirst())) {
            channel.refuse("local_dir", "The folder \(breach).")
        }
        return path
    }

    private static func url(_ obs: JSONFields) -> String {
        let url = obs.requiredString("obs_url")
        if !url.isEmpty, let breach = BucketURL.breach(of: url) { obs.refuse("obs_url", "The place \(breach).") }
        return url
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
        func text(_ key: String) -> String? { fields.string(key).flatMap { $0.isEmpty ? nil : $0 } }
        if !["engine_id", "engine_name", "image_url"].contains(where: fields.isGiven) {
            fields.refuse("engine_id", "Give engine_id, or engine_name and engine_version.", code: .missingParameter)
        }
        // An image that was saved from a notebook is named as images are: `namespace/name:tag`.
        let id = text("engine_id") ?? text("image_url")
        self.init(id: id, name: text("engine_name"), version: text("engine_version"))
    }

    var json: JSONValue {
        var object: JSONObject = [:]
        if let id { object["engine_id"] = .string(id) }
        if let name { object["engine_name"] = .string(name) }
        if let version { object["engine_version"] = .string(version) }
        return .object(object)
    }
}
