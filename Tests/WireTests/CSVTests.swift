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

    @Test func aRecordThatIsNotUTF8IsTakenWhole() throws {
        var reader = try CSVReader(Array("a,b\n".utf8) + [0xFF, 0x2C, 0x31, 0x0A] + Array("7,8\n".utf8))
        #expect(throws: Fault.self) { try reader.next() }
        let record = try #require(try reader.next())
        #expect(try record.integer("a") == 7)
        #expect(record.line == 3)
    }

    /// The last field counts too, quoted or not.
    @Test(arguments: ["", "\""])
    func longRecordsAreRefused(_ quote: String) throws {
        func file(_ length: Int) -> [UInt8] {
            let field = quote + String(repeating: "x", count: length - 2 * quote.utf8.count) + quote
            return Array("a\n\(field)\n7\n".utf8)
        }
        var reader = try CSVReader(file(Limits.csvRecordBytes + 1))
        #expect(throws: Fault.self) { try reader.next() }
        #expect(try reader.next()?.integer("a") == 7)
        var atLimit = try CSVReader(file(Limits.csvRecordBytes))
        #expect(throws: Never.self) { try atLimit.next() }
    }

    @Test func aLineWithNothingIsNoRecordAndAnEmptyFieldIs() throws {
        #expect(try Self.read("a\n\n1\r\n\r\n\"\"\n") == [["1"], [""]])
        #expect(throws: Fault.self) { try Self.read("\na\n1\n") }
    }

    /// What a spreadsheet would take for a formula is data.
    @Test(arguments: ["=1+1", "+1", "-1", "@a"])
    func formulasAreData(_ field: String) {
        var writer = CSVWriter()
        writer.write([field])
        #expect(writer.text == field + "\n")
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
            let header = Array(["x", "y"].prefix(Int.random(in: 1...2, using: &random)))
            writer.write(header)
            let fields = header.map { _ in
                String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a"
                    })
            }
            writer.write(fields)
            guard try Self.read(writer.text) == [fields] else {
                Issue.record("\(fields)")
                return
            }
        }
    }

    /// Whatever the bytes, the reader comes to an end.
    @Test func anyBytesAreReadOrRefused() {
        var random = SeededGenerator(seed: 52)
        let bytes: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0xFF, 0xEF, 0xBB, 0xBF]
        for _ in 0..<20_000 {
            let file = (0..<Int.random(in: 0...30, using: &random)).map { _ in bytes.randomElement(using: &random) ?? 0
            }
            guard var reader = try? CSVReader(Array("a,b\n".utf8) + file) else { continue }
            var calls = 0
            var isAtEnd = false
            while !isAtEnd, calls <= file.count {
                calls += 1
                do { isAtEnd = try reader.next() == nil } catch { continue }
            }
            guard isAtEnd else {
                Issue.record("\(file)")
                return
            }
        }
    }
}
