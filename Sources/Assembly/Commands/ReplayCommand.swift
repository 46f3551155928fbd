import ArgumentParser
import Commands
import Files
import Kernel
import Logging
import Metering
import Platform
import Pricing
import Rating
import Wire

/// `atelier replay`: makes books of a public trace.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Bill a trace of another system in a fresh data folder.",
        discussion: """
            atelier replay jobs.csv --format philly --data var/philly
            atelier replay Earth_vc*_minutely_may2020.csv.gz --format helios --data var/helios

            Every use becomes facts, every request an event, and every hour is closed as a server closes it, on a clock
            that runs as fast as it can. Afterwards verify, export and simulate work on the folder, and so does
            serve --clock simulated. Lines that cannot be used are refused with their reason, the rest goes on, and the
            exit code is then 1. docs/replay.md says what becomes of each column.
            """)

    @Argument(help: "The trace's files, plain or compressed with gzip.") var trace: [String]

    @Option(help: "philly, helios, azure-llm or usage.") var format: TraceFormat

    @Option(help: ArgumentHelp("The data folder, which is new or empty.", valueName: "dir")) var data: String

    @Option(help: ArgumentHelp("The price book (default: that of init; azure-llm: of tokens).", valueName: "file"))
    var priceBook: String?

    @Option(help: ArgumentHelp("What the GPUs of philly and helios are sold as.", valueName: "flavor"))
    var flavor = "modelarts.bm.gpu.v100"

    @Option(help: ArgumentHelp("When a philly trace began (default: 2020-01-01 in UTC+08:00).", valueName: "time"))
    var start: String?

    @Option(help: ArgumentHelp("Where refused lines go, as CSV: file, line, reason, row.", valueName: "file"))
    var rejects: String?

    @Option(help: "table or json.") var output = OutputKind.table

    enum OutputKind: String, ExpressibleByArgument, CaseIterable { case table, json }

    func validate() throws {
        guard (1...Limits.traceFiles).contains(trace.count) else {
            throw ValidationError("A trace has 1 to \(Limits.traceFiles) files, not \(trace.count).")
        }
        if let start {
            guard format.isRelative else {
                throw ValidationError("--start is for philly; a \(format.rawValue) trace has times of its own.")
            }
            guard Second(iso8601: start, in: .beijing) != nil else {
                throw ValidationError("--start takes a time such as 2017-10-01T00:00:00Z, not \(start).")
            }
        }
    }

    func run() async throws {
        let options = try ServerOptions.parse(["--data", data, "--clock", "simulated", "--log-level", "warning"])
        try await ServerProcess(options).run { logger in
            guard try options.folder.isUntouched() else {
                throw Fault(
                    .conflict, "\(options.folder.root) is not empty; a replay makes a folder of its own.",
                    field: "--data")
            }
            let output = try rejects.map { path throws(Fault) in
                try OrderedOutput(path: path, header: Array("file,line,reason,row\n".utf8))
            }
            do {
                let view = try await replay(options, rejects: output, logger: logger)
                Terminal.clearProgress()
                try output?.finish()
                try tell(view)
            } catch {
                if !(error is ExitCode) { output?.discard() }
                throw error
            }
        }
    }

    private func replay(_ options: ServerOptions, rejects: OrderedOutput?, logger: Logger) async throws -> ReplayView {
        let source = priceBook.map { ReplayBook.file($0) } ?? format.ownBook
        let book = try source.read()
        let progress = LocalVerb.progress("of the trace read")
        let outcome: ReplayOutcome
        if format == .azureLLM {
            let files = TraceFiles(try requestFiles(), rejects: rejects) { _ in }
            outcome = try await Replay(options: options, source: source, book: book, files: files) {
                ports, clock, next in
                var replay = try await ReplayRequests(ports, clock: clock, book: book)
                try await replay(next: next)
                return replay.told
            }.run(logger: logger, progress: progress)
        } else {
            var rules = TraceRules(book: book)
            let files = TraceFiles(try useFiles(), rejects: rejects) { use throws(Fault) in try rules.check(use) }
            outcome = try await Replay(options: options, source: source, book: book, files: files) {
                ports, clock, next in
                var replay = try await ReplayTrace(ports, clock: clock, book: book)
                try await replay(next: next)
                return replay.told
            }.run(logger: logger, progress: progress)
        }
        return ReplayView(format: format, book: book, outcome: outcome)
    }

    private func requestFiles() throws -> [TraceFile<TraceRequest>] {
        try trace.map { path in
            try TraceFile(path) { header throws(Faults) in
                try AzureLLMTrace(header: header, tenant: TraceTenant.lastPart(ofFile: path))
            }
        }
    }

    private func useFiles() throws -> [TraceFile<TraceUse>] {
        let offer = TraceOffer(product: ProductID("training-job"), flavor: FlavorID(flavor))
        let beginning = Second(iso8601: start ?? "2020-01-01", in: .beijing) ?? Second(0)
        return try trace.map { path in
            let tenant = TraceTenant.name(ofFile: path)
            return try TraceFile(path) { header throws(Faults) -> any TraceReader<TraceUse> in
                switch format {
                case .philly: try PhillyTrace(header: header, tenant: tenant, offer: offer, start: beginning)
                case .helios: try HeliosTrace(header: header, tenant: tenant, offer: offer)
                case .usage, .azureLLM: try UsageTrace(header: header)
                }
            }
        }
    }

    private func tell(_ view: ReplayView) throws {
        Terminal.line(output == .json ? view.json.text(.pretty) : view.text)
        for misfit in view.misfits { Terminal.error("atelier: \(misfit)") }
        let trace = view.outcome.trace
        if trace.refused > 0 {
            Terminal.error(
                "\(trace.refused) of \(trace.rows) lines were refused"
                    + (rejects.map { "; see \($0)" } ?? ", the first of them (--rejects keeps all):"))
            if rejects == nil { for refusal in trace.refusals { Terminal.error(refusal) } }
        }
        if trace.refused > 0 || !view.misfits.isEmpty { throw ExitCode(1) }
    }
}
