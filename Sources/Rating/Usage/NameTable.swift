/// Gives each text of a file a small number, in order of appearance; looks texts up by their bytes.
///
/// One worker has its own; it is made for millions of look-ups of thousands of texts.
struct NameTable: ~Copyable {
    private var slots: UnsafeMutablePointer<Int32>
    private var mask: Int
    private var hashes: [UInt64] = []
    private var ends: [Int] = [0]
    private var bytes: [UInt8] = []

    init() {
        mask = 1_023
        slots = Self.slots(mask + 1)
    }

    deinit { slots.deallocate() }

    var count: Int { hashes.count }

    /// The bytes of a number's text.
    func bytes(of number: Int32) -> ArraySlice<UInt8> { bytes[ends[Int(number)]..<ends[Int(number) + 1]] }

    func text(of number: Int32) -> String { String(decoding: bytes(of: number), as: UTF8.self) }

    /// The number of a text, a new one where it was not seen yet.
    @inline(__always)
    mutating func number(of text: UnsafeRawBufferPointer) -> Int32 { number(of: text, hash: Self.hash(text)) }

    @inline(__always)
    mutating func number(of text: UnsafeRawBufferPointer, hash: UInt64) -> Int32 {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let number = slots[slot]
            if number < 0 { return insert(text, hash: hash, slot: slot) }
            if hashes[Int(number)] == hash, isText(text, number) { return number }
            slot = (slot + 1) & mask
        }
    }

    /// A mix of all bytes; the same for the same text in every run, so that work can be divided by it.
    @inline(__always)
    static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: text.count) &* 0x9e37_79b9_7f4a_7c15
        var place = 0
        while place + 8 <= text.count {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            hash = mixed(hash ^ word)
            place += 8
        }
        var rest: UInt64 = 0
        while place < text.count {
            rest = rest << 8 | UInt64(text[place])
            place += 1
        }
        return mixed(hash ^ rest)
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low
    }

    @inline(__always)
    private func isText(_ text: UnsafeRawBufferPointer, _ number: Int32) -> Bool {
        let start = ends[Int(number)]
        guard ends[Int(number) + 1] - start == text.count else { return false }
        for place in 0..<text.count where bytes[start + place] != text[place] { return false }
        return true
    }

    @inline(never)
    private mutating func insert(_ text: UnsafeRawBufferPointer, hash: UInt64, slot: Int) -> Int32 {
        let number = Int32(hashes.count)
        hashes.append(hash)
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        slots[slot] = number
        if hashes.count * 2 > mask { grow() }
        return number
    }

    private mutating func grow() {
        slots.deallocate()
        mask = mask * 2 + 1
        slots = Self.slots(mask + 1)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }

    private static func slots(_ count: Int) -> UnsafeMutablePointer<Int32> {
        let slots = UnsafeMutablePointer<Int32>.allocate(capacity: count)
        slots.initialize(repeating: -1, count: count)
        return slots
    }
}
