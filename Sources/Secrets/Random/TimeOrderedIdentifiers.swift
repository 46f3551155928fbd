public import Kernel
import Synchronization

/// Identifiers that sort by the time they were made: UUIDs of version 7 (RFC 9562).
///
/// 48 bits of milliseconds, a counter of 12 bits, 62 random bits. Within a process they strictly increase, also when
/// the clock stands still or goes back: then the counter goes on, and past its end the milliseconds run ahead.
public final class TimeOrderedIdentifiers: IdentifierSource {
    private static let lastMillisecond: UInt64 = (1 << 48) - 1

    private struct Mark {
        var milliseconds: UInt64 = 0
        var counter: UInt64 = 0
    }

    private let clock: any WallClock
    private let random: SystemRandom
    private let mark = Mutex(Mark())

    public init(clock: any WallClock, random: SystemRandom) {
        self.clock = clock
        self.random = random
    }

    public func next() -> UInt128 {
        let now = min(UInt64(clamping: clock.now().milliseconds), Self.lastMillisecond)
        let tail = random.number()
        let mark = mark.withLock { mark in
            if now > mark.milliseconds {
                mark = Mark(milliseconds: now, counter: 0)
            } else if mark.counter < 0xfff {
                mark.counter += 1
            } else {
                mark = Mark(milliseconds: mark.milliseconds + 1, counter: 0)
            }
            return mark
        }
        let high = (mark.milliseconds << 16) | 0x7000 | mark.counter
        let low = (1 << 63) | (tail & ((1 << 62) - 1))
        return (UInt128(high) << 64) | UInt128(low)
    }
}
