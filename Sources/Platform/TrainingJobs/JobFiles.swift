import Identity
import Kernel
import Workloads

/// The places in buckets that a job reads and writes, and how to see early that they are there.
enum JobFiles {
    /// A place a job needs.
    struct Need {
        let url: String
        /// What the request calls it.
        let field: String
        let kind: Kind

        enum Kind {
            /// An object that must exist.
            case object
            /// A folder, or an object, that must have something in it.
            case source
            /// A place in a bucket that must exist.
            case target
        }
    }

    static func needs(of definition: TrainingJobDefinition) -> [Need] {
        let algorithm = definition.algorithm
        var needs: [Need] = []
        if let code = algorithm.codeDirectory {
            needs.append(Need(url: code, field: "algorithm.code_dir", kind: .source))
        }
        if let boot = algorithm.bootFileURL {
            needs.append(Need(url: boot, field: "algorithm.boot_file", kind: .object))
        }
        for (index, input) in algorithm.inputs.enumerated() {
            needs.append(
                Need(url: input.url, field: "algorithm.inputs[\(index)].remote.obs.obs_url", kind: .source))
        }
        for (index, output) in algorithm.outputs.enumerated() {
            needs.append(
                Need(url: output.url, field: "algorithm.outputs[\(index)].remote.obs.obs_url", kind: .target))
        }
        if let log = definition.logPath {
            needs.append(Need(url: log, field: "spec.log_export_path.obs_url", kind: .target))
        }
        return needs
    }

    /// Every need that is not met, as a fault naming its field.
    static func faults(of definition: TrainingJobDefinition, in buckets: any Buckets, account: AccountID) async
        -> Faults
    {
        var faults = Faults()
        for need in needs(of: definition) {
            if let fault = await fault(of: need, in: buckets, account: account) { faults.append(fault) }
        }
        return faults
    }

    /// Why a need is not met, as a fault naming its field; nil where it is.
    static func fault(of need: Need, in buckets: any Buckets, account: AccountID) async -> Fault? {
        do {
            try await check(need, in: buckets, account: account)
            return nil
        } catch let fault as Fault {
            // What the request names and is not there is a mistake in the request.
            let code = fault.code == .notFound ? .invalidParameter : fault.code
            return Fault(code, fault.message, field: need.field)
        } catch {
            return Fault(.internalFault, "\(error)", field: need.field)
        }
    }

    private static func check(_ need: Need, in buckets: any Buckets, account: AccountID) async throws {
        let path = try ObjectPath(need.url, field: need.field)
        switch need.kind {
        case .object:
            _ = try await buckets.head(path, of: account)
        case .source:
            let prefix = path.key.isEmpty ? "" : path.key + "/"
            let inside = try await buckets.list(path.bucket, of: account, prefix: prefix, after: "", limit: 1)
            guard inside.objects.isEmpty else { return }
            if path.isFolder { throw Fault(.notFound, "There is nothing in \(path).") }
            _ = try await buckets.head(path, of: account)
        case .target:
            _ = try await buckets.list(path.bucket, of: account, prefix: "", after: "", limit: 1)
        }
    }
}
