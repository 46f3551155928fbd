public import Kernel

/// When a notebook stops by itself.
public struct NotebookLease: Hashable, Sendable {
    public let kind: Kind
    /// Milliseconds: how long it runs, or how long it may be idle.
    public let duration: Int64
    /// From when on it counts.
    public let begunAt: Instant

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A time after it began.
        case timing = "TIMING"
        /// A time after nobody and nothing used it any more.
        case idle = "IDLE"
    }

    /// What a lease may last: an hour to three days (ModelArts, `LeaseReq.duration`).
    public static let durations: ClosedRange<Int64> = 3_600_000...259_200_000
    /// The lease of who names none.
    public static let defaultDuration: Int64 = 3_600_000

    public init(kind: Kind, duration: Int64, begunAt: Instant) {
        self.kind = kind
        self.duration = duration
        self.begunAt = begunAt
    }

    /// When it ends, if nothing happens until then.
    ///
    /// - Parameter lastActive: when somebody or something used the notebook last; nil where that is not known.
    public func end(lastActive: Instant?) -> Instant {
        switch kind {
        case .timing: begunAt.advanced(milliseconds: duration)
        case .idle: max(begunAt, lastActive ?? begunAt).advanced(milliseconds: duration)
        }
    }

    /// The same lease, counted from a moment on: a start, or a renewal.
    public func begun(at moment: Instant, kind: Kind? = nil, duration: Int64? = nil) -> NotebookLease {
        NotebookLease(kind: kind ?? self.kind, duration: duration ?? self.duration, begunAt: moment)
    }

    /// Why a notebook is stopped whose lease is over.
    public var endWords: String {
        let hours = duration / 3_600_000
        let rest = duration % 3_600_000 / 60_000
        let length = rest == 0 ? "\(hours) h" : "\(hours) h \(rest) min"
        return switch kind {
        case .timing: "it was stopped because its lease of \(length) was over"
        case .idle: "it was stopped because it had been idle for \(length)"
        }
    }
}
