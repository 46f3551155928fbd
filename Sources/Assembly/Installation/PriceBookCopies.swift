import Commands
import Glibc
import Kernel

/// Puts price books into a new data folder, where its owner may then change them.
enum PriceBookCopies {
    static func put(into target: String, from source: String?) throws(Fault) {
        guard let source else {
            return try TextFile.write(PackageResources.default_yaml, to: target + "/default.yaml", mode: 0o644)
        }
        let names = try names(in: source)
        guard !names.isEmpty else {
            throw Fault(.notFound, "\(source) holds no price book (*.yaml).", field: "--price-books")
        }
        for name in names {
            try TextFile.write(TextFile.read(source + "/" + name), to: target + "/" + name, mode: 0o644)
        }
    }

    private static func names(in folder: String) throws(Fault) -> [String] {
        guard let stream = opendir(folder) else {
            throw Fault(
                .notFound, "\(folder) cannot be read: \(String(cString: strerror(errno))).", field: "--price-books")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { names.append(name) }
        }
        return names.sorted()
    }
}
