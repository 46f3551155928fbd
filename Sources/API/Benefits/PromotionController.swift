import Billing
import Hummingbird
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Pricing
import Rating
import Wire

/// Coupons, packages and the use that packages covered, in the shapes of the billing centre.
struct PromotionController: Sendable {
    private let list: ListBenefits
    private let region: String

    init(_ ports: Ports) {
        list = ListBenefits(ports)
        region = ports.settings.region
    }

    var routes: [Route] {
        [
            .known(.get, "/v2/promotions/benefits/coupons", "Lists the account's coupons.", coupons),
            .known(.post, "/v3/payments/free-resources/query", "Lists the account's resource packages.", packages),
            .known(
                .post, "/v2/payments/free-resources/usages/details/query", "Says what packages have left.", usages),
            .known(
                .get, "/v2/bills/customer-bills/free-resources-usage-records", "Lists what packages covered.",
                records),
        ]
    }

    @Sendable private func coupons(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let (id, status) = (query.text("coupon_id"), try query.number("status", in: 0...100))
        let type = try query.number("coupon_type", in: 0...1_000)
        let page = try query.page(limit: 10, atMost: Limits.billPage)
        let listed = try await list.coupons(of: caller.account, caller: caller)
        let asked = listed.coupons.filter { owned in
            (id.map { $0 == owned.coupon.id.text } ?? true) && (type.map { $0 == 4 } ?? true)
                && (status.map { $0 == owned.state(at: listed.at).code } ?? true)
        }
        return Answer.json(
            .fields(
                ("count", .whole(asked.count)),
                (
                    "user_coupons",
                    .array(
                        asked.dropFirst(page.offset).prefix(page.limit).map {
                            $0.userCoupon(at: listed.at, currency: listed.currency)
                        })
                )))
    }

    @Sendable private func packages(_ call: Call, _ caller: Caller) async throws -> Response {
        let fields = JSONFields(try call.json())
        let (product, name) = (fields.string("product_id"), fields.string("product_name"))
        let (order, status, place) = (fields.string("order_id"), fields.integer("status"), fields.string("region_code"))
        let services = fields.strings("service_type_code_list", limit: 100)
        let offset = fields.integer("offset", in: 0...Int64(Int32.max)) ?? 0
        let limit = fields.integer("limit", in: 1...Int64(Limits.billPage)) ?? 10
        try fields.check()
        let listed = try await list.packages(of: caller.account, caller: caller)
        let asked = listed.packages.filter { view in
            let service = listed.book.product(view.owned.package.product)?.serviceCode ?? ""
            return (product.map { $0 == view.productID } ?? true) && (name.map { $0 == view.owned.name } ?? true)
                && (order.map { $0 == view.owned.package.id.text } ?? true) && (place.map { $0 == region } ?? true)
                && (status.map { $0 == view.state(at: listed.at).code } ?? true)
                && (services.isEmpty || services.contains(service))
        }
        return Answer.json(
            .fields(
                (
                    "free_resource_packages",
                    .array(
                        asked.dropFirst(Int(offset)).prefix(Int(limit)).map {
                            $0.freePackage(at: listed.at, book: listed.book, region: region)
                        })
                ), ("total_count", .whole(asked.count))))
    }

    @Sendable private func usages(_ call: Call, _ caller: Caller) async throws -> Response {
        let fields = JSONFields(try call.json())
        let ids = fields.strings("free_resource_ids", limit: 100)
        if ids.isEmpty { fields.refuse("free_resource_ids", "This field is needed.", code: .missingParameter) }
        try fields.check()
        let listed = try await list.packages(of: caller.account, caller: caller)
        let asked = listed.packages.filter { ids.contains($0.owned.package.id.text) }
        return Answer.json(.fields(("free_resources", .array(asked.map { $0.freeResource(book: listed.book) }))))
    }

    @Sendable private func records(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let begin = try second(query, "deduct_time_begin") ?? Second(0)
        let end = try second(query, "deduct_time_end") ?? Second(Int64(Int32.max) * 100)
        guard begin < end else {
            throw Fault(.invalidParameter, "deduct_time_end is before deduct_time_begin.", field: "deduct_time_end")
        }
        let page = try query.page(limit: 10, atMost: Limits.billPage)
        let listed = try await list.packages(of: caller.account, caller: caller)
        let asked = query.text("free_resource_id")
        let known = listed.packages.first { $0.owned.package.id.text == asked }
        if asked != nil, known == nil {
            return Answer.json(.fields(("free_resource_records", .array([])), ("total_count", .whole(0))))
        }
        let lines = try await list.coveredLines(
            of: caller.account, package: known?.owned.package.id, hours: begin..<end, page: page, caller: caller)
        let records = lines.items.flatMap { line in
            line.packages.compactMap { part -> JSONValue? in
                guard asked.map({ $0 == part.package.text }) ?? true else { return nil }
                return listed.packages.first { $0.owned.package.id == part.package }?
                    .record(of: line, counted: part.counted, book: listed.book)
            }
        }
        return Answer.json(
            .fields(("free_resource_records", .array(records)), ("total_count", .whole(lines.total))))
    }

    private func second(_ query: Query, _ name: String) throws(Fault) -> Second? {
        guard let text = query.text(name) else { return nil }
        guard let second = Second(iso8601: text) else {
            throw Fault(
                .invalidParameter, "\(text.prefix(40)) is no time; write it as 2026-03-01T00:00:00Z.", field: name)
        }
        return second
    }
}

extension OwnedCoupon {
    /// A cash coupon (type 4) as the billing centre shows it, usable again and again until it is spent.
    func userCoupon(at now: Second, currency: Currency) -> JSONValue {
        let limits = coupon.product.map { product in
            [JSONValue.fields(("limit_key", .text("product")), ("value1", .text(product)))]
        }
        return .fields(
            ("coupon_id", .text(coupon.id)), ("coupon_code", .text(coupon.id)),
            ("status", .whole(state(at: now).code)), ("customer_id", .text(account)), ("coupon_type", .whole(4)),
            ("measure_id", .currencyUnit), ("face_value", .decimal(granted)), ("balance", .decimal(coupon.remaining)),
            ("valid_time", .text(coupon.validFrom)), ("expire_time", .text(coupon.validUntil)),
            ("plan_name", .text(name)), ("plan_desc", .text(name)), ("media_type", .whole(1)),
            ("fetch_method", .whole(3)), ("use_limits", .array(limits ?? [])), ("active_time", .text(coupon.validFrom)),
            ("create_time", .time(grantedAt)), ("coupon_version", .whole(2)), ("is_frozen", .text("0")),
            ("currency", .text(currency)))
    }
}

extension ListBenefits.PackageView {
    fileprivate var productID: String {
        owned.package.product.text + (owned.package.flavor.map { "/\($0)" } ?? "")
    }

    fileprivate func freePackage(at now: Second, book: PriceBook, region: String) -> JSONValue {
        let (package, product) = (owned.package, book.product(owned.package.product))
        return .fields(
            ("order_instance_id", .text(package.id)), ("order_id", .text(package.id)), ("product_id", .text(productID)),
            ("product_name", .text(owned.name)), ("enterprise_project_id", .text("0")),
            ("enterprise_project_scope", .whole(0)), ("effective_time", .text(package.effectiveFrom)),
            ("expire_time", .text(package.expiresAt)), ("status", .whole(state(at: now).code)),
            ("service_type_code", .text(product?.serviceCode ?? "")),
            ("service_type_name", .text(product?.name ?? "")), ("region_code", .text(region)),
            ("source_type", .whole(owned.price > .zero ? 0 : 1)), ("bundle_type", .text("ATOMIC_PKG")),
            ("quota_reuse_mode", .whole(package.isMonthly ? 1 : 2)),
            (
                "free_resources",
                .array([
                    .fields(
                        ("free_resource_id", .text(package.id)), ("usage_type_name", .text(unit.name)),
                        ("amount", .text(amount(left))), ("original_amount", .text(package.size)),
                        ("measure_id", .whole(unit.measureID)))
                ])
            ))
    }

    fileprivate func freeResource(book: PriceBook) -> JSONValue {
        let package = owned.package
        let end = package.isMonthly ? min(book.zone.month(of: period.start).upperBound, package.expiresAt) : nil
        return .fields(
            ("free_resource_id", .text(package.id)), ("free_resource_type_name", .text(owned.name)),
            ("quota_reuse_cycle", package.isMonthly ? .whole(1) : .null),
            // Cycle type 2 is a month.
            ("quota_reuse_cycle_type", package.isMonthly ? .whole(2) : .null),
            ("usage_type_name", .text(unit.name)), ("start_time", .text(max(period.start, package.effectiveFrom))),
            ("end_time", .text(end ?? package.expiresAt)), ("amount", .number(amount(left))),
            ("original_amount", .number(package.size.description)), ("measure_id", .whole(unit.measureID)))
    }

    /// A part of a line; what was available and what remains are told by the package's list, not by each record.
    fileprivate func record(of line: BillLine, counted: Quantity, book: PriceBook) -> JSONValue {
        let product = book.product(line.product)
        return .fields(
            ("deduct_time", .time(line.billedAt)), ("free_resource_id", .text(owned.package.id)),
            ("resource_id", .text(line.resource)), ("resource_type_code", .text(product?.resourceCode ?? "")),
            ("resource_type_name", .text(product?.name ?? "")), ("resource_tag", .text("")),
            ("product_id", .text("\(line.product)/\(line.flavor)")), ("product_name", .text(owned.name)),
            ("usage_type_code", .text("Duration")), ("used_amount", .text(amount(counted))),
            ("measure_id", .whole(unit.measureID)), ("effective_time", .text(line.from)),
            ("expire_time", .text(line.until)))
    }
}
