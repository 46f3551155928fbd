/// Gives each pair of numbers a small number of its own, in order of appearance.
final class PairTable {
    private var slots: UnsafeMutablePointer<Int32>
    private var mask: Int
    /// Each pair, the first in the upper half.
    private(set) var pairs: [UInt64] = []

    init() {
        mask = 4_095
        slots = UnsafeMutablePointer<Int32>.allocate(capacity: mask + 1)
        slots.initialize(repeating: -1, count: mask + 1)
    }

    deinit { slots.deallocate() }

    @inline(__always)
    func number(of first: Int32, _ second: Int32) -> Int32 {
        let pair = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
        var slot = place(of: pair)
        while true {
            let number = slots[slot]
            if number < 0 { return insert(pair, slot: slot) }
            if pairs[Int(number)] == pair { return number }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func place(of pair: UInt64) -> Int {
        let product = pair.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return Int(truncatingIfNeeded: product.high ^ product.low) & mask
    }

    @inline(never)
    private func insert(_ pair: UInt64, slot: Int) -> Int32 {
        let number = Int32(pairs.count)
        pairs.append(pair)
        slots[slot] = number
        if pairs.count * 2 > mask { grow() }
        return number
    }

    private func grow() {
        slots.deallocate()
        mask = mask * 2 + 1
        slots = UnsafeMutablePointer<Int32>.allocate(capacity: mask + 1)
        slots.initialize(repeating: -1, count: mask + 1)
        for (number, pair) in pairs.enumerated() {
            var slot = place(of: pair)
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }
}
