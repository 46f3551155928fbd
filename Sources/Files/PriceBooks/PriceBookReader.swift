import Kernel
import Money
import Pricing
import Yams

/// Makes a price book of YAML nodes.
///
/// What cannot be read is filled in, so that the book's own rules can be held against all the rest: everything that
/// is wrong is told at once. A rule's complaint about something filled in is not passed on.
struct PriceBookReader {
    let reading: YAMLReading

    func book(_ root: Node) throws(Faults) -> PriceBook {
        let fields = reading.fields(
            root, at: "", required: ["id", "name", "currency", "site", "products", "prices"],
            optional: ["zone", "flavors", "discounts", "terms", "meters"])
        guard let fields else { throw reading.faults }
        let id = fields.text("id") ?? ""
        let name = fields.text("name") ?? ""
        let currency = fields.value("currency", "a currency; write its three capital letters", Currency.init)
        let sites = Self.words(SiteProfile.self)
        let site = fields.value("site", "a site; the sites are \(sites)") { SiteProfile(rawValue: $0) }
        _ = fields.value("zone", "the zone of both sites, UTC+08:00") { $0 == "UTC+08:00" ? true : nil }
        let products = fields.entries("products")?.map(product) ?? []
        let flavors = fields.entries("flavors")?.map(flavor) ?? []
        let prices = fields.entries("prices")?.map(price) ?? []
        let discounts = fields.entries("discounts")?.map(discount) ?? []
        let terms = fields.entries("terms")?.map(term) ?? []
        let meters = fields.entries("meters")?.map(meter) ?? []
        guard reading.faults.all.count < Limits.priceBookFaults else { throw bounded(reading.faults) }
        do {
            let book = try PriceBook(
                id: PriceBookID(id), name: name, currency: currency ?? .usDollar, profile: site ?? .international,
                products: products, flavors: flavors, prices: prices, discounts: discounts, terms: terms,
                meters: meters)
            if reading.faults.isEmpty { return book }
        } catch {
            for fault in error.all where !isAboutUnread(fault) { reading.add(located(fault)) }
        }
        throw bounded(reading.faults)
    }

    private func product(_ node: Node, _ path: String) -> Product {
        let fields = reading.fields(
            node, at: path, required: ["id", "name", "service", "resource"],
            optional: ["unit", "metering", "minimum_seconds", "variants"])
        let grains = Self.words(TimeMetering.Grain.self)
        return Product(
            id: ProductID(fields?.text("id") ?? ""), name: fields?.text("name") ?? "",
            serviceCode: fields?.text("service") ?? "", resourceCode: fields?.text("resource") ?? "",
            unit: fields.flatMap(unit) ?? .hour,
            metering: TimeMetering(
                grain: fields?.value("metering", "a grain of metering; they are \(grains)") {
                    TimeMetering.Grain(rawValue: $0)
                } ?? .second,
                minimumSeconds: fields?.value("minimum_seconds", "a whole number of seconds", Self.whole) ?? 0),
            variants: (fields?.texts("variants") ?? []).map { FlavorID($0) })
    }

    /// A unit that is known by its name, or one that the book describes.
    private func unit(_ product: YAMLFields) -> UsageUnit? {
        guard let node = product.values["unit"] else { return nil }
        guard node.mapping != nil else {
            let known = UsageUnit.known.map(\.name).joined(separator: "; ")
            return product.value("unit", "a unit; the units are \(known); or describe one by name and of") { name in
                UsageUnit.known.first { $0.name == name }
            }
        }
        let fields = reading.fields(
            node, at: product.path(of: "unit"), required: ["name", "of"], optional: ["counts", "rounding"])
        let roundings = Self.roundings.map(\.word).joined(separator: ", ")
        return UsageUnit(
            name: fields?.text("name") ?? "", counted: fields?.value("of", "a whole number", Self.whole) ?? 1,
            isTime: fields?.value("counts", "something to count; write seconds or pieces") {
                ["seconds": true, "pieces": false][$0]
            } ?? false,
            rounding: fields?.value("rounding", "a rounding; they are \(roundings)") { word in
                Self.roundings.first { $0.word == word }
            }?.rounding)
    }

    private static let roundings: [(word: String, rounding: Rounding?)] = [
        ("up", .awayFromZero), ("down", .towardZero), ("half_up", .halfUp), ("none", nil),
    ]

    private func flavor(_ node: Node, _ path: String) -> Flavor {
        let fields = reading.fields(
            node, at: path, required: ["id", "name", "type", "vcpu", "memory", "products"],
            optional: ["arch", "accelerators"])
        let kinds = Self.words(FlavorKind.self)
        let architectures = Self.words(FlavorArchitecture.self)
        return Flavor(
            id: FlavorID(fields?.text("id") ?? ""), name: fields?.text("name") ?? "",
            kind: fields?.value("type", "a type; the types are \(kinds)") { FlavorKind(rawValue: $0) } ?? .cpu,
            architecture: fields?.value("arch", "an architecture; they are \(architectures)") {
                FlavorArchitecture(rawValue: $0)
            } ?? .x86,
            cpuMillicores: fields?.value("vcpu", "a number of cores such as 2 or 0.5", Self.millicores) ?? 0,
            memoryBytes: memory(fields), accelerators: fields.flatMap(accelerators),
            products: (fields?.texts("products") ?? []).map { ProductID($0) })
    }

    private func accelerators(_ flavor: YAMLFields) -> FlavorAccelerators? {
        guard let node = flavor.values["accelerators"] else { return nil }
        let path = flavor.path(of: "accelerators")
        let fields = reading.fields(node, at: path, required: ["model", "count", "memory"])
        return FlavorAccelerators(
            model: fields?.text("model") ?? "",
            count: fields?.value("count", "a whole number of cards", Self.whole) ?? 0, memoryBytes: memory(fields))
    }

    private func memory(_ fields: YAMLFields?) -> Int64 {
        fields?.value("memory", "a size; write a whole number and MiB, GiB or TiB, such as 4 GiB", Self.bytes) ?? 0
    }

    static func whole(_ text: String) -> Int64? { FixedPoint.value(text, scale: 0).flatMap { Int64(exactly: $0) } }

    static func millicores(_ text: String) -> Int64? { FixedPoint.value(text, scale: 3).flatMap { Int64(exactly: $0) } }

    static func bytes(_ text: String) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        let units: [String: Int64] = ["MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40]
        guard parts.count == 2, let unit = units[parts[1]], let count = whole(parts[0]) else { return nil }
        let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: unit)
        return isTooMuch ? nil : bytes
    }

    /// A date, or a time without an offset, is meant in the zone in which hours and months are cut.
    static func second(_ text: String) -> Second? { Second(iso8601: text, in: .beijing) }

    static func words<Choice: RawRepresentable & CaseIterable>(
        _ choice: Choice.Type
    ) -> String where Choice.RawValue == String { choice.allCases.map(\.rawValue).joined(separator: ", ") }
}
