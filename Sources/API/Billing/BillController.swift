import Billing
import Hummingbird
import Identity
import Kernel
import Metering
import Platform
import Wire

/// Bill lines as Atelier's own routes show them, and why each is what it is.
struct BillController: Sendable {
    private let listBillLines: ListBillLines
    private let explainBillLine: ExplainBillLine
    private let zone: BillingZone

    init(_ ports: Ports) {
        listBillLines = ListBillLines(ports)
        explainBillLine = ExplainBillLine(ports)
        zone = ports.settings.zone
    }

    var routes: [Route] {
        [
            .known(.get, "/atelier/v1/bills", "Lists bill lines, the newest hour first.", list),
            .known(.get, "/atelier/v1/bills/{line_id}/explanation", "Explains a bill line down to its facts.", explain),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let cycle = query.text("cycle")
        if let cycle { try zone.requireCycle(cycle, field: "cycle") }
        let listing = try await listBillLines(
            BillLineQuery(
                account: caller.account, cycle: cycle, resource: query.text("resource").map { ResourceID($0) },
                project: caller.project, page: try query.page(limit: Limits.listPage, atMost: Limits.billPage)),
            caller: caller)
        return Answer.json(
            .fields(
                ("currency", .text(listing.currency)), ("items", .array(listing.page.items.map(\.json))),
                ("total", .whole(listing.page.total))))
    }

    @Sendable private func explain(_ call: Call, _ caller: Caller) async throws -> Response {
        let explained = try await explainBillLine(BillLineID(try call.path("line_id")), caller: caller)
        return Answer.json(explained.json)
    }
}

extension BillingZone {
    /// Refuses what is no month.
    func requireCycle(_ cycle: String, field: String) throws(Fault) {
        guard bounds(ofCycle: cycle) == nil else { return }
        throw Fault(.invalidParameter, "\(cycle.prefix(40)) is no month; write it as 2026-03.", field: field)
    }
}
