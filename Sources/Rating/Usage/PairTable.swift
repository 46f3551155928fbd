/// Gives each pair of numbers a small number of its own, in order of appearance.
struct PairTable: ~Copyable {
    /// A pair and its number, side by side so that a look-up touches memory once.
    private struct Slot {
        var pair: UInt64
        var number: Int32
    }

    private var slots: UnsafeMutableBufferPointer<Slot>
    private var mask: Int
    /// Each pair, the first number in the upper half.
    private(set) var pairs: [UInt64] = []

    init() {
        mask = 1_023
        slots = Self.empty(mask + 1)
    }

    deinit { slots.deallocate() }

    @inline(__always)
    static func pair(_ first: Int32, _ second: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    }

    @inline(__always)
    mutating func number(of pair: UInt64) -> Int32 {
        var slot = place(of: pair)
        while true {
            let found = slots[slot]
            if found.number < 0 { return insert(pair, slot: slot) }
            if found.pair == pair { return found.number }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func place(of pair: UInt64) -> Int {
        let product = pair.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return Int(truncatingIfNeeded: product.high ^ product.low) & mask
    }

    @inline(never)
    private mutating func insert(_ pair: UInt64, slot: Int) -> Int32 {
        let number = Int32(pairs.count)
        pairs.append(pair)
        slots[slot] = Slot(pair: pair, number: number)
        if pairs.count * 2 > mask { grow() }
        return number
    }

    private mutating func grow() {
        slots.deallocate()
        mask = mask * 2 + 1
        slots = Self.empty(mask + 1)
        for (number, pair) in pairs.enumerated() {
            var slot = place(of: pair)
            while slots[slot].number >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Slot(pair: pair, number: Int32(number))
        }
    }

    private static func empty(_ count: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: count)
        slots.initialize(repeating: Slot(pair: 0, number: -1))
        return slots
    }
}
