public import Kernel

/// Something that a trace tells of, at a time.
public protocol TraceItem: Sendable {
    var start: Second { get }
}

/// Reads one file of a trace, line by line, in the order of the file.
public protocol TraceReader<Item>: AnyObject {
    associatedtype Item: TraceItem

    /// Takes a line without its end, and gives the item that is known whole with it.
    ///
    /// - Throws: `malformedBody` where the line cannot be used; the next one can be read.
    func read(_ line: UnsafeRawBufferPointer) throws(Fault) -> Item?

    /// The item that the last line left open.
    func finish() -> Item?

    /// Whom the file is of, where it is of one tenant.
    var tenant: String? { get }

    /// What the lines add up to, by the names that the trace's publishers use.
    var figures: [TraceFigure] { get }

    /// The times of the first and the last row as they stand in the file, where a stretch does not tell them.
    var period: (first: String, last: String)? { get }
}

extension TraceReader {
    public var period: (first: String, last: String)? { nil }
}

/// A sum over the lines of a trace.
public struct TraceFigure: Hashable, Sendable {
    public let name: String
    public let value: Int128
    /// Whether it is the greatest of something, so that figures of several files are not added up.
    public let isGreatest: Bool

    public init(_ name: String, _ value: Int128, isGreatest: Bool = false) {
        self.name = name
        self.value = value
        self.isGreatest = isGreatest
    }

    /// The figures of several files as one, in the order of the first that has them.
    public static func sums(of files: [[TraceFigure]]) -> [TraceFigure] {
        files.joined().reduce(into: []) { sums, figure in
            guard let index = sums.firstIndex(where: { $0.name == figure.name }) else { return sums.append(figure) }
            let sum = sums[index].value
            sums[index] = TraceFigure(
                figure.name, figure.isGreatest ? max(sum, figure.value) : sum + figure.value,
                isGreatest: figure.isGreatest)
        }
    }
}

/// Which tenant a trace is of, where only the file's name tells it.
public enum TraceTenant {
    /// `vc3sl` of `Earth_vc3sl_minutely_may2020.csv.gz`: the part that begins with `vc`, else the name up to its dot.
    public static func name(ofFile path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        let stem = file.prefix { $0 != "." }
        let part = stem.split(separator: "_").first { $0.hasPrefix("vc") && $0.count > 2 } ?? stem
        return part.isEmpty ? "trace" : String(part)
    }

    /// `code` of `AzureLLMInferenceTrace_code.csv`: the name's last part.
    public static func lastPart(ofFile path: String) -> String {
        name(ofFile: path).split(separator: "_").last.map { String($0) } ?? "trace"
    }
}
