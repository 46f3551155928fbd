import Identity
import Ledger
import Money
import Platform
import Wire

extension Wallet {
    func json(of account: AccountID, currency: Currency) -> JSONValue {
        .fields(
            ("account_id", .text(account)), ("currency", .text(currency)), ("cash", .text(cash)),
            ("credit_limit", .text(creditLimit)), ("credit_drawn", .text(creditDrawn)),
            ("arrears", .text(arrears)), ("held", .text(held)), ("unbilled", .text(unbilled)),
            ("available", .text(available)))
    }
}

extension OpenAccount.Opened {
    /// The only answer that has the secret key.
    var json: JSONValue {
        .fields(
            ("account", .fields(("id", .text(account.id)), ("name", .text(account.name)))),
            ("project", .fields(("id", .text(project.id)), ("name", .text(project.name)))),
            (
                "user",
                .fields(("id", .text(user.id)), ("name", .text(user.name)), ("role", .text(user.role.rawValue)))
            ),
            ("access_key", .text(key.access)), ("secret_key", .text(key.secret)))
    }
}
