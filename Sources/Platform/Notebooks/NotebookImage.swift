import Identity
public import Kernel

/// A runtime as notebooks name it: ModelArts knows images by UUIDs.
public struct NotebookImage: Hashable, Sendable {
    public let id: String
    public let engine: Engine

    init(_ engine: Engine, digests: any Digests) {
        let digits = Hexadecimal.text(Array("image:\(engine.id)".utf8).withUnsafeBytes(digests.fingerprint))
        let cuts = [0, 8, 12, 16, 20, 32]
        id = zip(cuts, cuts.dropFirst()).map { start, end in
            String(decoding: Array(digits.utf8)[start..<end], as: UTF8.self)
        }.joined(separator: "-")
        self.engine = engine
    }
}

extension Ports {
    /// Every runtime that notebooks can run, by name.
    public var notebookImages: [NotebookImage] {
        catalogue.engines.filter(\.servesNotebooks).map { NotebookImage($0, digests: secrets.digests) }
            .sorted { ($0.engine.name, $0.engine.id) < ($1.engine.name, $1.engine.id) }
    }

    /// The image of an id; the runtime's own id, or its name, is understood too.
    public func notebookImage(_ name: String) throws(Fault) -> NotebookImage {
        let images = notebookImages
        if let image = images.first(where: { $0.id == name || $0.engine.id == name }) { return image }
        let named = images.filter { $0.engine.name == name }
        if named.count == 1 { return named[0] }
        let offered = images.map { "\($0.id) (\($0.engine.id))" }.joined(separator: ", ")
        throw Fault(
            .invalidParameter,
            offered.isEmpty
                ? "No runtime here can run notebooks; prepare one with scripts/runtime.sh jupyterlab."
                : "There is no image \(name) for notebooks; there are \(offered).", field: "image_id")
    }
}
