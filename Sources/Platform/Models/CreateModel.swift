public import Identity
import Kernel
public import Workloads

/// Takes a model: answers at once, and the publisher copies its package. It costs nothing.
public struct CreateModel: Sendable {
    private let ports: Ports
    private let publisher: ModelPublisher

    public init(_ ports: Ports, publisher: ModelPublisher) {
        self.ports = ports
        self.publisher = publisher
    }

    /// The model as taken, `publishing`.
    ///
    /// - Throws: every fault of the definition that the installation can see; `duplicateName` where the project has
    ///   this version of it. One that could not be taken up makes room for the next try.
    public func callAsFunction(
        _ definition: ModelDefinition, in project: Project, caller: Caller
    ) async throws -> Model {
        try caller.require(.write, in: Scope(project))
        var faults = Faults()
        if let runtime = definition.runtime {
            do { _ = try ports.modelEngine(named: runtime) } catch { faults.append(error) }
        }
        let source = try await source(of: definition, in: project, noting: &faults)
        try faults.check()
        let ports = self.ports
        let (model, replaced) = try await ports.store.write { transaction in
            let replaced = try transaction.makeRoom(for: definition, in: project)
            let now = ports.clock.now()
            let model = Model(
                id: ports.identifiers.uuid(), account: project.account, project: project.id, user: caller.user,
                definition: definition, source: source, createdAt: now, updatedAt: now)
            try transaction.insert(model)
            return (model, replaced)
        }
        if let replaced { try await ports.models.remove(replaced) }
        publisher.publish(model.id)
        return model
    }

    /// The folder that a model is copied from: what the request names, else the first output of the job.
    private func source(
        of definition: ModelDefinition, in project: Project, noting faults: inout Faults
    ) async throws -> String {
        var source = definition.source
        if !definition.sourceJob.isEmpty {
            let job = try await ports.store.read { try $0.trainingJob(TrainingJobID(definition.sourceJob)) }
            if let job, job.project == project.id {
                if job.machine.phase != .completed {
                    faults.add(
                        .invalidParameter,
                        "The job \(job.definition.name) is \(job.machine.phase.rawValue); a model is made of what a "
                            + "Completed one wrote.", field: "source_job_id")
                } else if source == nil {
                    source = job.definition.algorithm.outputs.first?.url
                    if source == nil {
                        faults.add(
                            .invalidParameter, "The job \(job.definition.name) has no output; name a source_location.",
                            field: "source_job_id")
                    }
                }
            } else {
                faults.add(
                    .invalidParameter, "There is no job \(definition.sourceJob) in this project.",
                    field: "source_job_id")
            }
        }
        guard let source else { return "" }
        if let fault = await JobFiles.fault(
            of: JobFiles.Need(url: source, field: "source_location", kind: .source), in: ports.buckets,
            account: project.account)
        {
            faults.append(fault)
        }
        return source
    }
}

extension StoreTransaction {
    /// Sees that a project can have one more model of a name and version; gives the id of one that failed and goes.
    fileprivate func makeRoom(for definition: ModelDefinition, in project: Project) throws -> ModelID? {
        if let same = try model(named: definition.name, version: definition.version, in: project.id) {
            guard same.state == .failed else {
                throw Fault(
                    .duplicateName,
                    "The project has version \(definition.version) of \(definition.name) already; "
                        + "choose another version.", field: "model_version")
            }
            try delete(same.id)
            return same.id
        }
        guard try modelCount(in: project.id) < Limits.models else {
            throw Fault(.quotaExceeded, "The project has \(Limits.models) models; delete some that nobody needs.")
        }
        return nil
    }
}

extension Ports {
    /// The runtime that runs models, by id or name.
    func modelEngine(named name: String) throws(Fault) -> Engine {
        let engines = catalogue.engines.filter(\.servesModels).sorted { $0.id < $1.id }
        if let engine = engines.first(where: { [$0.id, $0.name, $0.imagePath].contains(name) }) { return engine }
        throw Fault(
            .invalidParameter,
            "There is no runtime \(name) for models; there are \(engines.map(\.id).joined(separator: ", ")).",
            field: "runtime")
    }

    /// The runtime of a model that names none: the one with PyTorch where it is wanted, else the one without.
    ///
    /// - Parameter canDoWithout: whether a runtime without PyTorch will do where no other is there.
    func modelEngine(wantsPyTorch: Bool, canDoWithout: Bool) throws(Fault) -> Engine {
        let engines = catalogue.engines.filter(\.servesModels).sorted { $0.id < $1.id }
        var fitting = engines.filter { $0.hasPyTorch == wantsPyTorch }
        // What has PyTorch has the rest, too.
        if fitting.isEmpty, !wantsPyTorch || canDoWithout { fitting = engines }
        if let only = fitting.first, fitting.count == 1 { return only }
        throw Fault(
            .invalidParameter,
            fitting.isEmpty
                ? engines.isEmpty && !wantsPyTorch
                    ? "No runtime here can run models; prepare one with scripts/runtime.sh inference."
                    : "The model needs PyTorch, which no runtime here has; prepare one with scripts/runtime.sh pytorch."
                : "Name the runtime: one of \(fitting.map(\.id).joined(separator: ", ")).", field: "runtime")
    }
}
