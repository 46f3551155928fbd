import Billing
import Kernel
import Metering
import Money
import Pricing
import Testing

/// Law 7: a line says by which facts, price, formula and rounding it came to be.
@Suite struct ExplanationTests {
    @Test func namesFactsPriceFormulaAndRounding() throws {
        let start = try #require(Second(iso8601: "2023-04-01T10:59:00+08:00"))
        let interval = RunInterval(start: start, provenUntil: start + 601, isEnded: true)
        var closing = Closing(book: try BookFixture.book([("0.07", 0)]), metered: BookFixture.metered())
        try closing.closeAll(of: interval)
        let line = try #require(closing.lines.last)
        let facts = [
            Fact(segment: line.segment, sequence: 0, at: start, kind: .started),
            Fact(segment: line.segment, sequence: 1, at: start + 601, kind: .ended),
        ]
        let explanation = Explanation(
            of: line, facts: facts, book: closing.book, zone: .beijing)
        #expect(explanation.formula == "541 s × 1 × 0.07 USD/h ÷ 3600 = 0.01051944 USD")
        let text = explanation.steps.joined(separator: "\n")
        for part in [
            "2023-04-01T02:59:00Z", "2023-04-01T03:09:01Z", "2023-04-01T11:00:00 (billing zone): 541 s",
            String(line.priceVersion.prefix(12)), "4/9 of 0.00000001 USD was dropped",
            "Paid: 0.01051944 USD from cash",
        ] {
            #expect(text.contains(part), "\(part) is missing in: \(text)")
        }
    }
}
