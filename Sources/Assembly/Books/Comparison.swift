import Billing
import Commands
import Kernel
import Money
import Pricing
import Wire

/// A period by the books in force and by another one, side by side.
struct Comparison {
    let now: [PeriodKey: PeriodSum]
    let then: [PeriodKey: PeriodSum]
    let currencies: Set<Currency>
    let other: PriceBook

    private var keys: [PeriodKey] { now.keys.sorted() }

    private func total(_ sums: [PeriodKey: PeriodSum]) -> Amount { sums.values.reduce(.zero) { $0 + $1.due } }

    var text: String {
        let rows = keys.map { key in
            row(key.account.text, key.product.text, key.flavor.text, now[key]?.due ?? .zero, then[key])
        }
        var whole = PeriodSum()
        for sum in then.values { whole.add(sum) }
        let table = Table(
            header: ["ACCOUNT", "PRODUCT", "FLAVOR", "NOW", "OTHER", "CHANGE"],
            rows: rows + [row("total", "", "", total(now), whole)],
            isNumber: [false, false, false, true, true, true], isWhole: Array(repeating: false, count: 6)
        ).text
        return table + "\n\n" + chart
    }

    private func row(_ account: String, _ product: String, _ flavor: String, _ now: Amount, _ then: PeriodSum?)
        -> [String]
    {
        guard let then, !then.isUnpriced else {
            return [account, product, flavor, now.description, "no price", ""]
        }
        return [account, product, flavor, now.description, then.due.description, Self.change(now, then.due)]
    }

    /// Such as `+12.5 %`.
    private static func change(_ now: Amount, _ then: Amount) -> String {
        guard now > .zero else { return then == .zero ? "" : "new" }
        let tenths = Rounding.halfUp.quotient((then.units - now.units) * 1_000, now.units)
        return (tenths > 0 ? "+" : "") + FixedPoint.text(tenths, scale: 1) + " %"
    }

    /// Two bars for each account, the longest 60 wide.
    private var chart: String {
        var accounts: [String: (now: Amount, then: Amount)] = [:]
        for key in keys {
            var sums = accounts[key.account.text] ?? (.zero, .zero)
            sums.now += now[key]?.due ?? .zero
            sums.then += then[key]?.due ?? .zero
            accounts[key.account.text] = sums
        }
        let most = accounts.values.map { max($0.now, $0.then) }.max() ?? .zero
        let currency = currencies.count == 1 ? currencies.first?.code ?? "" : ""
        return accounts.sorted { $0.key < $1.key }.map { account, sums in
            "\(account.prefix(32))\n  now   \(Self.bar(sums.now, of: most)) \(sums.now.text(decimals: 2)) \(currency)\n"
                + "  other \(Self.bar(sums.then, of: most)) \(sums.then.text(decimals: 2)) \(other.currency)"
        }.joined(separator: "\n")
    }

    private static func bar(_ amount: Amount, of most: Amount) -> String {
        guard most > .zero, amount > .zero else { return "" }
        let eighths = Int(Rounding.halfUp.quotient(amount.units * 480, most.units))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    var json: JSONValue {
        .object(
            JSONObject([
                (name: "price_book", value: .string(other.id.text)), (name: "version", value: .string(other.version)),
                (name: "currency", value: .string(other.currency.code)),
                (name: "now", value: .string(total(now).description)),
                (name: "other", value: .string(total(then).description)),
                (
                    name: "uses",
                    value: .array(
                        keys.map { key in
                            .object(
                                JSONObject([
                                    (name: "account", value: .string(key.account.text)),
                                    (name: "product", value: .string(key.product.text)),
                                    (name: "flavor", value: .string(key.flavor.text)),
                                    (name: "counted", value: .string((now[key]?.counted ?? .zero).description)),
                                    (name: "now", value: .string((now[key]?.due ?? .zero).description)),
                                    (
                                        name: "other",
                                        value: then[key].flatMap {
                                            $0.isUnpriced ? nil : .string($0.due.description)
                                        } ?? .null
                                    ),
                                ]))
                        })
                ),
            ]))
    }
}
