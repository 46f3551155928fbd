import Kernel
import Pricing

extension PriceBookReader {
    /// Whether a rule complains only because something could not be read.
    func isAboutUnread(_ fault: Fault) -> Bool {
        guard let field = fault.field, !reading.unread.isEmpty else { return false }
        let unread = reading.unread.map(Self.entry)
        if unread.contains(Self.entry(field)) { return true }
        if unread.contains(where: { $0.hasSuffix("]") && fault.message.contains($0) }) { return true }
        // What refers to an entry whose name or products could not be read may be right.
        let isReference = field.hasSuffix(".product") || field.contains(".products[")
        if isReference, isUnread("id", in: "products") || isUnread("products", in: "flavors") { return true }
        if isReference || field.hasSuffix(".flavor"), isUnread("id", in: "flavors") { return true }
        let isUnpriced = fault.code == .missingParameter && field.hasPrefix("flavors[") && field.hasSuffix("]")
        return isUnpriced && (isUnread("product", in: "prices") || isUnread("flavor", in: "prices"))
    }

    /// Whether a key of any entry of a list, a whole entry, or the list itself could not be read.
    private func isUnread(_ key: String, in list: String) -> Bool {
        reading.unread.contains { path in
            guard path.hasPrefix("\(list)[") else { return path == list }
            let rest = path.utf8.drop { $0 != UInt8(ascii: "]") }.dropFirst()
            return rest.isEmpty || Substring(rest).hasPrefix(".\(key)")
        }
    }

    /// The first part of a path: `prices[3]` of `prices[3].from`.
    private static func entry(_ path: String) -> String {
        String(Substring(path.utf8.prefix { $0 != UInt8(ascii: ".") }))
    }

    /// A rule's words name other entries by their place in a list; people look for lines.
    func located(_ fault: Fault) -> Fault {
        var message = ""
        var rest = Substring(fault.message)
        while let end = rest.firstIndex(of: "]") {
            let head = rest[...end]
            rest = rest[rest.index(after: end)...]
            message += head
            let start = head.lastIndex { !($0.isLetter || $0.isNumber || $0 == "[" || $0 == "]") }
            let path = String(start.map { head[head.index(after: $0)...] } ?? head)
            if path.contains("["), let line = reading.line(path) { message += " (line \(line))" }
        }
        return Fault(fault.code, message + rest, field: fault.field)
    }

    /// The first faults, and how many more there are.
    func bounded(_ faults: Faults) -> Faults {
        guard faults.all.count > Limits.priceBookFaults else { return faults }
        var bounded = Faults(Array(faults.all.prefix(Limits.priceBookFaults)))
        let rest = faults.all.count - Limits.priceBookFaults
        bounded.add(.quotaExceeded, "has \(rest) more faults; correct these first", field: reading.file)
        return bounded
    }
}
