import Kernel

/// Holds items back and gives the earliest first, so that those a little out of order come in order of time.
public struct TraceWindow<Item: TraceItem> {
    /// A binary heap by start; equal starts leave in the order they came.
    private var heap: [(item: Item, number: Int)] = []
    private var taken = 0
    private let size: Int

    /// Holds so many uses; `Limits.traceWindow` unless told.
    public init(size: Int? = nil) { self.size = size ?? Limits.traceWindow }

    /// Whether the earliest has to leave before another is put in.
    public var isFull: Bool { heap.count >= size }

    public mutating func put(_ item: Item) {
        heap.append((item, taken))
        taken += 1
        var child = heap.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out what starts first; nil where there is none.
    public mutating func take() -> Item? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let child = children.min(by: { precedes($0, $1) }), precedes(child, parent) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first.item
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].item.start, heap[left].number) < (heap[right].item.start, heap[right].number)
    }
}
