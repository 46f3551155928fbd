import Identity
import Kernel
import Metering
import Platform
import Pricing
import Wire

/// Which records of a bill are asked for, by query or by body.
struct BillRecordsWish: Sendable {
    private let cycle: String
    private let resource: String?
    private let service: String?
    private let resourceType: String?
    private let region: String?
    private let chargeMode: String?
    private let billType: Int64?
    private let includesZero: Bool
    private let days: (begin: String?, end: String?)
    private let page: PageRequest

    /// Reads the query of `res-fee-records`.
    init(_ query: Query) throws {
        cycle = try query.requiredText("cycle")
        resource = query.text("resource_id")
        service = query.text("cloud_service_type")
        resourceType = query.text("resource_type")
        region = query.text("region")
        chargeMode = query.text("charge_mode")
        billType = try query.number("bill_type", in: 0...1_000)
        includesZero = try query.flag("include_zero_record") ?? true
        days = (query.text("bill_date_begin"), query.text("bill_date_end"))
        page = try query.page(limit: 10, atMost: Limits.billPage)
        try Self.requireDetail(query.number("statistic_type", in: 1...3))
    }

    /// Reads the body of `res-records/query`.
    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        cycle = fields.requiredString("cycle")
        resource = fields.string("res_instance_id")
        service = fields.string("cloud_service_type")
        resourceType = fields.string("resource_type")
        region = fields.string("region")
        chargeMode = fields.integer("charge_mode").map { String($0) }
        billType = fields.integer("bill_type")
        includesZero = fields.bool("include_zero_record") ?? true
        days = (nil, nil)
        let offset = fields.integer("offset", in: 0...Int64(Int32.max)) ?? 0
        let limit = fields.integer("limit", in: 1...Int64(Limits.billPage)) ?? 10
        page = PageRequest(offset: Int(offset), limit: Int(limit))
        let statistic = fields.integer("statistic_type", in: 1...3)
        try fields.check()
        try Self.requireDetail(statistic)
    }

    /// The lines that are asked for, as far as the store can tell them apart.
    func query(account: AccountID, project: ProjectID?, zone: BillingZone) throws -> BillLineQuery {
        try zone.requireCycle(cycle, field: "cycle")
        return BillLineQuery(
            account: account, cycle: cycle, resource: resource.map { ResourceID($0) }, project: project,
            hours: try hours(zone), includesZero: includesZero, page: page)
    }

    /// Whether there can be any: every line is pay-per-use usage of this region.
    func matches(region here: String, products: [Product]) -> Bool {
        (region.map { $0 == here } ?? true) && (chargeMode.map { $0 == "3" } ?? true)
            && (billType.map { $0 == 5 } ?? true)
            && products.contains { product in
                (service.map { $0 == product.serviceCode } ?? true)
                    && (resourceType.map { $0 == product.resourceCode } ?? true)
            }
    }

    private func hours(_ zone: BillingZone) throws(Fault) -> Range<Second>? {
        if days.begin == nil, days.end == nil { return nil }
        let begin = try day(days.begin, "bill_date_begin", zone) ?? Second(0)
        let end = try day(days.end, "bill_date_end", zone).map { $0 + 86_400 } ?? Second(Int64(Int32.max) * 100)
        guard begin < end else {
            throw Fault(.invalidParameter, "bill_date_end is before bill_date_begin.", field: "bill_date_end")
        }
        return begin..<end
    }

    private func day(_ text: String?, _ field: String, _ zone: BillingZone) throws(Fault) -> Second? {
        guard let text else { return nil }
        guard let day = zone.startOfDay(text) else {
            throw Fault(.invalidParameter, "\(text.prefix(40)) is no day; write it as 2026-03-01.", field: field)
        }
        return day
    }

    private static func requireDetail(_ statistic: Int64?) throws(Fault) {
        guard let statistic, statistic != 3 else { return }
        throw Fault(
            .invalidParameter, "Only statistic_type 3, records in detail, is offered.", field: "statistic_type")
    }
}
