import Kernel
import TestKit
import Testing

/// RFC 3339, §5.6 and its examples of §5.8.
@Suite struct TimestampTests {
    private static func second(_ text: String) -> Second? {
        Array(text.utf8).withUnsafeBytes { Second(rfc3339: $0) }
    }

    @Test(arguments: [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50Z"), ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27Z"), ("1990-12-31T23:59:60Z", "1990-12-31T23:59:59Z"),
        ("2026-02-28t08:00:00z", "2026-02-28T08:00:00Z"), ("2024-02-29 00:00:00.000001+08:00", "2024-02-28T16:00:00Z"),
    ])
    func reads(_ text: String, _ expected: String) { #expect(Self.second(text)?.description == expected) }

    @Test(arguments: [
        "", "2026", "2026-03-01", "2026-03-01T08:00:00", "2026-03-01T08:00Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+8:00",
        "2026-01-01T00:00:00+08:60", "2026-01-01T00:00:00ZZ", "2026-01-01X00:00:00Z", "-026-01-01T00:00:00Z",
    ])
    func refuses(_ text: String) { #expect(Self.second(text) == nil) }

    /// Whatever stands there, it is a time or none.
    @Test func neverTraps() {
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("0123456789-:TZ.+".utf8)
        for _ in 0..<50_000 {
            let text = (0..<Int.random(in: 0...28, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            _ = text.withUnsafeBytes { Second(rfc3339: $0) }
        }
    }
}
