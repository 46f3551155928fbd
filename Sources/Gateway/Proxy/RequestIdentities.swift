import Kernel
import NIOCore

/// The id of one request: 32 hexadecimal digits in the answer, towards the upstream, in the log and in errors.
struct RequestID: Sendable {
    let high: UInt64
    let low: UInt64

    var text: String { Hexadecimal.text(UInt128(high) << 64 | UInt128(low)) }

    /// Writes the digits.
    func write(into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 32) { bytes in
            for index in 0..<16 {
                bytes[15 - index] = Self.digit(high >> (4 * UInt64(index)))
                bytes[31 - index] = Self.digit(low >> (4 * UInt64(index)))
            }
            return 32
        }
    }

    private static func digit(_ number: UInt64) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: number & 0xf)
        return nibble < 10 ? nibble + UInt8(ascii: "0") : nibble - 10 + UInt8(ascii: "a")
    }
}

/// Makes ids that are unlike any other thread's or server's; they are no secrets, so the system is asked once only.
struct RequestIdentities {
    private let high = UInt64.random(in: .min ... .max)
    private var state = UInt64.random(in: .min ... .max)

    /// SplitMix64: every state gives another number.
    mutating func next() -> RequestID {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return RequestID(high: high, low: mixed ^ (mixed >> 31))
    }
}
