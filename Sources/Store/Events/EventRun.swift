import Kernel
import Platform

/// Ids that are sealed: pages by the first bits of the key, and a filter over all of them.
struct EventRun {
    /// Entries by page.
    let pages: [EventPage]
    let filter: EventFilter

    /// Pages of a run; a full run has 64 entries in each.
    private static let pageBits = 12

    init(_ entries: [UInt128: KnownEvent]) {
        var pages = Array(repeating: EventPage(bytes: []), count: 1 << Self.pageBits)
        var filter = EventFilter()
        for (key, event) in entries {
            pages[Self.page(of: key)].append(key, event)
            filter.add(key)
        }
        self.pages = pages
        self.filter = filter
    }

    static func page(of key: UInt128) -> Int { Int(key >> (128 - UInt128(pageBits))) }
}

/// Entries of 32 bytes: the key, the content, the batch.
struct EventPage {
    private(set) var bytes: [UInt8]

    private static let width = 32

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func append(_ key: UInt128, _ event: KnownEvent) {
        withUnsafeBytes(of: key.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: event.content.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: event.batch.bigEndian) { bytes.append(contentsOf: $0) }
    }

    func event(_ key: UInt128) -> KnownEvent? {
        bytes.withUnsafeBytes { bytes in
            for place in stride(from: 0, to: bytes.count - Self.width + 1, by: Self.width)
            where UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt128.self)) == key {
                return KnownEvent(
                    content: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self)),
                    batch: Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: place + 24, as: Int64.self)))
            }
            return nil
        }
    }
}

/// A blocked Bloom filter: never wrong about an id that it holds, and about one in a thousand of the others.
struct EventFilter: Sendable {
    private var words: [UInt64]

    /// Blocks of 512 bits; 16 bits an id in a full run.
    private static let blocks = EventIndex.runEntries * 16 / 512
    private static let probes = 6

    init() { words = Array(repeating: 0, count: Self.blocks * 8) }

    /// Nil where the bytes are none that a filter wrote.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.blocks * 64 else { return nil }
        words = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
    }

    var bytes: [UInt8] {
        words.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    mutating func add(_ key: UInt128) {
        let (block, hash) = Self.place(of: key)
        for probe in 0..<Self.probes {
            let bit = Int(truncatingIfNeeded: hash >> UInt64(probe * 9)) & 511
            words[block + bit >> 6] |= 1 << UInt64(bit & 63)
        }
    }

    func mayHold(_ key: UInt128) -> Bool {
        let (block, hash) = Self.place(of: key)
        for probe in 0..<Self.probes {
            let bit = Int(truncatingIfNeeded: hash >> UInt64(probe * 9)) & 511
            if words[block + bit >> 6] & 1 << UInt64(bit & 63) == 0 { return false }
        }
        return true
    }

    /// The lowest bits choose the block, the next ones the bits; the highest are the run's pages.
    private static func place(of key: UInt128) -> (block: Int, hash: UInt64) {
        let low = UInt64(truncatingIfNeeded: key)
        return (Int(low & UInt64(blocks - 1)) * 8, UInt64(truncatingIfNeeded: key >> 40))
    }
}
