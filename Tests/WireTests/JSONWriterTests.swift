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
}
