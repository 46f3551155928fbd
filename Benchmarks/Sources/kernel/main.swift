import Rating

// Cuts and prices uses that lie in memory, on one core, beside only reading the same bytes; prints JSON.

/// A use as it lies in memory after a file was read.
struct Use {
    let start: Int64
    let seconds: Int64
    let quantity: UInt32
    let flavor: UInt32
}

/// Ten million uses of eight weeks and fifty flavors, the same in every run.
func made() -> [Use] {
    var state: UInt64 = 1
    func next(_ bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }
    return (0..<10_000_000).map { _ in
        Use(
            start: 1_767_571_200 + Int64(next(4_838_400)), seconds: 1 + Int64(next(13_600)),
            quantity: 1 + UInt32(next(8)), flavor: UInt32(next(50)))
    }
}

func timed(_ work: () -> Void) -> Double {
    let began = ContinuousClock.now
    work()
    let took = ContinuousClock.now - began
    return Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
}

/// Pieces and their fees.
func rated(_ uses: [Use], _ prices: [UInt64]) -> (pieces: Int64, list: Int128) {
    var (pieces, list) = (Int64(0), Int128(0))
    uses.withUnsafeBufferPointer { uses in
        prices.withUnsafeBufferPointer { prices in
            for use in uses {
                let bare = BareUse(
                    price: prices[Int(use.flavor)], quantity: UInt64(use.quantity), divisor: 360_000,
                    start: use.start + 28_800, seconds: use.seconds)
                pieces += bare?.pieces ?? 0
                list += bare?.list ?? 0
            }
        }
    }
    return (pieces, list)
}

/// The same bytes, only read.
func read(_ uses: [Use]) -> UInt64 {
    uses.withUnsafeBytes { raw in raw.bindMemory(to: UInt64.self).reduce(0, &+) }
}

let uses = made()
let prices = (0..<50).map { UInt64(1_000_000_000 + $0 * 37_000_001) }
var answer = rated(uses, prices)
let rating = timed { answer = rated(uses, prices) }
var sum = read(uses)
let reading = timed { sum = read(uses) }
print(
    """
    {"pieces": \(answer.pieces), "list": "\(answer.list)", "seconds": \(rating), "reading": \(reading), "sum": \(sum)}
    """)
