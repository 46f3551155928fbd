public import Kernel
import Ledger
public import Metering
public import Money
public import Pricing
import Rating

/// Why a bill line is what it is, in words and numbers that a person can check with pencil and paper (law 7).
public struct Explanation: Hashable, Sendable {
    /// The facts that prove the seconds.
    public let facts: [Fact]
    /// Such as `600 s × 1 × 0.66 USD/h ÷ 3600 = 0.11 USD`.
    public let formula: String
    /// From the facts to the amount, one sentence each.
    public let steps: [String]
    /// What was rounded, and what it dropped.
    public let rounding: String

    public init(of line: BillLine, facts: [Fact], currency: Currency, profile: SiteProfile, zone: BillingZone) {
        self.facts = facts
        formula = Self.formula(of: line, currency: currency)
        rounding = Self.rounding(of: line, currency: currency, profile: profile)
        steps =
            Self.steps(of: line, facts: facts, currency: currency, zone: zone) + [
                rounding, Self.payment(of: line, currency),
            ]
    }

    private static func formula(of line: BillLine, currency: Currency) -> String {
        "\(line.seconds) s × \(line.quantity) × \(line.unitPrice) \(currency)/h ÷ 3600 = \(line.list) \(currency)"
    }

    private static func steps(of line: BillLine, facts: [Fact], currency: Currency, zone: BillingZone) -> [String] {
        let hour = zone.civil(line.hour).text
        var steps = [
            "\(line.resourceName) ran on \(line.quantity) × \(line.flavor) (\(line.product)); its executor proves "
                + story(of: facts) + ".",
            "Of this, \(line.from) to \(line.until) lies in the clock hour that begins at \(hour) "
                + "(billing zone): \(line.seconds) s.",
            "Price \(line.unitPrice) \(currency) an hour, "
                + "from edition \(line.priceVersion.prefix(12)) of the price book.",
            formula(of: line, currency: currency) + ".",
        ]
        if line.kind == .correction {
            steps.append(
                "This line corrects an hour that was closed before the facts had come in; with the hour's other lines "
                    + "it gives what on-time facts would have given.")
        }
        return steps
    }

    private static func story(of facts: [Fact]) -> String {
        guard let interval = try? RunInterval.of(facts) else { return "nothing yet" }
        let end =
            interval.isEnded ? "its end at \(interval.provenUntil)" : "that it still ran at \(interval.provenUntil)"
        return "its start at \(interval.start) and \(end)"
    }

    private static func rounding(of line: BillLine, currency: Currency, profile: SiteProfile) -> String {
        let dropped =
            line.dropped.numerator == 0
            ? "nothing was dropped"
            : "\(line.dropped.numerator)/\(line.dropped.denominator) of 0.00000001 \(currency) was dropped"
        switch profile {
        case .international:
            return "A line keeps 8 decimals, the rest is cut: \(dropped). Due: \(line.due) \(currency)."
        case .china:
            return "A line keeps 8 decimals: \(dropped). Then it is cut to the cent: \(line.truncated) \(currency) "
                + "is the truncated amount. Due: \(line.due) \(currency)."
        }
    }

    private static func payment(of line: BillLine, _ currency: Currency) -> String {
        let parts = [("cash", line.paid.cash), ("credit", line.paid.credit), ("arrears", line.paid.arrears)]
            .filter { $0.1 != .zero }
            .map { "\($0.1) \(currency) from \($0.0)" }
        return parts.isEmpty ? "Nothing had to be paid." : "Paid: " + parts.joined(separator: ", ") + "."
    }
}
