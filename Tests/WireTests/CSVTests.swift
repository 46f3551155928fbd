import Kernel
import TestKit
import Testing
import Wire

/// RFC 4180, strictly.
@Suite struct CSVTests {
    private static func read(_ text: String) throws -> [[String]] {
        var reader = try CSVReader(Array(text.utf8))
        var records: [[String]] = []
        while let record = try reader.next() { records.append(try reader.header.map { try record.text($0) }) }
        return records
    }

    @Test func readsQuotesLinesAndMarks() throws {
        #expect(
            try Self.read("\u{FEFF}a,b\r\n1,\"x,\"\"y\"\"\"\r\n\"two\nlines\",\n") == [
                ["1", "x,\"y\""], ["two\nlines", ""],
            ])
        #expect(try Self.read("a\n1") == [["1"]])
    }

    @Test(arguments: ["", "a,a\n", "a,b\n1\n", "a,b\n1,2,3\n", "a\n\"open\n", "a\nx\"y\n", "a\n\"x\"y\n"])
    func refuses(_ text: String) { #expect(throws: Fault.self) { try Self.read(text) } }

    @Test func faultsNameTheLine() throws {
        let fault = #expect(throws: Fault.self) { try Self.read("a,b\n1,2\n\"x\ny\",2\n3\n") }
        #expect(fault?.message.hasPrefix("Line 5") == true)
    }

    @Test func aBadRecordDoesNotEndTheFile() throws {
        var reader = try CSVReader(Array("a\n\"x\"y\n7\n".utf8))
        #expect(throws: Fault.self) { try reader.next() }
        #expect(try reader.next()?.integer("a") == 7)
    }

    @Test(arguments: ["1.0", "1e3", "+1", "", "-", "9223372036854775808", " 1", "0x1"])
    func whatIsNoWholeNumber(_ text: String) throws {
        var reader = try CSVReader(Array("n,m\n\(text),1\n".utf8))
        let record = try #require(try reader.next())
        #expect(throws: Fault.self) { try record.integer("n") }
        #expect(try record.integer("m") == 1)
    }

    /// Whatever the fields, what is written reads back.
    @Test func roundTrip() throws {
        var random = SeededGenerator(seed: 51)
        let letters = Array("a,\"\n\r é1")
        for _ in 0..<3_000 {
            var writer = CSVWriter()
            writer.write(["x", "y"])
            let fields = (0..<2).map { _ in
                String(
                    (0..<Int.random(in: 1...6, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a"
                    })
            }
            writer.write(fields)
            guard try Self.read(writer.text) == [fields] else {
                Issue.record("\(fields)")
                return
            }
        }
    }
}
