/// What a user calls the environment that is saved from a notebook.
public struct ImageDefinition: Hashable, Sendable {
    /// The organization that it stands under, as SWR has them.
    public let namespace: String
    public let name: String
    public let tag: String
    public let description: String
    public let workspace: String

    public init(namespace: String, name: String, tag: String, description: String = "", workspace: String = "0") {
        self.namespace = namespace
        self.name = name
        self.tag = tag
        self.description = description
        self.workspace = workspace
    }

    /// How it is named where images are named: `namespace/name:tag`.
    public var path: String { "\(namespace)/\(name):\(tag)" }
}
