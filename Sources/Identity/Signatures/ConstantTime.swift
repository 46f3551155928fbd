/// Comparison of secrets.
public enum ConstantTime {
    /// Whether two byte strings are equal, in a time that tells nothing of where they differ (lengths are no secret).
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
