import Identity
import Kernel
import Money
import Platform
import Pricing
import Wire

/// What is asked of the price inquiry: products, each with a use in hours.
struct RatingWish: Sendable {
    let project: ProjectID
    /// Decimals of the answer: 6, or 8 where ten are asked for, since an amount has no more.
    let decimals: Int
    let questions: [QuotePrice.Question]
    /// The caller's own numbers of the products.
    let ids: [String]

    init(json: JSONValue, book: PriceBook, region: String) throws {
        let fields = JSONFields(json)
        project = ProjectID(fields.requiredString("project_id"))
        decimals = fields.integer("inquiry_precision", in: 0...1) == 1 ? 8 : 6
        var questions: [QuotePrice.Question] = []
        var ids: [String] = []
        let products = fields.objects("product_infos", limit: Limits.askedPrices)
        if products.isEmpty { fields.refuse("product_infos", "Name at least one product.", code: .missingParameter) }
        for product in products {
            ids.append(product.requiredString("id"))
            if let question = Self.question(product, book: book, region: region) { questions.append(question) }
        }
        try fields.check()
        self.questions = questions
        self.ids = ids
    }

    private static func question(_ fields: JSONFields, book: PriceBook, region: String) -> QuotePrice.Question? {
        let service = fields.requiredString("cloud_service_type")
        let resource = fields.requiredString("resource_type")
        let flavor = fields.requiredString("resource_spec")
        if fields.requiredString("region") != region { fields.refuse("region", "The region here is \(region).") }
        let factor = fields.requiredString("usage_factor")
        if factor.lowercased() != "duration" { fields.refuse("usage_factor", "The one factor here is Duration.") }
        if fields.requiredInteger("usage_measure_id", in: 0...1_000) != Int64(UsageUnit.hour.measureID) {
            fields.refuse("usage_measure_id", "Use is counted in hours: \(UsageUnit.hour.measureID).")
        }
        let quantity = fields.requiredInteger("subscription_num", in: 1...1_000_000)
        let product = book.products.first { $0.serviceCode == service && $0.resourceCode == resource }
        if product == nil {
            let known = book.products.map { "\($0.serviceCode) / \($0.resourceCode)" }.joined(separator: ", ")
            fields.refuse("resource_type", "There is no such product; there are \(known).")
        }
        guard let seconds = seconds(fields), let product else { return nil }
        return QuotePrice.Question(
            product: product.id, flavor: FlavorID(flavor), seconds: seconds,
            quantity: quantity * (product.unit == .gigabyteHour ? gigabytes(fields) : 1),
            field: fields.path(of: "resource_spec"))
    }

    /// How large one of what is sold by the GB is; source: `size_measure_id` 17 is GB.
    private static func gigabytes(_ fields: JSONFields) -> Int64 {
        if let measure = fields.integer("size_measure_id"), measure != Int64(UsageUnit.gigabyteHour.measureID) {
            fields.refuse("size_measure_id", "Sizes are in GB: \(UsageUnit.gigabyteHour.measureID).")
        }
        return fields.requiredInteger("resource_size", in: 1...1_000_000)
    }

    /// Hours as whole seconds, a part of a second counting as one.
    private static func seconds(_ fields: JSONFields) -> Int64? {
        switch fields.value("usage_value") {
        case .number(let text), .string(let text):
            if let units = FixedPoint.value(text, scale: 8), units > 0, units <= 1_000_000 * Amount.one {
                return Int64(Rounding.awayFromZero.quotient(units * 3_600, Amount.one))
            }
            fields.refuse("usage_value", "Hours are a plain decimal above zero and at most 1000000.")
        case nil: fields.refuse("usage_value", "This field is needed.", code: .missingParameter)
        default: fields.refuse("usage_value", "A number was expected.")
        }
        return nil
    }
}

extension QuotePrice.Quotes {
    /// The answer of the price inquiry; there are no discounts, so the list price is the price.
    func json(of wish: RatingWish) -> JSONValue {
        let rounded = quotes.map { $0.amount.rounded(decimals: wish.decimals, .halfUp) }
        let total = JSONValue.decimal(rounded.reduce(.zero) { $0 + $1 })
        let zero = JSONValue.decimal(Amount.zero)
        let results = zip(wish.ids, zip(quotes, rounded)).map { id, quoted in
            JSONValue.fields(
                ("id", .text(id)),
                ("product_id", .text("\(quoted.0.question.product)/\(quoted.0.question.flavor)")),
                ("amount", .decimal(quoted.1)), ("discount_amount", zero),
                ("official_website_amount", .decimal(quoted.1)), ("measure_id", .currencyUnit),
                ("discount_rating_results", .array([])))
        }
        return .fields(
            ("amount", total), ("discount_amount", zero), ("official_website_amount", total),
            ("measure_id", .currencyUnit), ("currency", .text(currency)), ("product_rating_results", .array(results)))
    }
}
