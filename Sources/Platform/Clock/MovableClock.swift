public import Kernel

/// A clock whose time moves only when an administrator moves it.
public protocol MovableClock: WallClock {
    /// Moves the clock forward; time never goes back.
    func move(to instant: Instant) throws(Fault)
}
