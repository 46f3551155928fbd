import Files
import Kernel
import Metering
import Pricing
import Rating
import Wire

/// Refused lines that are shown where none are kept.
private let shownRefusals = 10

/// All files of a trace as one row of items in order of time.
final class TraceFiles<Item: TraceItem> {
    private let files: [TraceFile<Item>]
    /// The first use of each file that has not been handed on; nil at its end.
    private var heads: [Item?] = []
    private var window = TraceWindow<Item>()
    private let check: (Item) throws(Fault) -> Void
    private let rejects: OrderedOutput?
    private var refused = 0
    private var refusals: [String] = []

    /// - Parameters:
    ///   - rejects: where every refused line goes.
    ///   - check: refuses what cannot be billed.
    init(_ files: [TraceFile<Item>], rejects: OrderedOutput?, check: @escaping (Item) throws(Fault) -> Void) {
        self.files = files
        self.rejects = rejects
        self.check = check
    }

    /// What was read.
    var summary: TraceSummary {
        TraceSummary(
            rows: files.reduce(0) { $0 + $1.rows }, refused: refused, refusals: refusals,
            tenants: files.compactMap { file in
                file.reader.tenant.map { TraceSummary.Tenant($0, file.reader.figures, file.reader.period) }
            })
    }

    /// Bytes read of all files, and how many there are.
    var progress: (read: Int64, size: Int64) {
        files.map(\.progress).reduce((0, 0)) { ($0.0 + $1.read, $0.1 + $1.size) }
    }

    /// The next use by start, as far as the window sees.
    func next() throws -> Item? {
        while !window.isFull, let use = try nextOfFiles() { window.put(use) }
        return window.take()
    }

    /// The earliest of the files' next uses.
    private func nextOfFiles() throws -> Item? {
        if heads.isEmpty { heads = try files.map(next(of:)) }
        let waiting = heads.indices.filter { heads[$0] != nil }
        let first = waiting.min { left, right in
            guard let left = heads[left], let right = heads[right] else { return false }
            return left.start < right.start
        }
        guard let first, let use = heads[first] else { return nil }
        heads[first] = try next(of: files[first])
        return use
    }

    private func next(of file: TraceFile<Item>) throws -> Item? {
        try file.next(check: check, refuse: refuse)
    }

    private func refuse(_ refusal: TraceRefusal) throws {
        if refusals.count < shownRefusals {
            refusals.append("\(refusal.path), line \(refusal.line): \(refusal.reason)")
        }
        var writer = CSVWriter()
        writer.write([
            refusal.path, String(refusal.line), refusal.reason, String(decoding: refusal.row, as: UTF8.self),
        ])
        try rejects?.put(Array(writer.text.utf8), at: refused)
        refused += 1
    }
}

/// What the files of a trace held.
struct TraceSummary {
    let rows: Int64
    let refused: Int
    /// The first lines refused, for people.
    let refusals: [String]
    let tenants: [Tenant]

    /// What one file of one tenant adds up to.
    struct Tenant {
        let name: String
        let figures: [TraceFigure]
        let period: (first: String, last: String)?

        init(_ name: String, _ figures: [TraceFigure], _ period: (first: String, last: String)?) {
            self.name = name
            self.figures = figures
            self.period = period
        }
    }
}
