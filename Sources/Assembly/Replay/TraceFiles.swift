import Files
import Kernel
import Metering
import Pricing
import Rating
import Wire

/// All files of a trace as one row of uses in order of time.
final class TraceFiles {
    private let files: [TraceFile]
    /// The first use of each file that has not been handed on; nil at its end.
    private var heads: [TraceUse?] = []
    private var window = TraceWindow()
    private var rules: TraceRules
    private let rejects: OrderedOutput?
    private(set) var refused = 0
    /// The first lines refused, for people.
    private(set) var refusals: [String] = []

    private static let shownRefusals = 10

    /// - Parameters:
    ///   - book: what has no price in it is refused.
    ///   - rejects: where every refused line goes.
    init(_ files: [TraceFile], book: PriceBook, rejects: OrderedOutput?) {
        self.files = files
        self.rejects = rejects
        rules = TraceRules(book: book)
    }

    var rows: Int64 { files.reduce(0) { $0 + $1.rows } }

    /// What each file of one tenant adds up to.
    var tenants: [(name: String, figures: [TraceFigure])] {
        files.compactMap { file in file.reader.tenant.map { ($0, file.reader.figures) } }
    }

    /// Bytes read of all files, and how many there are.
    var progress: (read: Int64, size: Int64) {
        files.map(\.progress).reduce((0, 0)) { ($0.0 + $1.read, $0.1 + $1.size) }
    }

    /// The next use by start, as far as the window sees.
    func next() throws -> TraceUse? {
        while !window.isFull, let use = try nextOfFiles() { window.put(use) }
        return window.take()
    }

    /// The earliest of the files' next uses.
    private func nextOfFiles() throws -> TraceUse? {
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

    private func next(of file: TraceFile) throws -> TraceUse? {
        try file.next(check: { use throws(Fault) in try rules.check(use) }, refuse: refuse)
    }

    private func refuse(_ refusal: TraceRefusal) throws {
        if refusals.count < Self.shownRefusals {
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
