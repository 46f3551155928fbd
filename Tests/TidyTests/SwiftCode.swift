/// Swift source with its comments and the texts of its string literals blanked, line for line and byte for byte.
///
/// Code inside interpolations stays; nothing else of a literal does.
struct SwiftCode {
    private(set) var bytes: [UInt8]
    private var position = 0
    /// Literals that are open around the interpolation we are in, innermost last.
    private var interpolations: [(literal: Literal, depth: Int)] = []

    private struct Literal {
        let hashes: Int
        let quotes: Int
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
        while position < bytes.count { code() }
    }

    /// The lines, without their ends.
    var lines: [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private mutating func code() {
        switch bytes[position] {
        case UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "("), UInt8(ascii: ")"): break
        default: return position += 1
        }
        if starts(with: "//") {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { blank() }
        } else if starts(with: "/*") {
            comment()
        } else if let literal = opening() {
            text(of: literal)
        } else {
            parenthesis()
        }
    }

    private mutating func parenthesis() {
        let byte = bytes[position]
        position += 1
        guard let last = interpolations.indices.last else { return }
        if byte == UInt8(ascii: "(") { interpolations[last].depth += 1 }
        guard byte == UInt8(ascii: ")") else { return }
        interpolations[last].depth -= 1
        guard interpolations[last].depth == 0 else { return }
        bytes[position - 1] = UInt8(ascii: " ")
        text(of: interpolations.removeLast().literal, opened: true)
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < bytes.count
    }

    /// The literal that begins here, if one does.
    private func opening() -> Literal? {
        var end = position
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        return Literal(hashes: end - position, quotes: count(of: "\"", at: end) >= 3 ? 3 : 1)
    }

    /// Blanks a literal up to its end, or to its next interpolation.
    private mutating func text(of literal: Literal, opened: Bool = false) {
        if !opened { blank(literal.hashes + literal.quotes) }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\"), count(of: "#", at: position + 1) >= literal.hashes {
                let escaped = position + 1 + literal.hashes
                let opens = escaped < bytes.count && bytes[escaped] == UInt8(ascii: "(")
                blank(literal.hashes + 2)
                if opens { return interpolations.append((literal, 1)) }
            } else if count(of: "\"", at: position) >= literal.quotes,
                count(of: "#", at: position + literal.quotes) >= literal.hashes
            {
                return blank(literal.quotes + literal.hashes)
            } else if byte == UInt8(ascii: "\n"), literal.quotes == 1 {
                return
            } else {
                blank()
            }
        }
    }

    private func count(of character: Character, at start: Int) -> Int {
        guard let byte = character.asciiValue else { return 0 }
        var end = start
        while end < bytes.count, bytes[end] == byte { end += 1 }
        return end - start
    }

    /// Whether two bytes stand here.
    private func starts(with pair: StaticString) -> Bool {
        position + 1 < bytes.count && bytes[position] == pair.utf8Start[0] && bytes[position + 1] == pair.utf8Start[1]
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
            position += 1
        }
    }
}
