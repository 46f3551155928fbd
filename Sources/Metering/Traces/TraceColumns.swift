import Kernel

/// Finds columns of a plain CSV by name: no quotes, one record a line.
struct TraceColumns {
    private let names: [String]
    private let places: [Int]
    private let count: Int

    /// Reads the header.
    ///
    /// - Throws: `malformedBody` with every column that is missing or stands twice.
    init(header: [UInt8], _ names: [String]) throws(Faults) {
        let found = String(decoding: header.filter { $0 != 0x0D }, as: UTF8.self)
            .split(separator: ",", omittingEmptySubsequences: false)
        var faults = Faults()
        var places: [Int] = []
        for name in names {
            let indices = found.indices.filter { found[$0] == name }
            faults.require(
                indices.count == 1, .malformedBody,
                indices.isEmpty ? "has no column \(name)" : "has the column \(name) twice", field: "line 1")
            places.append(indices.first ?? 0)
        }
        try faults.check()
        self.names = names
        self.places = places
        count = found.count
    }

    /// The wanted columns of a line, in the order they were asked for.
    func fields(_ line: UnsafeRawBufferPointer) throws(Fault) -> [Substring] {
        guard line.count <= Limits.usageLineBytes else {
            throw Fault(.malformedBody, "the line has more than \(Limits.usageLineBytes) bytes")
        }
        let text = String(decoding: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self)
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == count else {
            throw Fault(.malformedBody, "the line has \(fields.count) fields, the header \(count)")
        }
        return places.map { fields[$0] }
    }

    /// A whole number of a column, by its place among those asked for.
    func integer(_ fields: [Substring], _ place: Int, in range: ClosedRange<Int64>) throws(Fault) -> Int64 {
        guard let value = Int64(fields[place]), range.contains(value) else {
            throw Fault(
                .malformedBody,
                "\(names[place]) is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
