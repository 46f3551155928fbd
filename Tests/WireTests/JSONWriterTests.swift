import Testing
import Wire

@Suite struct JSONWriterTests {
    private static let value: JSONValue = ["b": [1, nil], "a": ["é": "\u{1}\"\\\n"], "c": [:]]

    @Test func compactKeepsTheOrder() {
        #expect(Self.value.text() == #"{"b":[1,null],"a":{"é":"\u0001\"\\\n"},"c":{}}"#)
    }

    @Test func canonicalSortsNames() {
        #expect(Self.value.text(.canonical) == #"{"a":{"é":"\u0001\"\\\n"},"b":[1,null],"c":{}}"#)
    }

    /// RFC 8785 §3.2.3 sorts by UTF-16 code units, in which an emoji comes before U+FB33.
    @Test func canonicalSortsByCodeUnits() {
        let value: JSONValue = ["\u{FB33}": 1, "😀": 2, "\r": 3]
        #expect(value.text(.canonical) == "{\"\\r\":3,\"😀\":2,\"\u{FB33}\":1}")
    }

    @Test func prettyIndents() {
        #expect(
            JSONValue.object(["a": [1, 2], "b": [:]]).text(.pretty)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    }

    @Test func yamlQuotesWhatWouldBeMisread() {
        let value: JSONValue = [
            "plain": "word", "no": "no", "number": "12", "empty": "", "list": [["a": 1, "b": "x: y"], [2, 3]],
            "none": nil,
        ]
        #expect(
            value.yaml == """
                plain: word
                "no": "no"
                number: "12"
                empty: ""
                list:
                - a: 1
                  b: "x: y"
                - - 2
                  - 3
                none: null

                """)
    }

    /// YAML 1.1 §4.1 and 1.2 §5.1: these end a line or may not stand in a text as they are.
    @Test(arguments: ["\u{7F}", "\u{80}", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}"])
    func yamlEscapesWhatItDoesNotAllow(_ text: String) {
        let yaml = JSONValue.string("a\(text)b").yaml
        #expect(yaml.hasPrefix("\"a\\u"))
        #expect(yaml.utf8.allSatisfy { $0 < 0x7F })
    }

    @Test(arguments: [
        "yes", "No", "ON", "y", "~", "null", "1", "-1", "1e3", "0x1f", "2026-03-01", ".inf", "a: b", "a #b",
    ])
    func yamlQuotes(_ text: String) { #expect(JSONValue.string(text).yaml == "\"\(text)\"\n") }
}
