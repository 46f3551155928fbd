import Kernel
import Testing
import Wire

@Suite struct JSONFieldsTests {
    @Test func everyFaultIsNotedWithItsPath() throws {
        let fields = JSONFields([
            "name": 7, "count": .number("1.0"), "list": [["size": 99], 3], "words": ["a", 1],
        ])
        _ = fields.requiredString("name")
        _ = fields.integer("count")
        _ = fields.requiredObject("spec").requiredString("flavor_id")
        for element in fields.objects("list", limit: 5) { _ = element.integer("size", in: 1...9) }
        _ = fields.strings("words", limit: 5)
        let faults = #expect(throws: Faults.self) { try fields.check() }
        #expect(
            faults?.all.compactMap(\.field) == [
                "name", "count", "spec", "spec.flavor_id", "list[1]", "list[0].size", "words[1]",
            ])
    }

    @Test func absentAndNullReadAsNil() throws {
        let fields = JSONFields(["a": nil])
        #expect(fields.string("a") == nil)
        #expect(fields.integer("b") == nil)
        #expect(fields.objects("c", limit: 1).isEmpty)
        try fields.check()
    }

    @Test func listsAreBounded() {
        let fields = JSONFields(["list": [[:], [:]]])
        _ = fields.objects("list", limit: 1)
        #expect(throws: Faults.self) { try fields.check() }
    }

    @Test func somethingElseThanAnObjectIsRefused() {
        #expect(throws: Faults.self) { try JSONFields([1]).check() }
    }

    /// One grapheme of 100,001 scalars is no text of one character.
    @Test func charactersAreScalars() {
        let fields = JSONFields(["text": .string("a" + String(repeating: "\u{301}", count: 100_000))])
        #expect(fields.string("text", characters: 0...256) == nil)
        #expect(throws: Faults.self) { try fields.check() }
    }

    @Test func anOpenBoundIsNotANumber() {
        let fields = JSONFields(["name": ""])
        _ = fields.requiredString("name")
        let faults = #expect(throws: Faults.self) { try fields.check() }
        #expect(faults?.all.map(\.message) == ["1 or more characters were expected, not 0."])
    }

    @Test func mapsTakeWhatHasAText() throws {
        let fields = JSONFields(["map": ["a": "x", "b": 1, "c": true, "d": nil, "e": .number("1.50")]])
        let map = fields.stringMap("map", limit: 5)
        #expect(map.map(\.key) == ["a", "b", "c", "d", "e"])
        #expect(map.map(\.value) == ["x", "1", "true", "", "1.50"])
        try fields.check()
        _ = fields.stringMap("map", limit: 4)
        _ = JSONFields(["map": ["a": []]]).stringMap("map", limit: 1)
        #expect(throws: Faults.self) { try fields.check() }
    }
}
