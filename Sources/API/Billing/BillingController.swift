import Billing
import Hummingbird
import Identity
import Kernel
import Metering
import Platform
import Pricing
import Wire

/// Balance, bills and prices in the shapes of the billing centre.
struct BillingController: Sendable {
    private let ports: Ports
    private let directory: Directory
    private let showBalance: ShowBalance
    private let showMonthlySum: ShowMonthlySum
    private let listBillLines: ListBillLines
    private let offer: ListOffer
    private let quotePrice: QuotePrice

    init(_ ports: Ports, directory: Directory) {
        self.ports = ports
        self.directory = directory
        showBalance = ShowBalance(ports)
        showMonthlySum = ShowMonthlySum(ports)
        listBillLines = ListBillLines(ports)
        offer = ListOffer(ports)
        quotePrice = QuotePrice(ports)
    }

    private static let bills = "/v2/bills/customer-bills"

    var routes: [Route] {
        [
            .known(.get, "/v2/accounts/customer-accounts/balances", "Shows the account's balances.", balances),
            .known(.get, Self.bills + "/monthly-sum", "Shows a month's sums by product.", monthlySum),
            .known(.get, Self.bills + "/res-fee-records", "Lists a month's fee records.", feeRecords),
            .known(.get, Self.bills + "/res-records", "Lists a month's fee records.", feeRecords),
            .known(.post, Self.bills + "/res-records/query", "Lists a month's resource records.", monthlyRecords),
            .known(.post, "/v2/bills/ratings/on-demand-resources", "Says what a use would cost.", rate),
        ]
    }

    @Sendable private func balances(_ call: Call, _ caller: Caller) async throws -> Response {
        let balance = try await showBalance(account: caller.account, caller: caller)
        return Answer.json(balance.accountBalances(of: caller.account))
    }

    @Sendable private func monthlySum(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let sum = try await showMonthlySum(
            try query.requiredText("bill_cycle"), account: caller.account, caller: caller)
        let account = try await directory.account(caller: caller)
        let page = try query.page(limit: 10, atMost: Limits.billPage)
        return Answer.json(sum.json(of: account, service: query.text("service_type_code"), page: page))
    }

    @Sendable private func feeRecords(_ call: Call, _ caller: Caller) async throws -> Response {
        let wish = try BillRecordsWish(call.query())
        let (records, listing) = try await self.records(wish, caller)
        return Answer.json(
            .fields(
                ("fee_records", .array(listing.map { records.feeRecord($0) })),
                ("total_count", .whole(records.total)), ("currency", .text(records.currency))))
    }

    @Sendable private func monthlyRecords(_ call: Call, _ caller: Caller) async throws -> Response {
        let wish = try BillRecordsWish(json: call.json())
        let (records, listing) = try await self.records(wish, caller)
        return Answer.json(
            .fields(
                ("monthly_records", .array(listing.map { records.monthlyRecord($0) })),
                ("total_count", .whole(records.total)), ("currency", .text(records.currency))))
    }

    @Sendable private func rate(_ call: Call, _ caller: Caller) async throws -> Response {
        let book = try await offer.book(of: caller.account, caller: caller)
        let wish = try RatingWish(json: call.json(), book: book, region: ports.settings.region)
        _ = try await directory.project(wish.project, caller: caller)
        let quotes = try await quotePrice(wish.questions, account: caller.account, caller: caller)
        return Answer.json(quotes.json(of: wish))
    }

    private func records(_ wish: BillRecordsWish, _ caller: Caller) async throws -> (BillRecords, [BillLine]) {
        let zone = ports.settings.zone
        let query = try wish.query(account: caller.account, project: caller.project, zone: zone)
        let account = try await directory.account(caller: caller)
        let book = try await offer.book(of: caller.account, caller: caller)
        let listing = try await listBillLines(query, caller: caller)
        let isEmpty = !wish.matches(region: ports.settings.region, products: book.products)
        let records = BillRecords(
            account: account, book: book, region: ports.settings.region, zone: zone, currency: listing.currency,
            total: isEmpty ? 0 : listing.page.total)
        return (records, isEmpty ? [] : listing.page.items)
    }
}
