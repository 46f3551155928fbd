/// What a user asks to be taken up as a model: a package in a bucket, under a name and a version.
public struct ModelDefinition: Hashable, Sendable {
    public let name: String
    /// Three numbers, such as `1.0.0`; no two models of a project have the same name and version.
    public let version: String
    public let description: String
    public let workspace: String
    /// The kind of model, as ModelArts names them; nil where the package says it.
    public let type: String?
    /// The folder of a bucket that holds the package; nil where it is what a job wrote.
    public let source: String?
    /// The training job that made it; empty where none is known.
    public let sourceJob: String
    /// What runs it; nil where the package says it, or the installation's own.
    public let runtime: String?
    /// JSON that is shown as it came: what the training measured, and the package's own `config.json` in advance.
    public let metrics: String
    public let initialConfig: String?

    public init(
        name: String, version: String, description: String = "", workspace: String = "0", type: String? = nil,
        source: String?, sourceJob: String = "", runtime: String? = nil, metrics: String = "",
        initialConfig: String? = nil
    ) {
        self.name = name
        self.version = version
        self.description = description
        self.workspace = workspace
        self.type = type
        self.source = source
        self.sourceJob = sourceJob
        self.runtime = runtime
        self.metrics = metrics
        self.initialConfig = initialConfig
    }

    /// The folder in a package that holds the model, where there is one.
    ///
    /// Source: ModelArts, "Model package specifications": `model/` beside whatever else the bucket's folder has.
    public static let folder = "model"
    /// The package's own description.
    public static let configName = "config.json"
    /// The kind that runs in a runtime with PyTorch, as does whatever has a TorchScript module under this name.
    public static let pyTorch = "PyTorch"
    public static let torchScriptName = "model.pt"
}
