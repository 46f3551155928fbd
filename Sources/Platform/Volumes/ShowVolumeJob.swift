public import Identity
public import Kernel

/// Shows where a request that takes time stands.
public struct ShowVolumeJob: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    public func callAsFunction(
        _ id: VolumeJobID, in project: Project, caller: Caller
    ) async throws -> VolumeJobReport {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            guard let job = try transaction.volumeJob(id, in: project.id) else {
                throw Fault(.notFound, "There is no job \(id) in this project.", field: "job_id")
            }
            return try transaction.report(of: job)
        }
    }
}

extension StoreTransaction {
    fileprivate func report(of job: VolumeJob) throws -> VolumeJobReport {
        VolumeJobReport(
            job: job, volume: try job.volume.flatMap { try volume($0) },
            parts: job.volume == nil ? try volumeJobs(of: job.id).map { try report(of: $0) } : [])
    }
}
