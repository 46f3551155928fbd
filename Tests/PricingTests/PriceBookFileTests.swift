import Files
import Foundation
import Kernel
import Money
import Pricing
import Testing

@Suite struct PriceBookFileTests {
    static let lines = [
        "id: sample",  // 1
        "name: Sample",
        "currency: USD",
        "site: international",
        "products:",  // 5
        "  - id: training-job",
        "    name: Training job",
        "    service: service",
        "    resource: resource",
        "flavors:",  // 10
        "  - id: small",
        "    name: Small",
        "    type: CPU",
        "    vcpu: 0.5",
        "    memory: 512 MiB",  // 15
        "    products: [training-job]",
        "prices:",
        "  - product: training-job",
        "    flavor: small",
        "    per_hour: 0.1234567891",  // 20
        "    from: 2026-01-01",
        "    until: 2026-02-01",
        "  - product: training-job",
        "    flavor: small",
        "    per_hour: 0.66",  // 25
        "    from: 2026-02-01",
    ]

    @Test func aBookIsReadExactly() throws {
        let book = try PriceBookFile.read(text: Self.lines.joined(separator: "\n"), file: "sample.yaml")
        #expect(book.id.text == "sample" && book.currency == .usDollar && book.profile == .international)
        #expect(book.flavors[0].cpuMillicores == 500 && book.flavors[0].memoryBytes == 512 << 20)
        #expect(book.prices.map(\.unitPrice?.units) == [1_234_567_891, 6_600_000_000])
        // A date alone is midnight where hours are cut, UTC+08:00.
        #expect(book.prices[0].validFrom == Second(iso8601: "2025-12-31T16:00:00Z"))
        #expect(book.prices[0].validUntil == Second(iso8601: "2026-02-01T00:00:00+08:00"))
    }

    struct Mistake: CustomTestStringConvertible, Sendable {
        /// The line that is replaced, from 1; 0 for one more line at the end.
        let line: Int
        let text: String
        /// `line: path` of every fault.
        let faults: [String]
        /// What the fault says.
        var words: String?
        var testDescription: String { text.isEmpty ? "line \(line) left out" : String(text.prefix(60)) }
    }

    static let mistakes = [
        Mistake(line: 20, text: "    per_hour: 0,66", faults: ["20: prices[0].per_hour"], words: "0,66"),
        Mistake(line: 20, text: "    per_hour: 6.6e-1", faults: ["20: prices[0].per_hour"]),
        Mistake(line: 20, text: "    per_hour: .5", faults: ["20: prices[0].per_hour"]),
        Mistake(
            line: 20, text: "    per_hour: 0.12345678912", faults: ["20: prices[0].per_hour"], words: "10 decimals"),
        Mistake(line: 20, text: "    per_hour: -1", faults: ["20: prices[0].per_hour"]),
        Mistake(line: 20, text: "    per_hour: 99999999999999999999", faults: ["20: prices[0].per_hour"]),
        Mistake(line: 20, text: "    per_hour: .inf", faults: ["20: prices[0].per_hour"]),
        Mistake(line: 20, text: "    per_hour: [1]", faults: ["20: prices[0].per_hour"], words: "list"),
        Mistake(line: 20, text: "    per_hour:", faults: ["20: prices[0].per_hour"], words: "empty"),
        Mistake(
            line: 20, text: "    per-hour: 1",
            faults: ["20: prices[0].per-hour", "18: prices[0].per_hour"], words: "per_hour?"),
        Mistake(line: 20, text: "", faults: ["18: prices[0].per_hour"], words: "missing"),
        Mistake(
            line: 20, text: "    graduated: [{up_to: 5, per_unit: 1}, {up_to: 5, per_unit: 1}]",
            faults: ["20: prices[0].graduated[1].up_to", "20: prices[0].graduated[1].up_to"], words: "no end"),
        Mistake(
            line: 20, text: "    volume: [{per_unit: 1}, {per_unit: 2}]", faults: ["20: prices[0].volume[0].up_to"]),
        Mistake(line: 20, text: "    package: {size: 0.5, price: 1}", faults: ["20: prices[0].package.size"]),
        Mistake(line: 20, text: "    flat: free", faults: ["20: prices[0].flat"]),
        Mistake(line: 21, text: "    from: 2026-02-30", faults: ["21: prices[0].from"]),
        Mistake(line: 21, text: "    from: tomorrow", faults: ["21: prices[0].from"]),
        Mistake(line: 22, text: "    until: 2026-01-01", faults: ["22: prices[0].until"], words: "never holds"),
        Mistake(line: 22, text: "    until: 2026-02-02", faults: ["26: prices[1].from"], words: "prices[0] (line 18)"),
        Mistake(line: 22, text: "", faults: ["26: prices[1].from"], words: "overlaps"),
        Mistake(line: 19, text: "    flavor: smal", faults: ["19: prices[0].flavor"], words: "smal is no flavor"),
        Mistake(line: 18, text: "  - product: training", faults: ["18: prices[0].product"]),
        Mistake(line: 1, text: "id: no", faults: ["1: id"], words: "quotes"),
        Mistake(line: 1, text: "id: a b", faults: ["1: id"]),
        Mistake(line: 1, text: "", faults: ["2: id"], words: "missing"),
        Mistake(line: 2, text: "name: \"a\\u0007b\"", faults: ["2: name"]),
        Mistake(line: 3, text: "currency: usd", faults: ["3: currency"], words: "capital"),
        Mistake(line: 4, text: "site: mars", faults: ["4: site"], words: "international, china"),
        Mistake(line: 4, text: "site: china\nsite: china", faults: ["4"], words: "twice"),
        Mistake(
            line: 9, text: "    resource: r\n    colour: red",
            faults: ["10: products[0].colour"], words: "the keys here are"),
        Mistake(line: 9, text: "    resource: r\n    units: hour", faults: ["10: products[0].units"], words: "unit?"),
        Mistake(line: 13, text: "    type: cpu", faults: ["13: flavors[0].type"], words: "CPU, GPU, Ascend"),
        Mistake(line: 13, text: "    type: GPU", faults: ["11: flavors[0].accelerators"]),
        Mistake(line: 14, text: "    vcpu: 0", faults: ["14: flavors[0].vcpu"]),
        Mistake(line: 14, text: "    vcpu: 0.0001", faults: ["14: flavors[0].vcpu"]),
        Mistake(line: 14, text: "    vcpu: 5000", faults: ["14: flavors[0].vcpu"]),
        Mistake(line: 15, text: "    memory: 4 GB", faults: ["15: flavors[0].memory"], words: "GiB"),
        Mistake(line: 15, text: "    memory: 9223372036854775807 TiB", faults: ["15: flavors[0].memory"]),
        Mistake(line: 15, text: "    memory: 65 TiB", faults: ["15: flavors[0].memory"]),
        Mistake(
            line: 16, text: "    products: [training-job, notebook]",
            faults: ["16: flavors[0].products[1]", "11: flavors[0]"], words: "no price for notebook"),
        Mistake(line: 16, text: "    products: training-job", faults: ["16: flavors[0].products"], words: "list"),
        Mistake(line: 0, text: "zone: UTC", faults: ["27: zone"]),
        Mistake(line: 0, text: "   bad: indentation", faults: ["27"], words: "indentation"),
        Mistake(line: 0, text: "---\nid: second", faults: ["27"]),
        Mistake(line: 2, text: "name: &a Sample", faults: ["2"], words: "anchor"),
        Mistake(line: 2, text: "name: [&a x, *a]", faults: ["2"], words: "anchor"),
        Mistake(line: 2, text: "name: *a", faults: ["2"], words: "alias"),
    ]

    @Test(arguments: mistakes) func aMistakeHasItsLineAndField(_ mistake: Mistake) {
        var lines = Self.lines
        if mistake.line == 0 { lines.append(mistake.text) } else { lines[mistake.line - 1] = mistake.text }
        let faults = Self.faults(lines.joined(separator: "\n"))
        #expect(faults.all.map { $0.field ?? "" } == mistake.faults.map { "sample.yaml:" + $0 }, "\(faults)")
        if let words = mistake.words { #expect(faults.description.contains(words), "\(faults)") }
    }

    @Test func allMistakesAreToldAtOnce() {
        var lines = Self.lines
        lines[2] = "currency: dollars"
        lines[13] = "    vcpu: two"
        lines[18] = "    flavor: smal"
        lines[24] = "    per_hour: x"
        let fields = Self.faults(lines.joined(separator: "\n")).all.map(\.field)
        let expected = [
            "3: currency", "14: flavors[0].vcpu", "25: prices[1].per_hour", "19: prices[0].flavor",
        ]
        #expect(fields == expected.map { "sample.yaml:" + $0 })
    }

    /// What cannot be read must not make the rest look wrong.
    @Test(arguments: [(11, "  - id: [small]", "11: flavors[0].id"), (6, "  - id: [x]", "6: products[0].id")])
    func oneMistakeIsOneFault(_ line: Int, _ text: String, _ fault: String) {
        var lines = Self.lines
        lines[line - 1] = text
        #expect(Self.faults(lines.joined(separator: "\n")).all.map(\.field) == ["sample.yaml:" + fault])
    }

    @Test(arguments: ["", "# only a comment\n", "- a\n- b\n", "text", "[", "\u{0}", "{{}: x}", "? [a]\n: b\n"])
    func whatIsNoBookIsRefused(_ text: String) {
        #expect(!Self.faults(text).isEmpty)
    }

    /// Nine levels of nine aliases would be a billion nodes; nesting without end would exhaust the stack.
    @Test func bombsAreRefused() {
        var laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (level, below) in zip("bcdefghi", "abcdefgh") {
            laughs += "\(level): &\(level) [" + Array(repeating: "*\(below)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(Self.faults(laughs).all.map(\.field) == ["sample.yaml:1"])
        #expect(!Self.faults(String(repeating: "[", count: 1 << 20)).isEmpty)
        #expect(!Self.faults(String(repeating: "- ", count: 1 << 20)).isEmpty)
        #expect(!Self.faults(String(repeating: "[", count: 900) + String(repeating: "]", count: 900)).isEmpty)
        let tooLong = "# " + String(repeating: "x", count: Limits.priceBookFileBytes)
        #expect(Self.faults(tooLong).all.map(\.code) == [.quotaExceeded])
    }

    @Test func faultsAreBounded() {
        let keys = (0..<1_000).map { "key\($0): 1\n" }.joined()
        #expect(Self.faults(keys).all.count == Limits.priceBookFaults + 1)
    }

    @Test func anAmpersandInTextIsText() throws {
        var lines = Self.lines
        lines[1] = "name: R&D & friends"
        #expect(try PriceBookFile.read(text: lines.joined(separator: "\n"), file: "x").name == "R&D & friends")
    }

    static func faults(_ text: String) -> Faults {
        do {
            _ = try PriceBookFile.read(text: text, file: "sample.yaml")
            return Faults()
        } catch {
            return error
        }
    }
}

@Suite struct ShippedPriceBookTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func theShippedBooksLoad() throws {
        let books = try PriceBookFolder.read(path: Self.root.appending(path: "PriceBooks").path())
        #expect(books.all.map(\.id.text) == ["china", "default", "llm"])
        let book = try #require(books[PriceBookID("default")])
        let product = ProductID("training-job")
        let now = try #require(Second(iso8601: "2026-03-01"))
        #expect(book.currency == .usDollar && book.profile == .international)
        // Price of a pay-per-use dedicated pool node of 8 vCPU and 32 GB, ModelArts price details.
        let price = book.price(product: product, flavor: FlavorID("modelarts.vm.cpu.8u32g"), at: now)
        #expect(price?.unitPrice?.description == "0.66")
        for book in books.all where book.product(product) != nil {
            let small = book.flavors.filter { $0.cpuMillicores <= 2_000 && $0.memoryBytes <= 2 << 30 }
            #expect(small.contains { book.price(product: product, flavor: $0.id, at: now) != nil })
        }
        #expect(books[PriceBookID("china")]?.currency == .renminbi)
        #expect(books[PriceBookID("llm")]?.meters(ofEvents: "llm.request").count == 3)
    }

    @Test func theDocumentedExampleLoads() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/price-book.md"), encoding: .utf8)
        let block = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
        let example = try #require(block.components(separatedBy: "```").first)
        let book = try PriceBookFile.read(text: example, file: "price-book.md")
        #expect((book.products.count, book.flavors.count, book.prices.count) == (3, 2, 8))
        #expect((book.discounts.count, book.terms.count) == (1, 2))
        // Every key that the reader knows stands in the example or in the table below it.
        for key in ["package", "flat", "rounding", "daily", "maximum", "minimum_seconds", "project"] {
            #expect(text.contains(key), "\(key) is not documented")
        }
    }

    @Test func aFolderTellsTheFaultsOfEveryFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "books-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let good = PriceBookFileTests.lines.joined(separator: "\n")
        try Data(good.utf8).write(to: folder.appending(path: "a.yaml"))
        #expect(try PriceBookFolder.read(path: folder.path()).all.count == 1)
        try Data(good.utf8).write(to: folder.appending(path: "b.yml"))
        try Data("id: x".utf8).write(to: folder.appending(path: "c.yaml"))
        try Data([0xff, 0xfe, 0xfd]).write(to: folder.appending(path: "d.yaml"))
        try Data("not a book".utf8).write(to: folder.appending(path: "README.md"))
        let faults = #expect(throws: Faults.self) { _ = try PriceBookFolder.read(path: folder.path()) }
        let fields = (faults?.all ?? []).map { $0.field ?? "" }
        #expect(fields.first == "b.yml: id")
        #expect(fields.contains("c.yaml:1: name") && fields.last == "d.yaml")
    }

    @Test func aFolderWithoutBooksIsRefused() {
        #expect(throws: Faults.self) { _ = try PriceBookFolder.read(path: "/nowhere/at/all") }
        #expect(throws: Faults.self) { _ = try PriceBookFolder.read(path: Self.root.appending(path: "docs").path()) }
    }
}
