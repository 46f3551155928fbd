import Kernel
import TestKit
import Testing
import Wire

/// The scanner takes what the reader takes, save for names that stand twice, and finds the same values.
@Suite struct JSONScannerTests {
    private static func scan(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            _ = try scanner.value()
            try scanner.end()
        }
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "'a'", "01", "-", "1.", ".5",
        "+1", "1e", "0x1", "nul", "truefalse", "[1] 2", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"", "\"tab\there\"", "\"open", "NaN", "Infinity", "\"\\", "\"\\\"", "tru", "fals", "[",
    ])
    func refuses(_ text: String) {
        #expect(throws: Fault.self) { try Self.scan(Array(text.utf8)) }
    }

    @Test func refusesDepthAndBrokenText() {
        #expect(throws: Fault.self) { try Self.scan([0x22, 0xFF, 0x22]) }
        let deep =
            String(repeating: "[", count: Limits.jsonDepth + 1) + String(repeating: "]", count: Limits.jsonDepth + 1)
        #expect(throws: Fault.self) { try Self.scan(Array(deep.utf8)) }
    }

    /// Broken at random places, a text is refused by both or by none.
    @Test(arguments: [UInt64(1), 2, 3])
    func agreesWithTheReader(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let whole = Array(#"{"a":[1,-2.5e3,true,null,"x\nA"],"b":{"c":"é","d":[]},"e":0.25,"f":{}}"#.utf8)
        let alphabet = Array("{}[]\",:\\u0019eE+-.tfn \u{1}é".utf8)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                }
            }
            let read = Result { try JSONValue(parsing: bytes) }
            let isRepetition = (read.failure as? Fault)?.message.contains("stands twice") ?? false
            let isScanned = (try? Self.scan(bytes)) != nil
            if !isRepetition {
                #expect(isScanned == (read.failure == nil), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private static let paths: [([String], String?)] = [
        (["a"], "1"), (["b", "c"], "x\"y"), (["b", "d"], nil), (["a", "c"], nil), (["b"], #"{"c":"x\"y","n":[1,2]}"#),
        (["b", "n"], "[1,2]"), (["é"], "true"), ([], nil),
    ]

    @Test(arguments: paths)
    func finds(_ path: [String], _ expected: String?) throws {
        let bytes = Array(#" {"a": 1, "b": {"c":"x\"y","n":[1,2]}, "é": true}"#.utf8)
        let found = try bytes.withUnsafeBytes { bytes in
            try JSONScanner(bytes).find(path).map { try JSONScanner(bytes).text($0) }
        }
        #expect(path.isEmpty ? found != nil : found?.filter { $0 != " " } == expected)
    }

    @Test func aNameThatIsLookedForStandsOnce() {
        let bytes = Array(#"{"a":1,"b":2,"a":3}"#.utf8)
        #expect(throws: Fault.self) {
            _ = try bytes.withUnsafeBytes { try JSONScanner($0).find(["a"]) }
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
