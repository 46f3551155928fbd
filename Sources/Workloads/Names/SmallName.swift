import Wire

extension JSONFields {
    /// A name of lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen, as
    /// Kubernetes has labels; a breach is noted.
    ///
    /// Source: RFC 1035, 2.3.1, as ModelArts' pools and scaling rules follow it.
    func requiredSmallName(_ key: String, characters: ClosedRange<Int>) -> String {
        let name = requiredString(key, characters: characters)
        let isLetter: (UInt8) -> Bool = { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        let isPlain = name.utf8.allSatisfy { byte in
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        if let first = name.utf8.first, !isPlain || !isLetter(first) || name.hasSuffix("-") {
            refuse(key, "Lower-case letters, digits and hyphens were expected, a letter first and no hyphen last.")
        }
        return name
    }
}
