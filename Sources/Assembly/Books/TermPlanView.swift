import Billing
import Commands
import Kernel
import Money
import Pricing
import Wire

/// Which nodes would have been cheaper in advance, for people and for programs.
struct TermPlanView {
    private let plans: [(plan: TermPlan, currency: Currency)]

    init(_ plans: [(plan: TermPlan, currency: Currency)]) { self.plans = plans }

    var text: String {
        guard !plans.isEmpty else { return "Nothing ran that has a plain price and could have been bought in advance." }
        return plans.map { plan, currency in
            let hours = FixedPoint.text(Rounding.halfUp.quotient(Int128(plan.nodeSeconds) * 100, 3_600), scale: 2)
            let head = "\(plan.product) on \(plan.flavor): \(plan.peak) at once at most, \(hours) node-hours"
            let rows = zip(plan.ways, plan.levels).map { way, levels in
                [
                    way.term.map { "\($0), all \(plan.peak)" } ?? "pay-per-use",
                    "\(way.cost.text(decimals: 2)) \(currency)",
                    way.breakEven.map { "pays from \($0.text(decimals: 0, .awayFromZero)) h a month" } ?? "",
                    levels > 0 ? "best for \(levels)" : "",
                ]
            }
            let best = ["cheapest mix", "\(plan.cheapest.text(decimals: 2)) \(currency)", "", ""]
            return head + "\n"
                + Table(
                    header: ["WAY", "COST", "BREAK-EVEN", "NODES"], rows: rows + [best],
                    isNumber: [false, true, false, false], isWhole: Array(repeating: false, count: 4)
                ).text
        }.joined(separator: "\n\n")
    }

    var json: JSONValue {
        .array(
            plans.map { plan, currency in
                .object(
                    JSONObject([
                        (name: "product", value: .string(plan.product.text)),
                        (name: "flavor", value: .string(plan.flavor.text)),
                        (name: "currency", value: .string(currency.code)),
                        (name: "peak", value: .number(String(plan.peak))),
                        (name: "node_seconds", value: .number(String(plan.nodeSeconds))),
                        (name: "cheapest", value: .string(plan.cheapest.description)),
                        (name: "ways", value: .array(zip(plan.ways, plan.levels).map(Self.json))),
                    ]))
            })
    }

    private static func json(_ way: TermPlan.Way, _ levels: Int64) -> JSONValue {
        .object(
            JSONObject([
                (name: "term", value: way.term.map { .string($0.description) } ?? .null),
                (name: "cost", value: .string(way.cost.description)),
                (
                    name: "break_even_hours_a_month",
                    value: way.breakEven.map { .string($0.text(decimals: 2, .awayFromZero)) } ?? .null
                ),
                (name: "best_for_nodes", value: .number(String(levels))),
            ]))
    }
}
