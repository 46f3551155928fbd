import Billing
import HTTPTypes
import HummingbirdTesting
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Pricing
import Rating
import Testing
import Wire

@Suite struct BillingRouteTests {
    private static let cycle = "2030-03"

    /// A stretch of 600 s at 0.66 USD/h, billed and posted: 0.11 USD.
    private static func bill(_ server: TestServer) async throws -> BillLine {
        let flavor = FlavorID("modelarts.vm.cpu.2u")
        let customer = server.customer
        let hour = BillingZone.beijing.startOfHour(server.clock.now().second)
        let segment = Segment(
            id: SegmentID("attempt/0"), resource: ResourceID("job"), product: Product.trainingJob, flavor: flavor,
            quantity: 1)
        let (price, due) = (UnitPrice(units: 6_600_000_000), Amount(units: 11_000_000))
        let line = try BillLine(
            id: BillLineID("line-1"), account: customer.account.id, project: customer.project.id,
            resource: segment.resource, resourceName: "digits", segment: segment.id, product: segment.product,
            flavor: flavor, quantity: 1, hour: hour, from: hour, until: hour + 600, seconds: 600,
            counted: Quantity(600), unitPrice: price,
            priceVersion: "v1", list: due, discount: .zero, truncated: .zero, due: due, dropped: .none, kind: .usage,
            cycle: cycle, billedAt: Instant(hour + 3_600), paid: WalletSplit(cash: due, credit: .zero, arrears: .zero))
        try await server.ports.store.write { transaction in
            try transaction.insert(
                MeteredSegment(
                    segment: segment, account: customer.account.id, project: customer.project.id,
                    resourceName: "digits", book: "default"))
            for fact in [
                Fact(segment: segment.id, sequence: 0, at: hour, kind: .started),
                Fact(segment: segment.id, sequence: 1, at: hour + 600, kind: .ended),
            ] { _ = try transaction.append(fact, recordedAt: Instant(hour + 600)) }
            try transaction.append([line])
            try transaction.append(
                try Posting.charge(for: line, id: PostingID("posting-1"), currency: .usDollar))
        }
        return line
    }

    @Test func balancesAreExactNumbers() async throws {
        let server = try await TestServer()
        try await server.topUp("0.1")
        try await server.test { client in
            let answer = try await server.send(client, .get, "/v2/accounts/customer-accounts/balances")
            #expect(answer.text.contains(#""account_type":1,"amount":0.1,"#), "\(answer.text)")
            #expect(answer.text.contains(#""currency":"USD""#))
            #expect(try answer.json["account_balances"]?.array?.count == 2)
        }
    }

    @Test func aLineStandsOnEveryViewOfTheBill() async throws {
        let server = try await TestServer()
        try await server.topUp("1")
        let line = try await Self.bill(server)
        let bills = "/v2/bills/customer-bills"
        try await server.test { client in
            let fees = try await server.send(client, .get, "\(bills)/res-fee-records?cycle=\(Self.cycle)")
            let fee = try #require(try fees.json["fee_records"]?.array?.first)
            #expect(fee["amount"] == .number("0.11"))
            #expect(fee["usage"] == .number("0.1666666666"))
            #expect(fee["charge_mode"]?.string == "3")
            #expect(fee["bill_type"]?.integer == 5)
            #expect(fee["cloud_service_type"]?.string == "hws.service.type.modelarts")
            #expect(fee["cash_amount"] == .number("0.11"))
            #expect(try fees.json["total_count"]?.integer == 1)

            let month = try await server.send(
                client, .post, "\(bills)/res-records/query", ["cycle": .string(Self.cycle), "limit": 5])
            let record = try #require(try month.json["monthly_records"]?.array?.first)
            #expect(record["consume_amount"] == .number("0.11"))
            #expect(record["resource_Type_code"]?.string == "hws.resource.type.modelarts.training")

            let sum = try await server.send(client, .get, "\(bills)/monthly-sum?bill_cycle=\(Self.cycle)").json
            #expect(sum["consume_amount"] == .number("0.11"))
            #expect(sum["bill_sums"]?.array?.count == 1)

            let own = try await server.send(client, .get, "/atelier/v1/bills?cycle=\(Self.cycle)&resource=job").json
            #expect(own["items"]?.array?.first?["due"]?.string == "0.11")
            let why = try await server.send(client, .get, "/atelier/v1/bills/\(line.id)/explanation").json
            #expect(why["formula"]?.string == "600 s × 1 × 0.66 USD/h ÷ 3600 = 0.11 USD")
            #expect(why["facts"]?.array?.map { $0["kind"]?.string } == ["started", "ended"])
            #expect(why["postings"]?.array?.count == 1)
        }
    }

    @Test(arguments: [
        ("cycle=2030-13", "cycle"), ("", "cycle"), ("cycle=2030-03&limit=0", "limit"),
        ("cycle=2030-03&statistic_type=2", "statistic_type"), ("cycle=2030-03&bill_date_begin=x", "bill_date_begin"),
    ])
    func wrongQuestionsNameTheirField(query: String, field: String) async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await server.send(client, .get, "/v2/bills/customer-bills/res-fee-records?\(query)")
            #expect(answer.status == .badRequest)
            #expect(try answer.faultFields == [field])
        }
    }

    @Test(arguments: ["charge_mode=1", "bill_type=1", "region=elsewhere", "cloud_service_type=hws.service.type.ec2"])
    func whatTheBillCannotHaveIsEmpty(filter: String) async throws {
        let server = try await TestServer()
        _ = try await Self.bill(server)
        try await server.test { client in
            let answer = try await server.send(
                client, .get, "/v2/bills/customer-bills/res-fee-records?cycle=\(Self.cycle)&\(filter)")
            #expect(try answer.json["total_count"]?.integer == 0)
            #expect(try answer.json["fee_records"]?.array == [])
        }
    }

    @Test func anothersLineDoesNotExist() async throws {
        let server = try await TestServer()
        let line = try await Self.bill(server)
        try await server.test { client in
            let answer = try await server.send(
                client, .get, "/atelier/v1/bills/\(line.id)/explanation", by: server.operatorAccount)
            #expect(answer.status == .notFound)
        }
    }

    @Test func aUseIsPricedBeforeItStarts() async throws {
        let server = try await TestServer()
        let book = try server.ports.catalogue.book("default")
        let flavor = FlavorID("modelarts.vm.cpu.2u")
        let now = server.clock.now().second
        let price = try #require(book.price(product: Product.trainingJob, flavor: flavor, at: now))
        let expected = try #require(price.unitPrice).times(3).rounded(decimals: 8, .towardZero).amount
        @Sendable func wish(_ hours: JSONValue) -> JSONValue {
            [
                "project_id": .string(server.customer.project.id.text), "inquiry_precision": 1,
                "product_infos": [
                    [
                        "id": "1", "cloud_service_type": "hws.service.type.modelarts",
                        "resource_type": "hws.resource.type.modelarts.training", "resource_spec": .string(flavor.text),
                        "region": "local-1", "usage_factor": "Duration", "usage_value": hours, "usage_measure_id": 4,
                        "subscription_num": 2,
                    ]
                ],
            ]
        }
        let path = "/v2/bills/ratings/on-demand-resources"
        try await server.test { client in
            let answer = try await server.send(client, .post, path, wish(.number("1.5")))
            #expect(try answer.json["amount"] == .number(expected.description), "\(answer.text)")
            #expect(try answer.json["currency"]?.string == "USD")
            let refused = try await server.send(client, .post, path, wish(.number("-1")))
            #expect(try refused.faultFields == ["product_infos[0].usage_value"])
        }
    }
}
