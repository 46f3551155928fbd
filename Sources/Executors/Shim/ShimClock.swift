import Glibc
import Kernel

/// The shim's time: the calendar from the wall clock once, durations from the boot-time clock, which nobody sets.
///
/// On simulated time both come from the file that the server moves.
struct ShimClock {
    private let file: String?
    private let wallAtStart: Int64
    private let bootAtStart: Int64

    init(file: String?) {
        self.file = file
        wallAtStart = Self.read(CLOCK_REALTIME)
        bootAtStart = Self.boot()
    }

    var isSimulated: Bool { file != nil }

    /// The present moment.
    func now() -> Instant {
        if let file, let bytes = SmallFile.read(file), bytes.count == 8 {
            let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Instant(milliseconds: Int64(bitPattern: value))
        }
        return Instant(milliseconds: wallAtStart + Self.boot() - bootAtStart)
    }

    /// Milliseconds since boot, also while the machine slept.
    static func boot() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
