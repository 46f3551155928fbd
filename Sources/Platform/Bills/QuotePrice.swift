public import Identity
public import Kernel
public import Money
public import Pricing

/// Says what a use would cost before it is started, by the account's own price book.
public struct QuotePrice: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What is asked for.
    public struct Question: Hashable, Sendable {
        public let product: ProductID
        public let flavor: FlavorID
        /// Seconds of use, at least 1.
        public let seconds: Int64
        /// Nodes, at least 1.
        public let quantity: Int64
        /// The request's name of this question, for faults.
        public let field: String

        public init(product: ProductID, flavor: FlavorID, seconds: Int64, quantity: Int64, field: String) {
            self.product = product
            self.flavor = flavor
            self.seconds = seconds
            self.quantity = quantity
            self.field = field
        }
    }

    /// The answer to one question.
    public struct Quote: Sendable {
        public let question: Question
        public let price: DatedPrice
        public let discount: DatedDiscount?
        public let unit: UsageUnit
        /// The fee before discounts.
        public let list: Amount
        /// As a bill line would show it, were the use one line.
        public let amount: Amount
    }

    /// Answers in the order of the questions.
    public struct Quotes: Sendable {
        public let quotes: [Quote]
        public let currency: Currency
    }

    /// Every question is answered, or all that is wrong is said at once.
    public func callAsFunction(_ questions: [Question], account: AccountID, caller: Caller) async throws -> Quotes {
        try caller.require(.read, in: Scope(account: account))
        let terms = try await ports.store.read { try $0.requiredTerms(of: account) }
        let book = try ports.catalogue.book(terms.book)
        let now = ports.clock.now().second
        var faults = Faults()
        var quotes: [Quote] = []
        for question in questions {
            let payer = Payer(account: account.text, project: "")
            if let quote = quote(question, book: book, payer: payer, at: now, faults: &faults) { quotes.append(quote) }
        }
        try faults.check()
        return Quotes(quotes: quotes, currency: book.currency)
    }

    /// Longest use that is quoted: a hundred years.
    private static let longestSeconds: Int64 = 100 * 366 * 86_400
    private static let greatestQuantity: Int64 = 1_000_000

    private func quote(
        _ question: Question, book: PriceBook, payer: Payer, at now: Second, faults: inout Faults
    ) -> Quote? {
        guard (1...Self.longestSeconds).contains(question.seconds),
            (1...Self.greatestQuantity).contains(question.quantity)
        else {
            faults.add(
                .invalidParameter, "Usage and number must be greater than zero and within a hundred years.",
                field: question.field)
            return nil
        }
        let piece = book.schedule(product: question.product, flavor: question.flavor, payer: payer).piece(at: now)
        guard let price = piece.price else {
            faults.add(
                .invalidParameter,
                "The price book \(book.id) has no price now for \(question.product) on \(question.flavor).",
                field: question.field)
            return nil
        }
        let unit = book.unit(of: question.product)
        let fee = price.formula.fee(
            from: .zero, to: Quantity(question.seconds * question.quantity), unit: unit)
        let charge = book.profile.charge(for: fee, less: piece.discount?.percentage ?? .zero)
        return Quote(
            question: question, price: price, discount: piece.discount, unit: unit, list: charge.list,
            amount: charge.due)
    }
}
