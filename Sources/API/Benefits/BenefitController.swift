import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Money
import Platform
import Rating
import Wire

/// Coupons and packages as operators grant or sell them, and as accounts see theirs.
struct BenefitController: Sendable {
    private let grantCoupon: GrantCoupon
    private let sellPackage: SellPackage
    private let list: ListBenefits

    init(_ ports: Ports) {
        grantCoupon = GrantCoupon(ports)
        sellPackage = SellPackage(ports)
        list = ListBenefits(ports)
    }

    private static let account = "/atelier/v1/accounts/{account_id}"

    var routes: [Route] {
        [
            .known(.post, Self.account + "/coupons", "Grants an account a coupon; for operators.", grant),
            .known(.get, Self.account + "/coupons", "Lists an account's coupons with what is left.", coupons),
            .known(.post, Self.account + "/packages", "Sells an account a package; for operators.", sell),
            .known(.get, Self.account + "/packages", "Lists an account's packages with what is left.", packages),
        ]
    }

    @Sendable private func grant(_ call: Call, _ caller: Caller) async throws -> Response {
        let account = AccountID(try call.path("account_id"))
        try caller.require(.operate, in: Scope(account: account))
        let input = try GrantCoupon.Input(json: call.json())
        let owned = try await grantCoupon(input, to: account, key: call.header(.idempotencyKey), caller: caller)
        let listed = try await list.coupons(of: account, caller: caller)
        return Answer.json(owned.json(at: listed.at, currency: listed.currency), status: .created)
    }

    @Sendable private func coupons(_ call: Call, _ caller: Caller) async throws -> Response {
        let listed = try await list.coupons(of: AccountID(try call.path("account_id")), caller: caller)
        return Answer.list(listed.coupons.map { $0.json(at: listed.at, currency: listed.currency) })
    }

    @Sendable private func sell(_ call: Call, _ caller: Caller) async throws -> Response {
        let account = AccountID(try call.path("account_id"))
        try caller.require(.operate, in: Scope(account: account))
        let input = try SellPackage.Input(json: call.json())
        let owned = try await sellPackage(input, to: account, key: call.header(.idempotencyKey), caller: caller)
        let listed = try await list.packages(of: account, caller: caller)
        guard let view = listed.packages.first(where: { $0.owned.package.id == owned.package.id }) else {
            throw Fault(.internalFault, "The package \(owned.package.id) is not there.")
        }
        return Answer.json(view.json(at: listed.at, currency: listed.currency), status: .created)
    }

    @Sendable private func packages(_ call: Call, _ caller: Caller) async throws -> Response {
        let listed = try await list.packages(of: AccountID(try call.path("account_id")), caller: caller)
        return Answer.list(listed.packages.map { $0.json(at: listed.at, currency: listed.currency) })
    }
}
