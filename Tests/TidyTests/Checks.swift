import Foundation

/// The checks; each gives its findings as `path:line: what is wrong`.
enum Checks {
    typealias File = Repository.File

    static func longLines(_ file: File, limit: Int = 120) -> [String] {
        lines(of: file.text).enumerated().filter { $0.element.utf8.count > limit && $0.element.count > limit }.map {
            index, line in
            "\(file.path):\(index + 1): \(line.count) columns; at most \(limit)"
        }
    }

    static func longFile(_ file: File, limit: Int = 500) -> [String] {
        let count = lines(of: file.text).count
        return count > limit ? ["\(file.path):\(count): \(count) lines; at most \(limit)"] : []
    }

    /// Functions and initialisers longer than the limit, counted from the word that declares them to the last brace.
    static func longFunctions(_ file: File, limit: Int = 70) -> [String] {
        guard Self.lines(of: file.text).count > limit else { return [] }
        let lines = SwiftCode(file.text).lines
        return lines.indices.compactMap { start in
            guard lines[start].contains(declaration), let length = length(of: lines, from: start), length > limit else {
                return nil
            }
            return "\(file.path):\(start + 1): a function of \(length) lines; at most \(limit)"
        }
    }

    private static var declaration: Regex<Substring> { /\bfunc\s|\binit[?]?[(<]|\bdeinit\b|\bsubscript[(<]/ }

    /// How many lines a declaration with a body has; nil when it has none.
    private static func length(of lines: [String], from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<lines.count {
            if index > start, braces == 0, parentheses == 0, lines[index].contains(declaration) { return nil }
            for byte in lines[index].utf8 {
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where parentheses == 0 || braces > 0:
                    braces -= 1
                    if braces <= 0 { return braces < 0 ? nil : index - start + 1 }
                default: break
                }
            }
        }
        return nil
    }

    /// Words that the code does not use; those of unfinished work are looked for in comments too.
    static func bannedWords(_ file: File) -> [(word: String, finding: String)] {
        let room = file.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        let words = Banned.words.filter { word in
            (word.rooms.isEmpty || word.rooms.contains(room)) && file.text.contains(word.text)
        }
        guard !words.isEmpty else { return [] }
        let code = SwiftCode(file.text).lines
        return zip(lines(of: file.text).map(String.init), code).enumerated().flatMap { index, line in
            words.filter { word in
                contains(word.text, in: word.isInComments ? line.0 : line.1)
            }.map { ($0.text, "\(file.path):\(index + 1): \($0.text) is not used here; \($0.instead)") }
        }
    }

    /// Whether a line has a word that is not the end, nor the beginning, of a longer name.
    static func contains(_ word: String, in line: String) -> Bool {
        var rest = line[...]
        while let found = rest.range(of: word) {
            let before = line[..<found.lowerBound].last.map(isOfName) ?? false
            let after = line[found.upperBound...].first.map(isOfName) ?? false
            if !before, !after || word.last.map(isOfName) == false { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }

    private static func isOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// Imports that the layer of a file's room does not have.
    static func imports(_ file: File) -> [String] {
        let parts = file.path.split(separator: "/").map(String.init)
        guard parts.count > 1 else { return [] }
        guard let allowed = Layers.imports[parts[1]] else {
            return ["\(file.path):1: \(parts[1]) is no room that the test knows; add it to Layers"]
        }
        // Comments cost time to blank, so they are looked at only where an import looks wrong.
        func wrong(_ line: String) -> String? {
            module(importedBy: line).flatMap { allowed.contains($0) ? nil : $0 }
        }
        guard lines(of: file.text).contains(where: { wrong(String($0)) != nil }) else { return [] }
        return SwiftCode(file.text).lines.enumerated().compactMap { index, line in
            guard let module = wrong(line) else { return nil }
            return "\(file.path):\(index + 1): \(parts[1]) does not import \(module)"
        }
    }

    private static func module(importedBy line: String) -> String? {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first,
            first.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(first)
        {
            words.removeFirst()
        }
        guard words.first == "import" else { return nil }
        return words.dropFirst().first { !kinds.contains($0) }?.split(separator: ".").first.map(String.init)
    }

    /// Folders and files whose name says nothing of what is in them.
    static func emptyNames(_ path: String) -> [String] {
        // A model by itself is what users train and deploy here.
        let empty = [
            "ViewModel", "DataModel", "Helper", "Helpers", "Util", "Utils", "Utilities", "Manager", "Managers",
        ]
        return path.split(separator: "/").compactMap { part in
            let name = part.hasSuffix(".swift") ? part.dropLast(6) : part
            return empty.first { name == $0 || part != name && name.hasSuffix($0) }.map { word in
                "\(path): a name with \(word) in it says nothing; take the noun"
            }
        }
    }

    /// Paths that are there on one machine only.
    static func machinePaths(_ file: File) -> [String] {
        let places = ["work", "root"].map { "/" + $0 + "/" }
        return lines(of: file.text).enumerated().flatMap { index, line in
            places.filter { line.contains($0) }.map { "\(file.path):\(index + 1): \($0) is a place of one machine" }
        }
    }

    static func lines(of text: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }
}
