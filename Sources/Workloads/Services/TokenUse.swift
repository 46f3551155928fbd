/// What a language model's answer says it has read and written.
public struct TokenUse: Hashable, Sendable {
    public var prompt: Int64
    public var completion: Int64

    public init(prompt: Int64 = 0, completion: Int64 = 0) {
        self.prompt = prompt
        self.completion = completion
    }

    /// Reads `usage` off the end of an answer, whole or streamed: the last one counts. Nil where there is none.
    ///
    /// Source: OpenAI API reference, "The chat completion object": `prompt_tokens`, `completion_tokens`; others write
    /// `input_tokens`, `output_tokens`.
    public init?(inEndOf answer: [UInt8]) {
        let mark = Array("\"usage\"".utf8)
        guard answer.count > mark.count,
            let start = answer.indices.dropLast(mark.count).last(where: { answer[$0...].starts(with: mark) })
        else { return nil }
        let usage = answer[start...]
        let prompt = Self.number(of: ["prompt_tokens", "input_tokens"], in: usage)
        let completion = Self.number(of: ["completion_tokens", "output_tokens"], in: usage)
        guard prompt != nil || completion != nil else { return nil }
        self.init(prompt: prompt ?? 0, completion: completion ?? 0)
    }

    private static func number(of names: [String], in bytes: ArraySlice<UInt8>) -> Int64? {
        for name in names {
            let key = Array("\"\(name)\"".utf8)
            guard let place = bytes.indices.first(where: { bytes[$0...].starts(with: key) }) else { continue }
            let digits = bytes[(place + key.count)...].drop { ": \t".utf8.contains($0) }
                .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if let number = Int64(String(decoding: digits, as: UTF8.self)), number <= greatest { return number }
        }
        return nil
    }

    /// No answer has more; whoever says so is not believed.
    private static let greatest: Int64 = 1_000_000_000
}
