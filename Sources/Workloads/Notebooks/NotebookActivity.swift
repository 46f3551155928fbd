public import Kernel

/// What a notebook's own server says of its use at one look.
public struct NotebookActivity: Hashable, Sendable {
    /// Whether a kernel runs a cell now: then it is in use, however quiet.
    public let isBusy: Bool
    /// The last moment a kernel or a terminal did something, by the machine's own clock; nil where nothing ever did.
    public let lastActive: Instant?
    public let kernels: Int
    public let terminals: Int

    public init(isBusy: Bool, lastActive: Instant?, kernels: Int, terminals: Int) {
        self.isBusy = isBusy
        self.lastActive = lastActive
        self.kernels = kernels
        self.terminals = terminals
    }
}

/// When a notebook was used last, as looks at it told one after the other.
///
/// A notebook's server knows the machine's clock, and leases count by the platform's, which may be simulated: what is
/// new since the last look happened between the two looks, and how long ago it was, the machine's clock says.
public struct NotebookUse: Hashable, Sendable {
    /// By the platform's clock.
    public private(set) var lastActive: Instant
    /// Whether a kernel was busy at the last look.
    public private(set) var isBusy = false
    private var lastLook: Instant
    private var lastTold: Instant?

    /// A notebook that begins to be watched is in use until it is known not to be.
    public init(begunAt moment: Instant) {
        lastActive = moment
        lastLook = moment
    }

    /// Takes what a look told.
    ///
    /// - Parameters:
    ///   - lastInput: when somebody's bytes went to it last, by the machine's clock; nil for never.
    ///   - now: the platform's time.
    ///   - machineNow: the machine's.
    public mutating func take(
        _ activity: NotebookActivity, lastInput: Instant?, now: Instant, machineNow: Instant
    ) {
        isBusy = activity.isBusy
        let told = [activity.lastActive, lastInput].compactMap { $0 }.max()
        if activity.isBusy {
            lastActive = now
        } else if let told, lastTold.map({ told > $0 }) ?? true {
            let age = max(0, machineNow.milliseconds - told.milliseconds)
            lastActive = max(lastActive, min(now, max(lastLook, now.advanced(milliseconds: -age))))
        }
        if let told { lastTold = max(told, lastTold ?? told) }
        lastLook = now
    }
}
