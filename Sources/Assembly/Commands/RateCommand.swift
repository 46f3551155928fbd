import ArgumentParser
import Commands
import Files
import Glibc
import Kernel
import Money
import Pricing
import Rating
import Wire

/// `atelier rate`: prices a usage file by a price book, without a server and without any books.
struct RateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate", abstract: "Cut a usage file on the clock hour and price it by a price book.",
        discussion: """
            The file is CSV, plain or compressed with gzip, with the columns account, project, resource, product,
            flavor, quantity, start and end (docs/usage-file.md). A line that cannot be rated is refused with its
            reason, the rest goes on, and the exit code is then 1.
            """)

    @Option(help: ArgumentHelp("The price book.", valueName: "file")) var priceBook: String
    @Option(help: ArgumentHelp("The usage file.", valueName: "file")) var usage: String

    @Option(help: ArgumentHelp("Where priced lines go, as CSV: one a clock hour, or one a group.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Where the sums go, as JSON; without it they are shown.", valueName: "file"))
    var summary: String?

    @Option(help: ArgumentHelp("Where refused lines go, as CSV: line, reason, row.", valueName: "file"))
    var rejects: String?

    @Option(help: ArgumentHelp("Where uses without an end are clipped.", valueName: "time"))
    var until: String?

    @Option(help: "Rate one share of the accounts only, such as 3/16; the shares together are the whole.")
    var partition: String?

    @Option(help: "Sum what goes to --out by account, project, resource, product, flavor, hour, day, month.")
    var groupBy: String?

    func run() async throws {
        try await LocalVerb.run { try await rate() }
    }

    private func rate() async throws {
        let groups = try groupBy.map(Self.groups)
        var rating = RateUsage(book: try PriceBookFile.read(path: priceBook), usage: usage)
        rating.until = try until.map(Self.second)
        rating.partition = try partition.map(Self.share)
        rating.groups = groups ?? []
        let outcome: RateUsage.Outcome
        do {
            if groups == nil { rating.lines = try out.map { try Self.output($0, UsageRating.lineHeader) } }
            rating.rejects = try rejects.map { try Self.output($0, UsageRating.rejectHeader) }
            outcome = try await rating(progress: LocalVerb.progress("rated"))
            Terminal.clearProgress()
            try rating.lines?.finish()
            try rating.rejects?.finish()
            if let out, let groups { try TextFile.write(outcome.summary.csv(groups: groups), to: out) }
        } catch {
            rating.lines?.discard()
            rating.rejects?.discard()
            throw error
        }
        let view = UsageSummaryView(outcome.summary, book: rating.book, partition: partition)
        if let summary {
            try TextFile.write(Array((view.json.text(.pretty) + "\n").utf8), to: summary)
        } else {
            Terminal.line(view.table)
        }
        guard outcome.summary.rejected > 0 else { return }
        Terminal.error(
            "\(outcome.summary.rejected) of \(outcome.summary.rows) lines were refused"
                + (rejects.map { "; see \($0)" } ?? ", the first of them (line, reason, row; --rejects keeps all):"))
        if rejects == nil { Terminal.error(Self.first(10, of: outcome.refusals)) }
        throw ExitCode(1)
    }

    private static func output(_ path: String, _ header: String) throws(Fault) -> OrderedOutput {
        try OrderedOutput(path: path, header: Array(header.utf8))
    }

    private static func first(_ count: Int, of bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(count).joined(separator: "\n")
    }

    private static func groups(_ text: String) throws -> [UsageGroup] {
        try text.split(separator: ",").map { word in
            guard let group = UsageGroup(rawValue: String(word)) else {
                let known = UsageGroup.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--group-by: \(word) is no column; they are \(known).")
            }
            return group
        }
    }

    private static func share(_ text: String) throws -> UsagePartition {
        guard let share = UsagePartition(text) else {
            throw ValidationError("--partition: \(text) is no share; write 1/4 to 4/4 for quarters.")
        }
        return share
    }

    private static func second(_ text: String) throws -> Second {
        guard let second = Int64(text).map({ Second($0) }) ?? Second(iso8601: text) else {
            throw ValidationError("\(text) is no time; write 2026-03-01T08:00:00Z or epoch seconds.")
        }
        return second
    }
}
