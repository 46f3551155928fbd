import Glibc
import Kernel

/// The machine's wall clock.
struct MachineClock: WallClock {
    func now() -> Instant {
        var reading = timespec()
        clock_gettime(CLOCK_REALTIME, &reading)
        return Instant(milliseconds: Int64(reading.tv_sec) * 1_000 + Int64(reading.tv_nsec) / 1_000_000)
    }
}
