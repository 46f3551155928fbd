import HTTPTypes
import HummingbirdTesting
import Identity
import Kernel
import Platform
import Testing
import Wire

@Suite struct AccountRouteTests {
    @Test func onlyOperatorsActForOthers() async throws {
        let server = try await TestServer()
        let topUps = "/atelier/v1/accounts/\(server.customer.account.id)/top-ups"
        try await server.test { client in
            for (method, path) in [
                (HTTPRequest.Method.get, "/atelier/v1/accounts"), (.post, "/atelier/v1/accounts"), (.post, topUps),
                (.post, "/atelier/v1/price-books/reload"), (.post, "/atelier/v1/clock"),
            ] {
                let answer = try await server.send(
                    client, method, path, method == .post ? ["amount": "1", "to": "2031-01-01"] : nil)
                #expect(answer.status == .forbidden, "\(method) \(path)")
            }
        }
    }

    @Test func aTopUpCountsOnce() async throws {
        let server = try await TestServer()
        let path = "/atelier/v1/accounts/\(server.customer.account.id)/top-ups"
        let key = [(name: "Idempotency-Key", value: "once")]
        try await server.test { client in
            for _ in 1...2 {
                let answer = try await server.send(
                    client, .post, path, ["amount": "7.5"], by: server.operatorAccount, more: key)
                #expect(answer.status == .ok, "\(answer.text)")
                #expect(try answer.json["cash"]?.string == "7.5")
            }
            let other = try await server.send(
                client, .post, path, ["amount": "8"], by: server.operatorAccount, more: key)
            #expect(other.status == .conflict)
        }
    }

    @Test(arguments: ["\"-5\"", "\"0\"", "\"abc\"", "\"1e9\"", "\"0.123456789\"", "null", "5.5", "[]"])
    func whatIsNoAmountIsRefused(amount: String) async throws {
        let server = try await TestServer()
        let path = "/atelier/v1/accounts/\(server.customer.account.id)/top-ups"
        let body = try JSONValue(parsing: Array("{\"amount\":\(amount)}".utf8))
        try await server.test { client in
            let answer = try await server.send(client, .post, path, body, by: server.operatorAccount)
            #expect(answer.status == .badRequest)
            #expect(try answer.faultFields == ["amount"])
        }
    }

    @Test func anAccountIsOpenedWithItsKey() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await server.send(
                client, .post, "/atelier/v1/accounts",
                ["name": "new", "user_name": "ada", "password": "long-enough", "credit_limit": "12.5"],
                by: server.operatorAccount)
            #expect(answer.status == .created, "\(answer.text)")
            #expect(try answer.json["secret_key"]?.string?.count == 40)
            let wrong = try await server.send(
                client, .post, "/atelier/v1/accounts", ["name": 7, "role": "king"], by: server.operatorAccount)
            #expect(try wrong.faultFields == ["name", "user_name", "password", "role"])
        }
    }

    @Test func theClockMovesForItsOperator() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let moved = try await server.send(
                client, .post, "/atelier/v1/clock", ["to": "2031-01-01T08:00:00+08:00"], by: server.operatorAccount)
            #expect(moved.text == #"{"now":"2031-01-01T00:00:00Z","simulated":true}"#)
            let wrong = try await server.send(
                client, .post, "/atelier/v1/clock", ["to": "tomorrow"], by: server.operatorAccount)
            #expect(try wrong.faultFields == ["to"])
        }
    }

    @Test func thePriceBookSaysWhichPricesHold() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let book = try await server.send(client, .get, "/atelier/v1/price-book").json
            #expect(book["zone"]?.string == "UTC+08:00")
            let flavor = book["flavors"]?.array?.first { $0["id"]?.string == "modelarts.vm.cpu.0.5u" }
            #expect(flavor?["vcpus"] == .number("0.5"))
            #expect(flavor?["memory_gib"] == .number("0.5"))
            #expect(flavor?["prices"]?.array?.contains { $0["in_force"] == true } == true)
            let pool = try await server.send(client, .get, "/atelier/v1/pool").json
            #expect(pool["cpu_millicores"]?.integer == 4_000)
        }
    }
}
