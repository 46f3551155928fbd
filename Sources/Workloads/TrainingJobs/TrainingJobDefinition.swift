public import Pricing

/// What a user asks for when creating a training job.
public struct TrainingJobDefinition: Hashable, Sendable {
    public var name: String
    public var workspace: String
    public var description: String
    /// Free words of the user, in order.
    public var annotations: [NamedText]
    public var algorithm: TrainingAlgorithm
    public var resource: TrainingResource
    /// Where the log is copied at the end, `obs://bucket/folder/`; nil where it is not copied.
    public var logPath: String?
    /// Hours of running after which the job is stopped; nil for never.
    public var autoStopHours: Int64?

    public init(
        name: String, workspace: String = "0", description: String = "", annotations: [NamedText] = [],
        algorithm: TrainingAlgorithm, resource: TrainingResource, logPath: String? = nil, autoStopHours: Int64? = nil
    ) {
        self.name = name
        self.workspace = workspace
        self.description = description
        self.annotations = annotations
        self.algorithm = algorithm
        self.resource = resource
        self.logPath = logPath
        self.autoStopHours = autoStopHours
    }
}

/// A name and its text: a parameter, an environment variable, an annotation.
public struct NamedText: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What a job runs: a boot file below a code folder, or a command; in an engine; with its files.
public struct TrainingAlgorithm: Hashable, Sendable {
    /// `obs://bucket/folder/`; nil where the command needs no code.
    public var codeDirectory: String?
    /// As the user wrote it: below the code folder, or a whole URL in it.
    public var bootFile: String?
    public var command: String?
    public var engine: EngineReference
    public var parameters: [NamedText]
    public var inputs: [TrainingChannel]
    public var outputs: [TrainingChannel]
    public var environments: [NamedText]

    public init(
        codeDirectory: String? = nil, bootFile: String? = nil, command: String? = nil, engine: EngineReference,
        parameters: [NamedText] = [], inputs: [TrainingChannel] = [], outputs: [TrainingChannel] = [],
        environments: [NamedText] = []
    ) {
        self.codeDirectory = codeDirectory
        self.bootFile = bootFile
        self.command = command
        self.engine = engine
        self.parameters = parameters
        self.inputs = inputs
        self.outputs = outputs
        self.environments = environments
    }

    /// The boot file's place in its bucket.
    public var bootFileURL: String? {
        guard let codeDirectory, let path = bootFilePath else { return nil }
        return (codeDirectory.hasSuffix("/") ? codeDirectory : codeDirectory + "/") + path
    }

    /// The boot file's path below the code folder; nil where there is none, or it lies elsewhere.
    public var bootFilePath: String? {
        guard let bootFile, let codeDirectory else { return nil }
        guard let file = BucketURL(bootFile) else { return bootFile }
        // The two may be written in different forms: obs://bucket/code and /bucket/code/boot.py.
        guard let folder = BucketURL(codeDirectory), file.parts.count > folder.parts.count,
            file.parts.starts(with: folder.parts)
        else { return nil }
        return file.parts.dropFirst(folder.parts.count).joined(separator: "/")
    }

    /// The last part of the code folder's path, which the container keeps; empty for a whole bucket.
    public var codeFolderName: String {
        codeDirectory.flatMap(BucketURL.init)?.parts.dropFirst().last ?? ""
    }
}

/// How a user names an engine: by id, or by name and version.
public struct EngineReference: Hashable, Sendable {
    public var id: String?
    public var name: String?
    public var version: String?

    public init(id: String? = nil, name: String? = nil, version: String? = nil) {
        self.id = id
        self.name = name
        self.version = version
    }
}

/// A folder in a bucket that the job reads or writes as a folder of its own.
public struct TrainingChannel: Hashable, Sendable {
    public var name: String
    public var url: String
    /// The folder in the container; nil for the usual one.
    public var localDirectory: String?
    public var access: Access

    /// How the job learns where the folder is.
    public enum Access: String, Hashable, Sendable, CaseIterable {
        /// As `--name folder`.
        case parameter
        /// As the environment variable `name`.
        case environment = "env"
    }

    public init(name: String, url: String, localDirectory: String? = nil, access: Access = .parameter) {
        self.name = name
        self.url = url
        self.localDirectory = localDirectory
        self.access = access
    }
}

/// What a job runs on.
public struct TrainingResource: Hashable, Sendable {
    public var flavor: FlavorID
    public var nodeCount: Int
    /// The dedicated pool; nil for the public one.
    public var pool: PoolID?

    public init(flavor: FlavorID, nodeCount: Int, pool: PoolID? = nil) {
        self.flavor = flavor
        self.nodeCount = nodeCount
        self.pool = pool
    }
}
