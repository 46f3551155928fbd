import Kernel
import Money

/// Writes the lines of a usage file's answers as bytes.
struct UsageText {
    private(set) var bytes: [UInt8] = []

    mutating func separator() { bytes.append(0x2C) }
    mutating func endLine() { bytes.append(0x0A) }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func plain(_ text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }

    /// A text, quoted where it must be.
    mutating func cell(_ text: some Collection<UInt8>) {
        guard text.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(0x22)
        for byte in text {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    mutating func whole(_ number: Int64) {
        if number < 0 { bytes.append(0x2D) }
        digits(number.magnitude, width: 1)
    }

    /// A number of 10^-`scale`, without needless zeros.
    mutating func decimal(_ units: Int128, scale: Int) {
        guard let small = Int64(exactly: units) else { return plain(FixedPoint.text(units, scale: scale).utf8) }
        let power = Self.powers[scale]
        let (whole, fraction) = small.magnitude.quotientAndRemainder(dividingBy: power)
        if small < 0 { bytes.append(0x2D) }
        digits(whole, width: 1)
        guard fraction > 0 else { return }
        bytes.append(0x2E)
        var (rest, width) = (fraction, scale)
        while rest.isMultiple(of: 10) { (rest, width) = (rest / 10, width - 1) }
        digits(rest, width: width)
    }

    /// ISO 8601 in UTC.
    mutating func time(_ second: Int64) {
        let civil = CivilTime(Second(second), offset: 0)
        guard (0...9_999).contains(civil.year) else { return plain(Second(second).description.utf8) }
        digits(UInt64(civil.year), width: 4)
        for (mark, number) in [(UInt8(0x2D), civil.month), (0x2D, civil.day), (0x54, civil.hour), (0x3A, civil.minute)]
        {
            bytes.append(mark)
            digits(UInt64(number), width: 2)
        }
        bytes.append(0x3A)
        digits(UInt64(civil.second), width: 2)
        bytes.append(0x5A)
    }

    private static let powers: [UInt64] = (0...10).map { (0..<$0).reduce(UInt64(1)) { power, _ in power * 10 } }

    private mutating func digits(_ number: UInt64, width: Int) {
        let start = bytes.count
        var rest = number
        var written = 0
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: rest % 10) + 0x30)
            (rest, written) = (rest / 10, written + 1)
        } while rest > 0 || written < width
        bytes[start...].reverse()
    }
}
