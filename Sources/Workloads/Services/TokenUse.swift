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
        let found: (prompt: Int64?, completion: Int64?)? = answer.withUnsafeBytes { bytes in
            guard let start = Self.last("\"usage\"", in: bytes) else { return nil }
            let usage = UnsafeRawBufferPointer(rebasing: bytes[start...])
            return (
                Self.number("\"prompt_tokens\"", in: usage) ?? Self.number("\"input_tokens\"", in: usage),
                Self.number("\"completion_tokens\"", in: usage) ?? Self.number("\"output_tokens\"", in: usage)
            )
        }
        guard let found, found.prompt != nil || found.completion != nil else { return nil }
        self.init(prompt: found.prompt ?? 0, completion: found.completion ?? 0)
    }

    /// Every answer is searched, so it is searched byte by byte and nothing is made on the way.
    private static func last(_ word: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        var start = bytes.count - word.utf8CodeUnitCount
        while start >= 0 {
            if isThere(word, at: start, in: bytes) { return start }
            start -= 1
        }
        return nil
    }

    private static func isThere(_ word: StaticString, at start: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<word.utf8CodeUnitCount where bytes[start + index] != word.utf8Start[index] { return false }
        return true
    }

    private static func number(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> Int64? {
        var index = 0
        while index + name.utf8CodeUnitCount <= bytes.count, !isThere(name, at: index, in: bytes) { index += 1 }
        index += name.utf8CodeUnitCount
        while index < bytes.count, bytes[index] == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: " ") { index += 1 }
        var number: Int64?
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
            let digit = Int64(bytes[index] - UInt8(ascii: "0"))
            number = (number ?? 0) * 10 + digit
            if number ?? 0 > greatest { return nil }
            index += 1
        }
        return number
    }

    /// No answer has more; whoever says so is not believed.
    private static let greatest: Int64 = 1_000_000_000
}
