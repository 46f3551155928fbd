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
}
