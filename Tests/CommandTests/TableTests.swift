import Testing

@testable import Commands

@Suite struct TableTests {
    @Test func columnsAreAligned() {
        let table = Table(
            header: ["NAME", "S"], rows: [["digits", "34"], ["x", "3600"]], isNumber: [false, true],
            isWhole: [false, false])
        #expect(table.text == "NAME       S\ndigits    34\nx       3600")
    }

    /// Whatever the content, no line is wider than 100 columns, and what people copy is whole.
    @Test(arguments: [1, 40, 90, 400])
    func fitsAHundredColumns(_ length: Int) {
        let id = "01a208f0-0c49-7001-838c-3ff54751abf2"
        let long = String(repeating: "n", count: length)
        let table = Table(
            header: ["ID", "NAME", "URL"], rows: [[id, long, "obs://" + long]], isNumber: [false, false, false],
            isWhole: [true, false, false])
        for line in table.text.split(separator: "\n") { #expect(line.count <= Table.width) }
        #expect(table.text.contains(id))
    }

    @Test func whatIsCutKeepsBothEnds() {
        let table = Table(
            header: ["A", "B"], rows: [["begin" + String(repeating: "x", count: 200) + "end", "1"]],
            isNumber: [false, true], isWhole: [false, false])
        #expect(table.text.contains("begin") && table.text.contains("…") && table.text.contains("end"))
    }
}
