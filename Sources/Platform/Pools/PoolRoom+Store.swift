import Identity
import Kernel
import Pricing
import Workloads

extension StoreTransaction {
    /// A dedicated pool, or the public one, with what has its place there.
    ///
    /// - Parameter machine: what the executor's machines hold in all.
    /// - Throws: `notFound` where there is no such pool.
    func room(of pool: PoolID?, machine: PoolCapacity) throws -> PoolRoom {
        let placed = try placements(on: pool)
        guard let pool else {
            return PoolRoom(capacity: machine.less(try pools(in: nil).map(\.placement)), placed: placed)
        }
        guard let dedicated = try self.pool(pool), dedicated.deletedAt == nil else { throw Fault.noPool(pool) }
        return dedicated.room(placed: placed)
    }

    /// A pool of a project that is not deleted.
    func requiredPool(_ id: PoolID, in project: ProjectID) throws -> DedicatedPool {
        guard let pool = try pool(id), pool.project == project, pool.deletedAt == nil else { throw Fault.noPool(id) }
        return pool
    }

    /// Refuses a pool that is not the project's, or is not for this kind of work.
    func requirePool(_ id: PoolID?, for scope: PoolScope, in project: ProjectID, field: String) throws {
        guard let id else { return }
        let pool: DedicatedPool
        do {
            pool = try requiredPool(id, in: project)
        } catch let fault as Fault where fault.code == .notFound {
            // What a request names and is not there is a value that cannot be used.
            throw Fault(.invalidParameter, fault.message, field: field)
        }
        guard pool.definition.scopes.contains(scope) else {
            let scopes = pool.definition.scopes.map(\.words).joined(separator: " and ")
            throw Fault(
                .invalidParameter, "The pool \(pool.definition.name) is for \(scopes), not for \(scope.words).",
                field: field)
        }
    }
}

extension Fault {
    static func noPool(_ id: PoolID) -> Fault {
        Fault(.notFound, "There is no dedicated pool \(id) in this project.", field: "pool_name")
    }
}

extension DedicatedPool {
    func room(placed: [Placement]) -> PoolRoom {
        let whole = node.times(definition.nodes)
        return PoolRoom(
            words: "the pool \(definition.name)",
            capacity: PoolCapacity(
                cpuMillicores: whole.cpuMillicores, memoryBytes: whole.memoryBytes, accelerators: accelerators),
            node: PoolCapacity(
                cpuMillicores: node.cpuMillicores, memoryBytes: node.memoryBytes,
                accelerators: Array(accelerators.prefix(Int(node.accelerators)))),
            placed: placed)
    }
}
