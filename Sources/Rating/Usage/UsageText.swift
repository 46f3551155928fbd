import Kernel
import Money

/// Writes the lines of a usage file's answers as bytes; it grows, and keeps its room when it is cleared.
struct UsageText: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 64 << 10
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// What was written, as an array of its own.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

    mutating func clear() { count = 0 }
    mutating func separator() { put(0x2C) }
    mutating func endLine() { put(0x0A) }

    mutating func plain(_ text: some Collection<UInt8>) {
        reserve(text.count)
        for byte in text { put(byte) }
    }

    /// Writes once more what stands at a place already.
    mutating func again(_ range: Range<Int>) {
        reserve(range.count)
        (base + count).update(from: base + range.lowerBound, count: range.count)
        count += range.count
    }

    /// A text, quoted where it must be.
    mutating func cell(_ text: some Collection<UInt8>) {
        reserve(text.count * 2 + 2)
        guard text.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            for byte in text { put(byte) }
            return
        }
        put(0x22)
        for byte in text {
            if byte == 0x22 { put(0x22) }
            put(byte)
        }
        put(0x22)
    }

    mutating func whole(_ number: Int64) {
        reserve(24)
        if number < 0 { put(0x2D) }
        digits(number.magnitude, width: 1)
    }

    /// A number of 10^-`scale`, without needless zeros.
    mutating func decimal(_ units: Int128, scale: Int) {
        guard let small = Int64(exactly: units) else { return plain(Array(FixedPoint.text(units, scale: scale).utf8)) }
        reserve(32)
        let (whole, fraction) = small.magnitude.quotientAndRemainder(dividingBy: Self.power(scale))
        if small < 0 { put(0x2D) }
        digits(whole, width: 1)
        guard fraction > 0 else { return }
        put(0x2E)
        var (rest, width) = (fraction, scale)
        while rest.isMultiple(of: 10) { (rest, width) = (rest / 10, width - 1) }
        digits(rest, width: width)
    }

    /// ISO 8601 in UTC.
    mutating func time(_ second: Int64) {
        let civil = CivilTime(Second(second), offset: 0)
        guard (0...9_999).contains(civil.year) else { return plain(Array(Second(second).description.utf8)) }
        reserve(24)
        digits(UInt64(civil.year), width: 4)
        part(0x2D, civil.month)
        part(0x2D, civil.day)
        part(0x54, civil.hour)
        part(0x3A, civil.minute)
        part(0x3A, civil.second)
        put(0x5A)
    }

    private mutating func part(_ mark: UInt8, _ number: Int64) {
        put(mark)
        put(UInt8(truncatingIfNeeded: number / 10) + 0x30)
        put(UInt8(truncatingIfNeeded: number % 10) + 0x30)
    }

    private static func power(_ scale: Int) -> UInt64 {
        switch scale {
        case Amount.scale: 100_000_000
        case Quantity.scale: 1_000_000
        default: (0..<scale).reduce(UInt64(1)) { power, _ in power * 10 }
        }
    }

    /// Room was reserved by who calls.
    private mutating func digits(_ number: UInt64, width: Int) {
        var length = 1
        var bound: UInt64 = 10
        while length < 20, number >= bound {
            length += 1
            bound = bound &* 10
        }
        length = max(length, width)
        var rest = number
        for place in stride(from: count + length - 1, through: count, by: -1) {
            base[place] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        }
        count += length
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        if count == capacity { reserve(1) }
        base[count] = byte
        count += 1
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) { if count + more > capacity { grow(more) } }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }
}
