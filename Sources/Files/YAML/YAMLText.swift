import Glibc
import Kernel
import Yams

/// The text of a YAML file, within limits, and its nodes.
struct YAMLText {
    /// The name that faults give, such as `default.yaml`.
    let file: String
    let text: String

    init(file: String, text: String) {
        self.file = file
        self.text = text
    }

    /// Reads a file of at most so many bytes.
    init(path: String, file: String, limit: Int) throws(Fault) {
        let bytes: [UInt8]
        do {
            bytes = try Self.bytes(of: Descriptor.file(path: path), limit: limit)
        } catch {
            throw Fault(error.fault.code, "cannot be read. \(error.fault.message)", field: file)
        }
        guard bytes.count <= limit else {
            throw Fault(.quotaExceeded, "has more than \(limit) bytes; divide it", field: file)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(.malformedBody, "is no UTF-8 text; save it as UTF-8", field: file)
        }
        self.init(file: file, text: text)
    }

    /// The one document's root; nil where the text is empty.
    ///
    /// Anchors are refused before the parser sees them: a few lines of aliases can stand for a billion nodes.
    func root() throws(Fault) -> Node? {
        if let line = lineOfAnchor() {
            throw Fault(
                .malformedBody,
                "has an & before a word, an anchor, which no book needs; write the value out, or a space after the &",
                field: "\(file):\(line)")
        }
        do {
            return try Parser(yaml: text, resolver: .basic).singleRoot()
        } catch let error as YamlError {
            throw fault(error)
        } catch {
            throw Fault(.malformedBody, "is no YAML", field: file)
        }
    }

    /// The first line with an `&` that could begin an anchor: one that ends no word and is no word by itself.
    ///
    /// It looks into quotes and comments as well, since telling them apart is the parser's work.
    private func lineOfAnchor() -> Int? {
        var line = 1
        var previous = UInt8(ascii: "\n")
        var isOpen = false
        for byte in text.utf8 {
            if isOpen, !Self.blanks.contains(byte) { return line }
            isOpen = byte == UInt8(ascii: "&") && !Self.isWordByte(previous)
            if byte == UInt8(ascii: "\n") { line += 1 }
            previous = byte
        }
        return nil
    }

    private static let blanks: [UInt8] = [
        UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
    ]

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private func fault(_ error: YamlError) -> Fault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Fault(
                .malformedBody, "is no YAML here: \(problem); look at the indentation and the quotes",
                field: "\(file):\(mark.line)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.joined(separator: ", ")
            return Fault(
                .duplicateName, "\(names) stands twice in one mapping; keep one", field: "\(file):\(context.mark.line)")
        case .reader(let problem, _, _, _):
            return Fault(.malformedBody, "is no YAML: \(problem)", field: file)
        default:
            return Fault(.malformedBody, "is no YAML", field: file)
        }
    }

    /// One byte more than the limit tells that there is too much.
    private static func bytes(of file: Descriptor, limit: Int) throws(SystemError) -> [UInt8] {
        guard try file.status().isFile else { throw SystemError(number: EISDIR, "reading") }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = try file.read(at: Int64(bytes.count), count: min(256 << 10, limit + 1 - bytes.count))
            guard !chunk.isEmpty else { break }
            bytes += chunk
        }
        return bytes
    }
}
