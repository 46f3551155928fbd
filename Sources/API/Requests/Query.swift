import Kernel

/// The pairs behind the question mark of a request's target.
struct Query: Sendable {
    private let pairs: [(name: String, value: String)]

    /// Reads the query of a raw target; refuses what is not percent-encoded UTF-8.
    init(target: String) throws(Fault) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            pairs = []
            return
        }
        var pairs: [(name: String, value: String)] = []
        let text = target[target.utf8.index(after: mark)...]
        for pair in text.split(separator: "&") {
            let cut = pair.firstIndex(of: "=") ?? pair.endIndex
            guard pairs.count < Limits.queryPairs else {
                throw Fault(.invalidParameter, "The query has more than \(Limits.queryPairs) pairs.")
            }
            guard let name = PercentText.decoded(pair[..<cut]),
                let value = PercentText.decoded(pair[cut...].dropFirst())
            else {
                throw Fault(.invalidParameter, "The query is not percent-encoded UTF-8.", field: String(pair[..<cut]))
            }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The value of a parameter; nil where it is absent or empty, which the SDKs mean alike.
    func text(_ name: String) -> String? {
        pairs.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// The words of a parameter that comes several times, or once with commas.
    func words(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.flatMap { $0.value.split(separator: ",").map(String.init) }
    }

    /// The value of a parameter that must be there.
    func requiredText(_ name: String) throws(Fault) -> String {
        guard let text = text(name) else {
            throw Fault(.missingParameter, "The query needs \(name).", field: name)
        }
        return text
    }

    /// A whole number of a range.
    func number(_ name: String, in range: ClosedRange<Int64>) throws(Fault) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw Fault(
                .invalidParameter, "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound).",
                field: name)
        }
        return number
    }

    /// `true` or `false`.
    func flag(_ name: String) throws(Fault) -> Bool? {
        switch text(name)?.lowercased() {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw Fault(.invalidParameter, "\(name) is true or false.", field: name)
        }
    }

    /// A word of a closed list.
    func choice<Value: RawRepresentable>(_ name: String, of values: [Value]) throws(Fault) -> Value?
    where Value.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let value = values.first(where: { $0.rawValue == text }) else {
            let all = values.map(\.rawValue).joined(separator: ", ")
            throw Fault(.invalidParameter, "\(name) is one of \(all).", field: name)
        }
        return value
    }

    /// The part of a list where `offset` is the number of a page, from 0, as the older lists of ModelArts count.
    func numberedPage(limit greatest: Int) throws(Fault) -> PageRequest {
        let number = try number("offset", in: 0...1_000_000) ?? 0
        let limit = try self.number("limit", in: 1...Int64(greatest)) ?? Int64(greatest)
        return PageRequest(offset: Int(number * limit), limit: Int(limit))
    }

    /// The part of a list that `offset` and `limit` ask for.
    func page(limit standard: Int, atMost greatest: Int) throws(Fault) -> PageRequest {
        let offset = try number("offset", in: 0...Int64(Int32.max)) ?? 0
        let limit = try number("limit", in: 1...Int64(greatest)) ?? Int64(standard)
        return PageRequest(offset: Int(offset), limit: Int(limit))
    }
}
