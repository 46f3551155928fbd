public import Kernel
import Ledger
public import Metering
import Money
public import Pricing
import Rating

/// Why a bill line is what it is, in words and numbers that a person can check with pencil and paper (law 7).
public struct Explanation: Hashable, Sendable {
    /// The facts that prove the seconds.
    public let facts: [Fact]
    /// See `BillFormula`.
    public let formula: String
    /// From the facts to the amount, one sentence each.
    public let steps: [String]
    /// What was rounded, and what it dropped.
    public let rounding: String

    /// - Parameters:
    ///   - witness: who proves the facts.
    ///   - book: the book the line was billed by, in any edition since: its past never changes.
    public init(
        of line: BillLine, facts: [Fact], witness: Witness = .executor, book: PriceBook, zone: BillingZone
    ) {
        let currency = book.currency
        let unit = book.unit(of: line.product)
        self.facts = facts
        formula = line.formula(unit: unit, currency: currency)
        rounding = Self.rounding(of: line, currency: currency, profile: book.profile)
        let price = book.price(
            product: line.product, flavor: line.flavor,
            payer: Payer(account: line.account.text, project: line.project.text), at: line.from)
        let words =
            price.map { $0.formula.words(unit: unit, currency: currency) }
            ?? line.unitPrice.map { "\($0) \(currency)/\(unit.name)" } ?? "unknown"
        steps =
            [Self.subject(of: line, facts: facts, witness: witness, unit: unit)]
            + Self.steps(of: line, price: words, formula: formula, zone: zone) + [
                rounding, Self.payment(of: line, currency),
            ]
    }

    /// What was used, and who says so.
    private static func subject(of line: BillLine, facts: [Fact], witness: Witness, unit: UsageUnit) -> String {
        let use =
            unit == .gigabyteHour
            ? "had \(line.quantity) GB of \(line.flavor)" : "ran on \(line.quantity) × \(line.flavor)"
        let name = line.resourceName.isEmpty ? line.resource.text : line.resourceName
        let teller = witness == .executor ? "its executor proves" : "the server's own books prove"
        return "\(name) \(use) (\(line.product)); \(teller) \(story(of: facts, witness: witness))."
    }

    private static func steps(
        of line: BillLine, price: String, formula: String, zone: BillingZone
    ) -> [String] {
        let hour = zone.civil(line.hour).text
        var steps = [
            "Of this, \(line.from) to \(line.until) lies in the clock hour that begins at \(hour) "
                + "(billing zone): \(line.seconds) s.",
            "Price \(price), from edition \(line.priceVersion.prefix(12)) of the price book.",
            formula + ".",
        ]
        if line.kind == .minimum {
            steps.append("This line brings the month's fee of this product and flavor to the price's minimum.")
        }
        if line.kind == .correction {
            steps.append(
                "This line corrects an hour that was closed before the facts had come in; with the hour's other lines "
                    + "it gives what on-time facts would have given.")
        }
        return steps
    }

    private static func story(of facts: [Fact], witness: Witness) -> String {
        guard let interval = try? RunInterval.of(facts) else { return "nothing yet" }
        let went = witness == .executor ? "ran" : "was there"
        let end =
            interval.isEnded
            ? "its end at \(interval.provenUntil)" : "that it still \(went) at \(interval.provenUntil)"
        return "its start at \(interval.start) and \(end)"
    }

    private static func rounding(of line: BillLine, currency: Currency, profile: SiteProfile) -> String {
        let dropped =
            line.dropped.numerator == 0
            ? "nothing was dropped"
            : "\(line.dropped.numerator)/\(line.dropped.denominator) of 0.00000001 \(currency) was dropped"
        let discount =
            line.discountName.map { " The discount \($0) takes \(line.discount) \(currency) off." } ?? ""
        switch profile {
        case .international:
            return "A line keeps 8 decimals, the rest is cut: \(dropped).\(discount) Due: \(line.due) \(currency)."
        case .china:
            return
                "A line keeps 8 decimals: \(dropped).\(discount) Then it is cut to the cent: \(line.truncated) "
                + "\(currency) is the truncated amount. Due: \(line.due) \(currency)."
        }
    }

    private static func payment(of line: BillLine, _ currency: Currency) -> String {
        let parts = [("cash", line.paid.cash), ("credit", line.paid.credit), ("arrears", line.paid.arrears)]
            .filter { $0.1 != .zero }
            .map { "\($0.1) \(currency) from \($0.0)" }
        return parts.isEmpty ? "Nothing had to be paid." : "Paid: " + parts.joined(separator: ", ") + "."
    }
}
