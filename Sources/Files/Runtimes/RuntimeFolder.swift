import Glibc
import Kernel
public import Platform

/// Reads the runtimes that jobs may run in: `<path>/<name>/runtime.yaml` describes one, and its prepared environment
/// stands in `<environments>/<name>`.
public enum RuntimeFolder {
    /// The runtimes whose environments are prepared, by id, and a note for the journal on each that is not.
    ///
    /// - Parameters:
    ///   - path: The folder of descriptions; one that is not there holds no runtime.
    ///   - environments: The folder of Python environments, as `python3 -m venv` makes them.
    /// - Throws: `Faults` with every mistake in any description.
    public static func read(path: String, environments: String) throws -> (engines: [Engine], notes: [String]) {
        let home = absolute(environments)
        var engines: [Engine] = []
        var notes: [String] = []
        var faults = Faults()
        for name in try names(in: path) {
            let file = "\(name)/runtime.yaml"
            let engine: Engine
            do {
                engine = try RuntimeFile.engine(path: "\(path)/\(file)", file: file, name: name, environments: home)
            } catch {
                faults.append(error)
                continue
            }
            if engines.contains(where: { $0.id == engine.id }) {
                faults.add(.duplicateName, "\(engine.id) is another runtime's id too; rename one", field: "\(file): id")
            } else if access(engine.python, X_OK) == 0 {
                engines.append(engine)
            } else {
                notes.append("The runtime \(engine.id) is not offered: there is no interpreter at \(engine.python).")
            }
        }
        try faults.check()
        return (engines.sorted { $0.id < $1.id }, notes)
    }

    private static func names(in path: String) throws -> [String] {
        do {
            let folder = try Descriptor.folder(path: path)
            return try folder.entries().compactMap { entry in
                guard entry.kind == .folder, let name = entry.name, !name.hasPrefix(".") else { return nil }
                return (try? folder.folder(name).status("runtime.yaml")) == nil ? nil : name
            }.sorted()
        } catch let error as SystemError {
            if error.isAbsent { return [] }
            throw Faults([Fault(error.fault.code, "The folder cannot be read. \(error.fault.message)", field: path)])
        }
    }

    /// The sandbox shows folders at their own place, so their place must not hang on where the server was started.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
