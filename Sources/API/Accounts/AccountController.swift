import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// Accounts as the operator opens and tops them up, and everybody's own balance.
struct AccountController: Sendable {
    private let directory: Directory
    private let openAccount: OpenAccount
    private let topUpAccount: TopUpAccount
    private let showBalance: ShowBalance

    init(_ ports: Ports, directory: Directory) {
        self.directory = directory
        openAccount = OpenAccount(ports)
        topUpAccount = TopUpAccount(ports)
        showBalance = ShowBalance(ports)
    }

    var routes: [Route] {
        [
            .known(.get, "/atelier/v1/accounts", "Lists every account; for operators.", list),
            .known(.post, "/atelier/v1/accounts", "Opens an account with a project and a user; for operators.", open),
            .known(.get, "/atelier/v1/balance", "Shows what the caller's account has, owes and holds.", balance),
            .known(
                .post, "/atelier/v1/accounts/{account_id}/top-ups", "Puts money into an account; for operators.",
                topUp),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let accounts = try await directory.accounts(caller: caller)
        return Answer.list(accounts.map { .fields(("id", .text($0.id)), ("name", .text($0.name))) })
    }

    @Sendable private func open(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.operate, in: Scope(account: caller.account))
        let opened = try await openAccount(try OpenAccount.Input(json: call.json()))
        return Answer.json(opened.json, status: .created)
    }

    @Sendable private func balance(_ call: Call, _ caller: Caller) async throws -> Response {
        let balance = try await showBalance(account: caller.account, caller: caller)
        return Answer.json(balance.wallet.json(of: caller.account, currency: balance.currency))
    }

    @Sendable private func topUp(_ call: Call, _ caller: Caller) async throws -> Response {
        let account = AccountID(try call.path("account_id"))
        let amount = try TopUpWish(json: call.json()).amount
        let balance = try await topUpAccount(amount, to: account, key: call.header(.idempotencyKey), caller: caller)
        return Answer.json(balance.wallet.json(of: account, currency: balance.currency))
    }
}
