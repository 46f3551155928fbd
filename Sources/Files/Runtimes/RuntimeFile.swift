import Glibc
import Kernel
import Platform
import Yams

/// Reads one runtime's description.
enum RuntimeFile {
    /// The engine that a description and its environment make; its interpreter may not be there yet.
    static func engine(
        path: String, file: String, name: String, environments: String
    ) throws(Faults) -> Engine {
        let root: Node?
        do {
            root = try YAMLText(path: path, file: file, limit: Limits.runtimeFileBytes).root()
        } catch {
            throw Faults([error])
        }
        let reading = YAMLReading(file: file)
        let keys = ["id", "name", "version", "summary"]
        guard let root, let fields = reading.fields(root, at: "", required: keys, optional: ["python"]) else {
            try reading.faults.check()
            throw Faults([
                Fault(.missingParameter, "is empty; write \(keys.joined(separator: ", "))", field: file)
            ])
        }
        let id = fields.value("id", "an id; it takes 1 to 64 letters, digits, dots, dashes and underscores") {
            isPlain($0) ? $0 : nil
        }
        let texts = keys.dropFirst().map { key in
            fields.value(key, "a text of 1 to \(Limits.runtimeTextBytes) bytes") { text in
                (1...Limits.runtimeTextBytes).contains(text.utf8.count) ? text : nil
            } ?? ""
        }
        let python = interpreter(fields.text("python"), name: name, environments: environments)
        try reading.faults.check()
        return Engine(
            id: id ?? "", name: texts[0], version: texts[1], python: python, folders: folders(of: python),
            summary: texts[2], servesNotebooks: access(parent(python) + "/jupyter-lab", X_OK) == 0,
            servesModels: holds("atelier_inference/__main__.py", python), hasPyTorch: holds("torch/version.py", python))
    }

    /// Whether an interpreter's environment holds a file of a package.
    private static func holds(_ file: String, _ python: String) -> Bool {
        var found = glob_t()
        defer { globfree(&found) }
        return glob("\(parent(parent(python)))/lib/python3*/site-packages/\(file)", 0, nil, &found) == 0
    }

    private static func interpreter(_ path: String?, name: String, environments: String) -> String {
        guard let path else { return "\(environments)/\(name)/bin/python" }
        return path.hasPrefix("/") ? path : "\(environments)/\(path)"
    }

    /// The environment, and where its interpreter is a link out of it, the installation that the link leads to.
    ///
    /// What stands below `/usr` every sandbox has.
    private static func folders(of python: String) -> [String] {
        let environment = parent(parent(python))
        guard let resolved = realpath(python, nil) else { return [environment] }
        defer { free(resolved) }
        let installation = parent(parent(String(cString: resolved)))
        let isSeen = "\(installation)/".hasPrefix("\(environment)/") || "\(installation)/".hasPrefix("/usr/")
        return isSeen || installation.isEmpty ? [environment] : [environment, installation]
    }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func isPlain(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            }
    }
}
