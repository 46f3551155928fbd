import Commands
import Files
import Kernel
import Pricing

/// The price book of a replay: a file, or one that the program carries.
enum ReplayBook {
    case file(String)
    /// Those of `init`.
    case standard
    case requests

    func read() throws(Faults) -> PriceBook {
        switch self {
        case .file(let path): try PriceBookFile.read(path: path)
        case .standard: try Self.read(PackageResources.default_yaml, "default.yaml")
        case .requests: try Self.read(PackageResources.llm_yaml, "llm.yaml")
        }
    }

    /// Puts it into a folder.
    func put(into folder: String) throws(Fault) {
        let (bytes, name) =
            switch self {
            case .file(let path): (try TextFile.read(path), path.split(separator: "/").last.map { String($0) } ?? path)
            case .standard: (PackageResources.default_yaml, "default.yaml")
            case .requests: (PackageResources.llm_yaml, "llm.yaml")
            }
        let isNamed = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
        try TextFile.write(bytes, to: "\(folder)/\(isNamed ? name : name + ".yaml")", mode: 0o644)
    }

    private static func read(_ bytes: [UInt8], _ name: String) throws(Faults) -> PriceBook {
        try PriceBookFile.read(text: String(decoding: bytes, as: UTF8.self), file: name)
    }
}
