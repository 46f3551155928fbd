import Identity
import Kernel
import Money
import Platform
import Wire

extension OpenAccount.Input {
    /// Reads `{name, user_name, password, role?, book?, credit_limit?}`.
    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        let name = fields.requiredString("name")
        let userName = fields.requiredString("user_name")
        let password = fields.requiredString("password")
        var role = Role.administrator
        if let text = fields.string("role") {
            let known = Role(rawValue: text)
            if known == nil {
                let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
                fields.refuse("role", "There is no role \(text.prefix(64)); there are \(roles).")
            }
            role = known ?? role
        }
        let creditLimit = fields.value("credit_limit") == nil ? Amount.zero : fields.amount("credit_limit")
        let book = fields.string("book") ?? "default"
        try fields.check()
        self.init(
            name: name, userName: userName, password: password, role: role, book: book, creditLimit: creditLimit)
    }
}

/// What is asked of a top-up: `{"amount":"12.50"}`.
struct TopUpWish: Sendable {
    let amount: Amount

    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        amount = fields.amount("amount")
        try fields.check()
    }
}

extension JSONFields {
    /// An amount as a plain decimal in quotes; a JSON number may have gone through a binary fraction on its way here.
    func amount(_ key: String) -> Amount {
        switch value(key) {
        case .string(let text):
            if let amount = Amount(text) { return amount }
            refuse(key, "\(text.prefix(40)) is no amount; write a plain decimal with at most 8 decimals.")
        case nil:
            refuse(key, "This field is needed.", code: .missingParameter)
        default:
            refuse(key, "An amount is a plain decimal in quotes, such as \"12.50\".")
        }
        return .zero
    }
}
