import Wire

/// Reads a head that is whole.
enum TestHead {
    static func read(_ text: String) throws -> RequestHead {
        let limits = HeadLimits(bytes: 65_536, fieldBytes: 16_384, fields: 200)
        let reading = try Array(text.utf8).withUnsafeBytes { try RequestHead.read($0, limits: limits) }
        guard case .whole(let head, _) = reading else { throw HeadFault.malformed("it is not whole") }
        return head
    }
}
