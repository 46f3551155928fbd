import Kernel
import Money

/// Cuts a line of a usage file into fields and reads its numbers; one worker has its own and uses it for every line.
struct UsageRow: ~Copyable {
    private let header: UsageHeader
    private let starts: UnsafeMutablePointer<Int32>
    private let ends: UnsafeMutablePointer<Int32>
    /// Where a quoted line is written without its quotes.
    private let scratch: UnsafeMutableRawPointer
    private var base: UnsafeRawPointer

    /// Millionths of nodes, gigabytes or pieces.
    private(set) var quantity: Int64 = 0
    private(set) var start: Int64 = 0
    /// Nil where the use goes on.
    private(set) var end: Int64?

    init(header: UsageHeader) {
        self.header = header
        starts = .allocate(capacity: header.count + 1)
        ends = .allocate(capacity: header.count + 1)
        scratch = .allocate(byteCount: Limits.usageLineBytes, alignment: 8)
        base = UnsafeRawPointer(scratch)
    }

    deinit {
        starts.deallocate()
        ends.deallocate()
        scratch.deallocate()
    }

    /// Reads the line that begins at a place; gives the place behind its line feed, and what is wrong with it.
    @inline(__always)
    mutating func read(_ bytes: UnsafeRawBufferPointer, at first: Int) -> (next: Int, fault: UsageFault?) {
        guard let origin = bytes.baseAddress else { return (bytes.count, .fields) }
        var place = first
        var field = 0
        var isQuoted = false
        let count = bytes.count
        let most = header.count
        base = origin
        starts[0] = Int32(truncatingIfNeeded: place)
        while place < count {
            let byte = origin.load(fromByteOffset: place, as: UInt8.self)
            if byte > 0x2C {
                place += 1
                continue
            }
            if byte == 0x2C {
                if field < most {
                    ends[field] = Int32(truncatingIfNeeded: place)
                    field += 1
                    starts[field] = Int32(truncatingIfNeeded: place + 1)
                } else {
                    field = most + 1
                }
            } else if byte == 0x0A {
                break
            } else if byte == 0x22 {
                isQuoted = true
            }
            place += 1
        }
        let next = min(place + 1, count)
        let isReturned = place > first && origin.load(fromByteOffset: place - 1, as: UInt8.self) == 0x0D
        let last = isReturned ? place - 1 : place
        if last - first > Limits.usageLineBytes { return (next, .tooLong) }
        if isQuoted {
            guard unquote(UnsafeRawBufferPointer(rebasing: bytes[first..<last])) else { return (next, .quotes) }
        } else {
            if field > most { return (next, .fields) }
            ends[field] = Int32(truncatingIfNeeded: last)
            if field + 1 != most { return (next, field == 0 && last == first ? .empty : .fields) }
        }
        return (next, numbers())
    }

    /// The bytes of a column.
    @inline(__always)
    func bytes(_ column: UsageColumn) -> UnsafeRawBufferPointer {
        let place = header.places[column.rawValue]
        return UnsafeRawBufferPointer(start: base + Int(starts[place]), count: Int(ends[place] - starts[place]))
    }

    @inline(__always)
    private mutating func numbers() -> UsageFault? {
        for column in [UsageColumn.account, .project, .product, .flavor] where bytes(column).isEmpty {
            return .missing(column)
        }
        guard let quantity = UsageNumber.millionths(bytes(.quantity)), quantity > 0 else { return .quantity }
        guard let start = UsageNumber.second(bytes(.start)) else { return .time(.start) }
        let last = bytes(.end)
        if last.isEmpty {
            end = nil
        } else {
            guard let second = UsageNumber.second(last) else { return .time(.end) }
            guard second >= start else { return .backwards }
            end = second
        }
        self.quantity = quantity
        self.start = start
        return nil
    }

    /// Takes the quotes of a line away; false where they do not pair or text stands beside them.
    private mutating func unquote(_ line: UnsafeRawBufferPointer) -> Bool {
        base = UnsafeRawPointer(scratch)
        var (field, place, written) = (0, 0, 0)
        starts[0] = 0
        while true {
            let isQuoted = place < line.count && line[place] == 0x22
            if isQuoted { place += 1 }
            while place < line.count {
                let byte = line[place]
                if isQuoted, byte == 0x22 {
                    place += 1
                    guard place < line.count, line[place] == 0x22 else { break }
                } else if !isQuoted, byte == 0x2C {
                    break
                }
                scratch.storeBytes(of: line[place], toByteOffset: written, as: UInt8.self)
                (written, place) = (written + 1, place + 1)
            }
            if isQuoted, line[place - 1] != 0x22 { return false }
            ends[field] = Int32(written)
            field += 1
            guard place < line.count else { return field == header.count }
            guard line[place] == 0x2C, field < header.count else { return false }
            place += 1
            starts[field] = Int32(written)
        }
    }
}

/// Why a line of a usage file is not rated.
public enum UsageFault: Error, Hashable, Sendable {
    case empty
    case fields
    case quotes
    case tooLong
    case tooOld
    case missing(UsageColumn)
    case quantity
    case time(UsageColumn)
    case backwards
    case open
    case product
    case unpriced
    case tooMuch

    /// Whether the line could not even be cut into fields.
    var hidesAccount: Bool {
        switch self {
        case .empty, .fields, .quotes, .tooLong, .missing(.account): true
        default: false
        }
    }

    /// One sentence without a full stop, as it stands in the rejects.
    public var words: String {
        switch self {
        case .empty: "the line is empty"
        case .fields: "the line has not as many fields as the header"
        case .quotes: "quotes do not pair, or a quoted field goes on in the next line"
        case .tooLong: "the line has more than \(Limits.usageLineBytes) bytes"
        case .tooOld: "the use is longer than \(Limits.usageSeconds / 86_400) days; divide it"
        case .missing(let column): "\(column.name) is empty"
        case .quantity: "quantity is no decimal above 0 with at most 6 decimals"
        case .time(let column): "\(column.name) is no time; write 2026-03-01T08:00:00Z or epoch seconds"
        case .backwards: "end lies before start"
        case .open: "the use has no end; say with --until where it is clipped"
        case .product: "the price book has no such product"
        case .unpriced: "the price book has no price for this use at some second of it"
        case .tooMuch: "the fee is too large to be counted"
        }
    }
}
