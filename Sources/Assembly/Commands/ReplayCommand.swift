import ArgumentParser
import Commands
import Files
import Kernel
import Metering
import Pricing
import Wire

/// `atelier replay`: makes books of a public trace.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Bill a trace of another system in a fresh data folder.",
        discussion: """
            atelier replay jobs.csv --format philly --data var/philly
            atelier replay Earth_vc*_minutely_may2020.csv.gz --format helios --data var/helios

            Every use becomes facts, and every hour is closed as a server closes it, on a clock that runs as fast as it
            can. Afterwards verify, export and simulate work on the folder, and so does serve --clock simulated. Lines
            that cannot be used are refused with their reason, the rest goes on, and the exit code is then 1. docs/replay.md
            says what becomes of each column.
            """)

    @Argument(help: "The trace's files, plain or compressed with gzip.") var trace: [String]

    @Option(help: "philly, helios or usage.") var format: TraceFormat

    @Option(help: ArgumentHelp("The data folder, which is new or empty.", valueName: "dir")) var data: String

    @Option(help: ArgumentHelp("The price book (default: the one that init puts there).", valueName: "file"))
    var priceBook: String?

    @Option(help: ArgumentHelp("What the GPUs of philly and helios are sold as.", valueName: "flavor"))
    var flavor = "modelarts.bm.gpu.v100"

    @Option(help: ArgumentHelp("When a trace of relative seconds began (default: 2020-01-01 UTC+08:00).", valueName: "time"))
    var start: String?

    @Option(help: ArgumentHelp("Where refused lines go, as CSV: file, line, reason, row.", valueName: "file"))
    var rejects: String?

    @Option(help: "table or json.") var output = OutputKind.table

    enum OutputKind: String, ExpressibleByArgument, CaseIterable { case table, json }

    func validate() throws {
        guard (1...Limits.traceFiles).contains(trace.count) else {
            throw ValidationError("A trace has 1 to \(Limits.traceFiles) files, not \(trace.count).")
        }
        if start != nil, !format.isRelative {
            throw ValidationError("--start is for philly; a \(format.rawValue) trace has times of its own.")
        }
    }

    func run() async throws {
        let options = try ServerOptions.parse(["--data", data, "--clock", "simulated", "--log-level", "warning"])
        try await ServerProcess(options).run { logger in
            let output = try rejects.map { path throws(Fault) in
                try OrderedOutput(path: path, header: Array("file,line,reason,row\n".utf8))
            }
            do {
                let view = try await replay(options, rejects: output) { files, book in
                    let outcome = try await Replay(options: options, priceBook: priceBook, book: book, files: files)
                        .run(logger: logger, progress: LocalVerb.progress("replayed"))
                    return ReplayView(format: format, book: book, files: files, outcome: outcome)
                }
                Terminal.clearProgress()
                try output?.finish()
                try tell(view)
            } catch {
                output?.discard()
                throw error
            }
        }
    }

    /// Opens everything that is read before anything is made.
    private func replay(
        _ options: ServerOptions, rejects: OrderedOutput?,
        _ body: (TraceFiles, PriceBook) async throws -> ReplayView
    ) async throws -> ReplayView {
        let folder = options.folder
        guard try folder.isUntouched() else {
            throw Fault(.conflict, "\(folder.root) is not empty; a replay makes a folder of its own.", field: "--data")
        }
        let beginning = try beginning()
        let book = try priceBook.map(PriceBookFile.read(path:)) ?? PriceBookCopies.ownBook()
        let offer = TraceOffer(product: ProductID("training-job"), flavor: FlavorID(flavor))
        let files = try trace.map { path in
            try TraceFile(path) { header throws(Faults) in
                try format.reader(header: header, path: path, offer: offer, start: beginning)
            }
        }
        return try await body(TraceFiles(files, book: book, rejects: rejects), book)
    }

    private func beginning() throws -> Second {
        guard let second = Second(iso8601: start ?? "2020-01-01", in: .beijing) else {
            throw ValidationError("--start takes a time such as 2017-10-01T00:00:00Z, not \(start ?? "").")
        }
        return second
    }

    private func tell(_ view: ReplayView) throws {
        Terminal.line(output == .json ? view.json.text(.pretty) : view.text)
        for misfit in view.misfits { Terminal.error("atelier: \(misfit)") }
        let refused = view.files.refused
        if refused > 0 {
            Terminal.error(
                "\(refused) of \(view.files.rows) lines were refused"
                    + (rejects.map { "; see \($0)" } ?? ", the first of them (--rejects keeps all):"))
            if rejects == nil { for refusal in view.files.refusals { Terminal.error(refusal) } }
        }
        if refused > 0 || !view.misfits.isEmpty { throw ExitCode(1) }
    }
}
