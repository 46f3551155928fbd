import Kernel
import TestKit
import Testing
import Wire

/// RFC 8259, strictly, and what the house refuses beyond it.
@Suite struct JSONReaderTests {
    private static let readable: [(String, JSONValue)] = [
        ("null", nil), (" true ", true), ("-0", .number("-0")), ("1.50", .number("1.50")), ("1e3", .number("1e3")),
        ("\"\"", ""), ("[]", []), ("{}", [:]), ("[1,[2]]", [1, [2]]), ("{\"a\":{\"b\":[null]}}", ["a": ["b": [nil]]]),
        ("\"\\u00e9\\n\\/\"", "é\n/"), ("\"\\ud83d\\ude00\"", "😀"), ("\t\r\n7", 7),
    ]

    @Test(arguments: readable)
    func reads(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "'a'", "01", "-", "1.", ".5",
        "+1", "1e", "0x1", "nul", "truefalse", "[1] 2", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"", "\"tab\there\"", "\"open", "NaN", "Infinity", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
    ])
    func refuses(_ text: String) {
        #expect(throws: Fault.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func refusesWhatIsNotUTF8() {
        #expect(throws: Fault.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: Fault.self) { try JSONValue(parsing: [0x22, 0xC0, 0xAF, 0x22]) }
    }

    /// Texts that Swift holds equal would be one name to every lookup, so they are refused as one.
    @Test func equivalentNamesAreOneName() {
        #expect(throws: Fault.self) { try JSONValue(parsing: Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8)) }
    }

    @Test func faultsAreShort() {
        let name = "\"" + String(repeating: "x", count: 100_000) + "\""
        let fault = #expect(throws: Fault.self) { try JSONValue(parsing: Array("{\(name):1,\(name):2}".utf8)) }
        #expect((fault?.message.utf8.count ?? .max) < 200)
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(Limits.jsonDepth)) }
        #expect(throws: Fault.self) { try JSONValue(parsing: nested(Limits.jsonDepth + 1)) }
        #expect(throws: Fault.self) { try JSONValue(parsing: nested(1_000_000)) }
    }

    @Test func faultsSayWhere() throws {
        let fault = #expect(throws: Fault.self) { try JSONValue(parsing: Array("{\n  \"a\": 1,\n  \"a\": 2\n}".utf8)) }
        #expect(fault?.message.contains("Line 3") == true)
        #expect(fault?.message.contains("\"a\" stands twice") == true)
    }

    @Test(arguments: [("1", Int64(1)), ("-9223372036854775808", .min), ("9223372036854775807", .max)])
    func wholeNumbers(_ text: String, _ value: Int64) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)).integer == value)
    }

    @Test(arguments: ["1.0", "1e3", "9223372036854775808", "-9223372036854775809", "\"1\"", "true", "null"])
    func whatIsNoWholeNumber(_ text: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)).integer == nil)
    }

    /// Any value, written in any layout, reads back as itself.
    @Test(arguments: [UInt64(31), 32, 33])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let value = Self.value(depth: 0, &random)
            for layout in [JSONValue.Layout.compact, .pretty] {
                guard try JSONValue(parsing: value.bytes(layout)) == value else {
                    Issue.record("seed \(seed): \(value.text())")
                    return
                }
            }
        }
    }

    /// Damaged texts are refused or read, and never end the process.
    @Test(arguments: [UInt64(41), 42])
    func damagedTextsNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = Self.value(depth: 0, &random).bytes()
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if (try? JSONValue(parsing: bytes)) == nil { refused += 1 }
        }
        #expect(refused > 1_000)
    }

    private static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return JSONValue(Int64.random(in: .min ... .max, using: &random))
        case 3: return .number("-\(UInt8.random(in: 0...99, using: &random)).5e-7")
        case 4: return .string(text(&random))
        case 5: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth + 1, &random) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                object[text(&random)] = value(depth: depth + 1, &random)
            }
            return .object(object)
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let scalars = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
