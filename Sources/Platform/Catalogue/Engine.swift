/// A runtime that jobs run in: an interpreter and its libraries, listed to users as a training engine.
public struct Engine: Hashable, Sendable {
    /// The id users name, such as `scikit-learn-1.7-py311`.
    public let id: String
    public let name: String
    public let version: String
    /// The interpreter, as seen on the host and inside the sandbox alike.
    public let python: String
    /// Host folders that the sandbox must see, read-only, at the same path.
    public let folders: [String]
    /// Host folders of packages that lie over the interpreter's own, the newest first; they are among `folders`.
    public let layers: [String]
    /// The organization that it stands under where images are named.
    public let namespace: String
    /// What it holds, one sentence.
    public let summary: String
    /// Whether it holds JupyterLab, so that notebooks can run it.
    public let servesNotebooks: Bool
    /// Whether it holds the server of models, so that services can run in it.
    public let servesModels: Bool
    /// Whether it holds PyTorch, which most models do not need and some cannot do without.
    public let hasPyTorch: Bool

    /// Where the installation's own runtimes stand.
    public static let ownNamespace = "atelier"

    public init(
        id: String, name: String, version: String, python: String, folders: [String], summary: String,
        servesNotebooks: Bool = false, servesModels: Bool = false, hasPyTorch: Bool = false, layers: [String] = [],
        namespace: String = ownNamespace
    ) {
        self.id = id
        self.name = name
        self.version = version
        self.python = python
        self.folders = folders
        self.summary = summary
        self.servesNotebooks = servesNotebooks
        self.servesModels = servesModels
        self.hasPyTorch = hasPyTorch
        self.layers = layers
        self.namespace = namespace
    }

    /// Whether it is a runtime of the installation.
    public var isOwn: Bool { namespace == Self.ownNamespace }

    /// How it is named where images are named: `namespace/name:tag`.
    public var imagePath: String { "\(namespace)/\(name):\(version)" }
}
