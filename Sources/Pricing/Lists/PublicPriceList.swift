public import Kernel
import Money
public import Wire

/// A cloud's public price list as the text of a price book: on-demand, spot, and terms of a month, a year, three years.
///
/// A variant is a machine type in a region, `a2-highgpu-1g.us-central1`. Lists hold prices that passed through binary
/// floating point; they are rounded half-up to the 10 decimals that a book has.
public struct PublicPriceList: Sendable {
    /// The book.
    public let yaml: String
    /// Prices in it, terms not counted.
    public let prices: Int
    /// Prices that were rounded to 10 decimals.
    public let rounded: Int

    /// Whose list it is.
    public enum Source: String, CaseIterable, Sendable {
        /// Columns machine_type, region, hour, hour_spot, month, month_1y, month_3y.
        case gcp
        /// Columns instance_type, region, usd_per_hour.
        case aws

        fileprivate var columns: Columns {
            switch self {
            case .gcp:
                Columns(
                    product: "gce-instance", name: "Compute Engine instance", service: "gcp.compute",
                    machine: "machine_type",
                    hour: "hour", spot: "hour_spot",
                    terms: [("month", "1 month", 1), ("month_1y", "1 year", 12), ("month_3y", "3 years", 36)])
            case .aws:
                Columns(
                    product: "ec2-instance", name: "EC2 Linux instance", service: "aws.ec2", machine: "instance_type",
                    hour: "usd_per_hour", spot: nil, terms: [])
            }
        }
    }

    fileprivate struct Columns {
        let product: String
        let name: String
        let service: String
        let machine: String
        let hour: String
        let spot: String?
        /// Column, term, and how often its monthly price is paid.
        let terms: [(column: String, term: String, months: Int128)]
    }

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - regions: those wanted; empty for all.
    ///   - from: the first second of all its prices, as a book writes it.
    /// - Throws: everything that is wrong with the list, with line and column.
    public init(_ source: Source, csv: CSVReader, regions: Set<String>, from: String) throws(Faults) {
        var csv = csv
        var reading = Reading(columns: source.columns, from: from)
        var faults = Faults()
        while faults.all.count < Limits.priceBookFaults {
            do throws(Fault) {
                guard let row = try csv.next() else { break }
                let region = try row.text("region")
                if regions.isEmpty || regions.contains(region) { try reading.take(row) }
            } catch {
                faults.append(Faults([error]))
            }
        }
        faults.require(
            !reading.prices.isEmpty, .invalidParameter, "gives no price for the regions asked for", field: "--region")
        try faults.check()
        yaml = reading.yaml(id: source.rawValue, currency: .usDollar)
        prices = reading.prices.count
        rounded = reading.rounded
    }
}

/// What has been read of a list.
private struct Reading {
    let columns: PublicPriceList.Columns
    let from: String
    private(set) var prices: [String] = []
    private(set) var rounded = 0
    private var terms: [String] = []
    private var variants: [String] = []
    private var spotVariants: [String] = []

    init(columns: PublicPriceList.Columns, from: String) {
        self.columns = columns
        self.from = from
    }

    mutating func take(_ row: CSVRecord) throws(Fault) {
        let variant = try row.text(columns.machine) + "." + row.text("region")
        if let price = try price(row, columns.hour) {
            variants.append(variant)
            prices.append(line(columns.product, variant, "per_hour: \(price)"))
        }
        if let spot = columns.spot, let price = try price(row, spot) {
            spotVariants.append(variant)
            prices.append(line(spotProduct, variant, "per_hour: \(price)"))
        }
        guard variants.last == variant else { return }
        for term in columns.terms {
            guard let monthly = try price(row, term.column) else { continue }
            let whole = UnitPrice(units: monthly.units * term.months)
            terms.append(line(columns.product, variant, "term: \(term.term), price: \(whole)"))
        }
    }

    private var spotProduct: String { "\(columns.product)-spot" }

    private func line(_ product: String, _ flavor: String, _ price: String) -> String {
        "  - {product: \(product), flavor: \(flavor), \(price), from: \(from)}"
    }

    /// A price of 10 decimals; nil where the list has none.
    private mutating func price(_ row: CSVRecord, _ column: String) throws(Fault) -> UnitPrice? {
        let text = try row.text(column)
        if text.isEmpty { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count > UnitPrice.scale else {
            guard let price = UnitPrice(text) else { throw row.fault(column, "\(text.prefix(40)) is no price") }
            return price
        }
        let kept = parts[0] + "." + parts[1].prefix(UnitPrice.scale)
        guard let price = UnitPrice(String(kept)), text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) })
        else { throw row.fault(column, "\(text.prefix(40)) is no price") }
        rounded += 1
        let next = parts[1].utf8.dropFirst(UnitPrice.scale).first ?? 0x30
        return next >= 0x35 ? UnitPrice(units: price.units + 1) : price
    }

    func yaml(id: String, currency: Currency) -> String {
        var text = """
            # Made from a public price list; see docs/price-book.md.
            id: \(id)
            name: \(columns.name), public list
            currency: \(currency)
            site: international

            products:

            """
        for (product, variants) in [(columns.product, variants), (spotProduct, spotVariants)] where !variants.isEmpty {
            text += "  - id: \(product)\n    name: \(columns.name)\(product == spotProduct ? ", spot" : "")\n"
            text += "    service: \(columns.service)\n    resource: \(product)\n    variants:\n"
            text += variants.map { "      - \($0)\n" }.joined()
        }
        text += "\nprices:\n" + prices.joined(separator: "\n") + "\n"
        return terms.isEmpty ? text : text + "\nterms:\n" + terms.joined(separator: "\n") + "\n"
    }
}
