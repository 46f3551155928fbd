import Foundation

/// The files that the checks read.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path
        .split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    struct File: Sendable {
        /// Relative to the repository.
        let path: String
        let text: String
    }

    /// The files below some places, sorted by path; what is built or hidden is left out.
    static func files(below places: [String], ending: [String] = [""]) throws -> [File] {
        try places.flatMap(paths).sorted().filter { path in ending.contains(where: path.hasSuffix) }.compactMap {
            path in
            let data = try Data(contentsOf: URL(fileURLWithPath: root + "/" + path))
            return String(data: data, encoding: .utf8).map { File(path: path, text: $0) }
        }
    }

    private static func paths(below place: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root + "/" + place, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [place] }
        return try FileManager.default.contentsOfDirectory(atPath: root + "/" + place).flatMap { name in
            name.hasPrefix(".") || name == "__pycache__" ? [] : try paths(below: place + "/" + name)
        }
    }
}
