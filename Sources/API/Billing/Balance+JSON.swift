import Identity
import Ledger
import Money
import Platform
import Wire

extension ShowBalance.Balance {
    /// The billing centre's balances: type 1 is the cash, type 2 the credit that is left of `credit_amount`.
    func accountBalances(of account: AccountID) -> JSONValue {
        func entry(_ type: Int, _ amount: Amount, credit: Amount) -> JSONValue {
            .fields(
                ("account_id", .text("\(account)-\(type)")), ("account_type", .whole(type)),
                ("amount", .decimal(amount)), ("currency", .text(currency)),
                ("designated_amount", .decimal(Amount.zero)),
                ("credit_amount", .decimal(credit)), ("measure_id", .currencyUnit))
        }
        let creditLeft = wallet.creditLimit - wallet.creditDrawn
        return .fields(
            (
                "account_balances",
                .array([entry(1, wallet.cash, credit: .zero), entry(2, creditLeft, credit: wallet.creditLimit)])
            ),
            ("debt_amount", .decimal(wallet.arrears)), ("measure_id", .currencyUnit), ("currency", .text(currency)))
    }
}

extension JSONValue {
    /// `measure_id` 1: amounts are in whole units of the currency.
    static var currencyUnit: JSONValue { .whole(1) }
}
