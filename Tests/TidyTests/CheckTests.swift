import Testing

/// The checks find what they are there for, and nothing else.
@Suite struct CheckTests {
    static func file(_ text: String, at path: String = "Sources/Money/A.swift") -> Repository.File {
        Repository.File(path: path, text: text)
    }

    static func words(_ text: String, at path: String = "Sources/Money/A.swift") -> [String] {
        Checks.bannedWords(file(text, at: path)).map(\.word)
    }

    static let stripped: [(source: String, code: String)] = [
        ("let a = 1 // b { ", "let a = 1      "),
        ("a /* b /* c */ d */ e", "a                   e"),
        (#"f("x { \" // y") + g"#, "f(            ) + g"),
        (#"f("a \(b + "c") d") { e"#, "f(     b + \("   ")    ) { e"),
        (##"f(#"a " \(b) \#(c) d"#) e"##, "f(              c     ) e"),
        ("\"\"\"\na { \"b\"\n\"\"\" c", "   \n       \n    c"),
        (#"let quote: Character = "\"" ; x"#, #"let quote: Character =      ; x"#),
        ("\"a\" + \"b\"", "    +    "),
    ]

    @Test(arguments: stripped) func literalsAndCommentsAreBlanked(source: String, code: String) {
        let found = SwiftCode(source).lines.joined(separator: "\n")
        #expect(found.utf8.count == source.utf8.count)
        #expect(found.split(separator: " ") == code.split(separator: " "))
    }

    @Test func longLinesAreFoundByCharacters() {
        let fits = String(repeating: "é", count: 120)
        #expect(Checks.longLines(Self.file(fits + "\n" + fits)).isEmpty)
        #expect(
            Checks.longLines(Self.file("a\n" + fits + "x")) == ["Sources/Money/A.swift:2: 121 columns; at most 120"])
    }

    @Test func longFilesAreFound() {
        #expect(Checks.longFile(Self.file(String(repeating: "\n", count: 500))).isEmpty)
        #expect(Checks.longFile(Self.file(String(repeating: "\n", count: 501))).count == 1)
    }

    static func function(_ lines: Int, head: String = "func f(") -> String {
        head + "a: Int = { 1 }()) -> String {\n" + String(repeating: "    let s = \"}\" // }\n", count: lines - 2)
            + "}\n"
    }

    @Test(arguments: ["func f(", "    static func f(", "public init(", "init?(", "subscript("])
    func longFunctionsAreFound(head: String) {
        #expect(Checks.longFunctions(Self.file(Self.function(70, head: head))).isEmpty)
        let long = Checks.longFunctions(Self.file("\n" + Self.function(71, head: head)))
        #expect(long == ["Sources/Money/A.swift:2: a function of 71 lines; at most 70"])
    }

    /// A requirement of a protocol has no body; what follows it is not its own.
    @Test func requirementsAreNoFunctions() {
        let text = "protocol P {\n    func a() -> Int\n    func b()\n}\n\nextension P {\n" + Self.function(60) + "}\n"
        #expect(Checks.longFunctions(Self.file(text + String(repeating: "let a = 1\n", count: 80))).isEmpty)
    }

    static let bad: [(String, String)] = [
        ("let a: Decimal = 1", "Decimal"), ("let a = Double(b)", "Double"), ("let now = Date()", "Date()"),
        ("UUID()", "UUID()"), ("Task { await f() }", "Task {"), ("Task.detached {}", "Task.detached"),
        ("try! f()", "try!"), ("fatalError(\"x\")", "fatalError("), ("print(a)", "print("),
        ("let p = Process()", "Process("), ("DateFormatter()", "DateFormatter"),
        ("String(format: \"%d\", 1)", "String(format:"), ("let r: Regex<Substring>", "Regex"),
        ("// TODO: later", "TODO"), ("/* FIXME */", "FIXME"), ("let a = 1 // XXX", "XXX"),
        (#"let a = "now \(Date())""#, "Date()"),
    ]

    @Test(arguments: bad) func bannedWordsAreFound(text: String, word: String) {
        #expect(Self.words(text) == [word])
    }

    @Test(arguments: [
        "group.addTask { }", "fingerprint(sql)", "ServerProcess(a)", "// a Decimal of Date()", "let a = \"Task {\"",
        "DecimalText.read", "AtomicDouble()", "try f()",
    ])
    func partsOfWordsAndTextsAreNot(text: String) { #expect(Self.words(text).isEmpty) }

    @Test func doublesAreBannedOnlyWhereNumbersAreExact() {
        #expect(Self.words("Double(1)", at: "Sources/Telemetry/A.swift").isEmpty)
        #expect(Self.words("Double(1)", at: "Sources/Ledger/A.swift") == ["Double"])
    }

    static let imports: [(path: String, line: String, isFound: Bool)] = [
        ("Sources/Money/A.swift", "import Kernel", false),
        ("Sources/Money/A.swift", "public import Foundation", true),
        ("Sources/Billing/A.swift", "import struct Foundation.Date", true),
        ("Sources/Billing/A.swift", "@preconcurrency internal import Logging", true),
        ("Sources/Billing/A.swift", "public import Platform", true),
        ("Sources/Billing/A.swift", "// import Platform", false),
        ("Sources/Kernel/A.swift", "import Money", true),
        ("Sources/Platform/A.swift", "import Store", true),
        ("Sources/Store/A.swift", "import Files", true),
        ("Sources/Store/A.swift", "    import GRDB", false),
        ("Sources/API/A.swift", "import GRDB", true),
        ("Sources/Assembly/A.swift", "import Store", false),
        ("Sources/Shed/A.swift", "let a = 1", true),
    ]

    @Test(arguments: imports) func importsAcrossLayersAreFound(path: String, line: String, isFound: Bool) {
        #expect(Checks.imports(Self.file("let a = 0\n" + line, at: path)).isEmpty != isFound)
    }

    @Test func emptyNamesAreFound() {
        let bad = ["Sources/API/Helpers/A.swift", "Sources/API/JobManager.swift", "Sources/Utils/A.swift"]
        for path in bad { #expect(Checks.emptyNames(path).count == 1, "\(path)") }
        #expect(Checks.emptyNames("Sources/Platform/Store/ModelRecords.swift").isEmpty)
    }

    @Test func placesOfOneMachineAreFound() {
        #expect(Checks.machinePaths(Self.file("a\ncd /" + "root/x")).count == 1)
        #expect(Checks.machinePaths(Self.file("see /usr/lib and the network/rooted")).isEmpty)
    }
}
