import Foundation
import Kernel
import Testing

/// The house's own rules, read off its files; every finding is listed.
@Suite struct TidyTests {
    static func sources() throws -> [Repository.File] {
        try Repository.files(below: ["Sources"], ending: [".swift"])
    }

    static func swift() throws -> [Repository.File] {
        try Repository.files(below: ["Package.swift", "Sources", "Tests", "Benchmarks"], ending: [".swift"])
    }

    static func report(_ findings: [String], _ location: SourceLocation = #_sourceLocation) {
        let isTidy = findings.isEmpty
        #expect(isTidy, "\n\(findings.joined(separator: "\n"))", sourceLocation: location)
    }

    @Test func linesHave120ColumnsAtMost() throws {
        Self.report(try Self.swift().flatMap { Checks.longLines($0) })
    }

    @Test func filesHave500LinesAtMost() throws {
        Self.report(try Self.swift().flatMap { Checks.longFile($0) })
    }

    @Test func functionsHave70LinesAtMost() throws {
        Self.report(try Self.swift().flatMap { Checks.longFunctions($0) })
    }

    @Test func sourcesDoWithoutBannedWords() throws {
        var unneeded = Banned.exceptions
        let findings = try Self.sources().flatMap { file in
            Checks.bannedWords(file).compactMap { word, finding in
                unneeded.removeAll { $0.path == file.path && $0.word == word }
                let isExcepted = Banned.exceptions.contains { $0.path == file.path && $0.word == word }
                return isExcepted ? nil : finding
            }
        }
        Self.report(findings + unneeded.map { "\($0.path): the exception for \($0.word) is not needed any more" })
    }

    @Test func roomsImportTheirLayersOnly() throws {
        Self.report(try Self.sources().flatMap(Checks.imports))
    }

    /// The table itself keeps the adapters apart.
    @Test func adaptersNeverImportEachOther() {
        for room in Layers.adapters {
            #expect(Layers.imports[room]?.isDisjoint(with: Layers.adapters) == true, "\(room)")
        }
    }

    @Test func namesSaySomething() throws {
        Self.report(try Self.sources().flatMap { Checks.emptyNames($0.path) })
    }

    @Test func nothingNamesAPlaceOfOneMachine() throws {
        let places = [
            ".ci", ".gitignore", ".swift-format", "Audit", "Benchmarks", "Examples", "LICENSE", "Makefile",
            "Package.swift", "PriceBooks", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "Runtimes", "Sources",
            "Tests", "docs", "scripts",
        ]
        Self.report(try Repository.files(below: places).flatMap(Checks.machinePaths))
    }

    /// `docs/errors.md` has one row for each code, with the code's own status and level, and no row besides.
    @Test func everyFaultCodeIsDocumented() throws {
        let page = try Repository.files(below: ["docs/errors.md"]).first?.text ?? ""
        let rows = Checks.lines(of: page).filter { $0.hasPrefix("| `") }
        let wanted = FaultCode.all.map { "| `\($0.wire)` | \($0.status) | `\($0.name)` | \($0.level.rawValue) |" }
        Self.report(wanted.filter { row in !rows.contains { $0.hasPrefix(row) } }.map { "docs/errors.md lacks \($0)" })
        Self.report(
            rows.filter { row in !wanted.contains { row.hasPrefix($0) } }.map { "docs/errors.md has no code for \($0)" }
        )
    }

    @Test func theListOfFaultCodesIsWhole() throws {
        let file = try #require(try Repository.files(below: ["Sources/Kernel/FaultCode.swift"]).first)
        let declared = SwiftCode(file.text).lines.filter { $0.contains("= FaultCode(") }.count
        #expect(declared == FaultCode.all.count)
        #expect(Set(FaultCode.all.map(\.wire)).count == declared)
    }
}
