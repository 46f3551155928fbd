/// Why a head of HTTP/1 is not passed on.
public enum HeadFault: Error, Hashable, Sendable {
    /// It is no HTTP, with a sentence that says where.
    case malformed(String)
    /// Where its body ends can be read in two ways, which is how requests are smuggled.
    case ambiguous(String)
    /// One of its named limits is exceeded.
    case tooLarge
    /// It asks for something that HTTP/1 has and nobody here does.
    case unsupported(String)
}

/// How large a head may be.
public struct HeadLimits: Sendable {
    public let bytes: Int
    public let fieldBytes: Int
    public let fields: Int

    public init(bytes: Int, fieldBytes: Int, fields: Int) {
        self.bytes = bytes
        self.fieldBytes = fieldBytes
        self.fields = fields
    }
}
