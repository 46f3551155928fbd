import Identity
import Kernel

/// A runtime, or an environment that was saved, as notebooks name it: ModelArts knows images by UUIDs.
public struct NotebookImage: Hashable, Sendable {
    public let id: String
    public let engine: Engine
    /// What was saved; nil for a runtime of the installation.
    public let saved: SavedImage?

    init(runtime engine: Engine, digests: any Digests) {
        let digits = Hexadecimal.text(Array("image:\(engine.id)".utf8).withUnsafeBytes(digests.fingerprint))
        let cuts = [0, 8, 12, 16, 20, 32]
        id = zip(cuts, cuts.dropFirst()).map { start, end in
            String(decoding: Array(digits.utf8)[start..<end], as: UTF8.self)
        }.joined(separator: "-")
        self.engine = engine
        saved = nil
    }

    init(_ saved: SavedImage, engine: Engine) {
        id = saved.id.text
        self.engine = engine
        self.saved = saved
    }
}
