public import Kernel
public import Wire

extension ImageDefinition {
    /// Reads `ImageCreateReq`; throws everything that is wrong with it.
    ///
    /// Source: ModelArts, `CreateImage`: the lengths and letters of the three names.
    public init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        let namespace = fields.requiredString("namespace", characters: 1...Limits.imageNamespaceCharacters)
        if !Self.isPlain(namespace) || namespace.utf8.first.map(Self.isSmall) != true {
            fields.refuse("namespace", "It has letters, digits, - _ and ., and begins with a small letter.")
        }
        let name = fields.requiredString("name", characters: 1...Limits.imageNameCharacters)
        let ends = [name.utf8.first, name.utf8.last].compactMap(\.self)
        if !Self.isPlain(name) || name.utf8.contains(where: Self.isCapital)
            || !ends.allSatisfy({ Self.isSmall($0) || Self.isDigit($0) })
        {
            fields.refuse(
                "name", "It has small letters, digits, - _ and ., and begins and ends with a letter or digit.")
        }
        let tag = fields.requiredString("tag", characters: 1...Limits.imageTagCharacters)
        if !Self.isPlain(tag) { fields.refuse("tag", "It has letters, digits, - _ and .") }
        let description = fields.string("description", characters: 0...Limits.imageDescriptionCharacters)
        let workspace = fields.string("workspace_id", characters: 0...Limits.workspaceCharacters)
        for key in ["swr_instance_id", "swr_instance_domain"] where fields.value(key) != nil {
            fields.refuse(key, "Images are kept here and in no registry; leave the field out.")
        }
        try fields.check()
        self.init(
            namespace: namespace, name: name, tag: tag, description: description ?? "",
            workspace: workspace ?? "0")
    }

    private static func isSmall(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { isSmall($0) || isCapital($0) || isDigit($0) || "-_.".utf8.contains($0) }
    }
}
