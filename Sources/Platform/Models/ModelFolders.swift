public import Kernel
public import Workloads

/// Where the packages of models lie: folders that nothing writes to once they are kept.
public protocol ModelFolders: Sendable {
    /// Makes an empty folder to gather a model in; what was gathered before is removed.
    func begin(_ model: ModelID) async throws -> String
    /// A small file of what is being gathered; nil where it is not there.
    ///
    /// - Throws: `invalidParameter` where it has more bytes than `limit`.
    func read(_ name: String, of model: ModelID, limit: Int) async throws -> [UInt8]?
    /// Whether what is being gathered has a file of a name.
    func holds(_ name: String, of model: ModelID) async throws -> Bool
    /// Installs packages beside what is being gathered: those that the runtime does not have as they are wanted.
    ///
    /// - Parameter mayLoad: whether what is lacking may be loaded; otherwise it is a fault.
    /// - Throws: `invalidParameter` with the installer's own reason; `CancellationError` where its task is cancelled,
    ///   or the model removed.
    func install(
        _ packages: [PackageRequirement], of model: ModelID, for engine: Engine, mayLoad: Bool) async throws
    /// Keeps what was gathered, durably; gives its bytes.
    func keep(_ model: ModelID) async throws -> Int64
    /// The host's path of a model that is kept.
    func path(of model: ModelID) -> String
    /// The host's path of packages that were installed for it; nil where there are none.
    func packages(of model: ModelID) -> String?
    func remove(_ model: ModelID) async throws
    /// Removes what belongs to no model.
    func keep(only models: Set<ModelID>) async throws
}

/// Where no models are kept.
public struct NoModelFolders: ModelFolders {
    public init() {}

    private var refusal: Fault { Fault(.unavailable, "This installation keeps no models.") }

    public func begin(_ model: ModelID) async throws -> String { throw refusal }
    public func read(_ name: String, of model: ModelID, limit: Int) async throws -> [UInt8]? { throw refusal }
    public func holds(_ name: String, of model: ModelID) async throws -> Bool { throw refusal }
    public func keep(_ model: ModelID) async throws -> Int64 { throw refusal }
    public func path(of model: ModelID) -> String { "" }
    public func packages(of model: ModelID) -> String? { nil }
    public func install(
        _ packages: [PackageRequirement], of model: ModelID, for engine: Engine, mayLoad: Bool
    ) async throws { throw refusal }
    public func remove(_ model: ModelID) async throws {}
    public func keep(only models: Set<ModelID>) async throws {}
}
