/// A typed identifier: the text that names one entity on the wire and in the store.
///
/// Two identifiers of different entities never compare, so a job id cannot be passed where a project id is meant.
public struct Identifier<Entity>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The identifier as it stands on the wire.
    public let text: String

    /// Takes an identifier as it came from the wire or the store.
    public init(_ text: String) { self.text = text }

    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Where new identifiers come from: 128 bits, never given twice.
public protocol IdentifierSource: Sendable {
    /// The next identifier's bits; later calls give greater numbers on one source.
    func next() -> UInt128
}

extension IdentifierSource {
    /// A new identifier in the form of a UUID (36 characters), as training jobs have it.
    public func uuid<Entity>(_ entity: Entity.Type = Entity.self) -> Identifier<Entity> {
        let hex = Hexadecimal.text(next())
        let cuts = [0, 8, 12, 16, 20, 32]
        let parts = zip(cuts, cuts.dropFirst()).map { start, end in
            String(decoding: Array(hex.utf8)[start..<end], as: UTF8.self)
        }
        return Identifier(parts.joined(separator: "-"))
    }

    /// A new identifier of 32 hexadecimal digits, as projects and accounts have it.
    public func hexadecimal<Entity>(_ entity: Entity.Type = Entity.self) -> Identifier<Entity> {
        Identifier(Hexadecimal.text(next()))
    }
}
