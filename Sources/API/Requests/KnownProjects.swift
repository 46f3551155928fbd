import Identity
import Kernel
import Platform
import Synchronization

/// The projects that requests name, kept once they were found: a project never changes, and most routes need one.
///
/// Only what the project is stands in memory; whether the caller may use it is asked every time.
final class KnownProjects: Sendable {
    private let directory: Directory
    private let known = Mutex<[ProjectID: Project]>([:])

    init(_ directory: Directory) { self.directory = directory }

    /// The project that a route's path names, which must be the caller's; headers are not trusted for it.
    func project(of call: Call, caller: Caller) async throws -> Project {
        let id = ProjectID(try call.path("project_id"))
        if let project = known.withLock({ $0[id] }) {
            try caller.require(.read, in: Scope(project))
            return project
        }
        let project = try await directory.project(id, caller: caller)
        known.withLock { projects in
            if projects.count >= Limits.knownProjects { projects.removeAll() }
            projects[id] = project
        }
        return project
    }
}
