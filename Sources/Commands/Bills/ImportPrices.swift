import ArgumentParser
import Kernel
import Pricing
import Wire

/// `atelier price import`: makes a price book of a cloud's public list.
struct ImportPrices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a price book of a cloud's public price list.",
        discussion: """
            atelier price import gcp instances.csv --region us-central1 --out gcp.yaml

            gcp: machine_type, region, hour, hour_spot, month, month_1y, month_3y. aws: instance_type, region,
            usd_per_hour. Spot prices become a product of their own, months and years become terms.
            """)

    @Argument(help: "gcp or aws.") var source: Source
    @Argument(help: "The list, as CSV.") var file: String
    @Option(help: "A region that is wanted; may be given several times (default: all).") var region: [String] = []
    @Option(help: "The first day of the prices.") var from = "2020-01-01"
    @Option(help: "Where the book goes (default: standard output).") var out: String?

    enum Source: String, ExpressibleByArgument, CaseIterable {
        case gcp
        case aws

        var list: PublicPriceList.Source { self == .gcp ? .gcp : .aws }
    }

    func run() throws {
        guard Second(iso8601: from) != nil else {
            throw ValidationError("--from: \(from) is no date; write 2026-03-01.")
        }
        try LocalVerb.run {
            let csv = try CSVReader(TextFile.read(file, limit: Limits.publicPriceListBytes))
            let list = try PublicPriceList(source.list, csv: csv, regions: Set(region), from: from)
            if let out {
                try TextFile.write(Array(list.yaml.utf8), to: out)
            } else {
                Terminal.text(list.yaml)
            }
            Terminal.error("\(list.prices) prices; \(list.rounded) were rounded to 10 decimals")
        }
    }
}
