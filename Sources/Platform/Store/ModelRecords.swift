public import Identity
public import Kernel

/// Models; one that is deleted is not there any more.
public protocol ModelRecords {
    func insert(_ model: Model) throws
    /// Writes everything that can change of a model.
    func update(_ model: Model) throws
    func delete(_ model: ModelID) throws
    func model(_ id: ModelID) throws -> Model?
    func model(named name: String, version: String, in project: ProjectID) throws -> Model?
    /// Those of a project, the newest first; of all projects where it is nil.
    func models(in project: ProjectID?) throws -> [Model]
    func modelCount(in project: ProjectID) throws -> Int
}
