import Kernel
import Money
import Wire

extension JSONValue {
    /// An object of the members that have a value, in this order.
    static func fields(_ members: (String, JSONValue?)...) -> JSONValue {
        .object(JSONObject(members.compactMap { name, value in value.map { (name: name, value: $0) } }))
    }

    /// A text.
    static func text(_ text: some CustomStringConvertible) -> JSONValue { .string(text.description) }

    /// A whole number.
    static func whole(_ number: some BinaryInteger) -> JSONValue { .number(String(number)) }

    /// An amount as a JSON number with every decimal it has, as the billing centre writes it; never by way of a
    /// binary fraction.
    static func decimal(_ amount: Amount) -> JSONValue { .number(amount.description) }

    /// A moment as the ModelArts family writes it, milliseconds since 1970.
    static func milliseconds(_ instant: Instant) -> JSONValue { .whole(instant.milliseconds) }

    /// A moment as Atelier's own routes write it, ISO 8601 in UTC.
    static func time(_ instant: Instant) -> JSONValue { .text(instant.second) }
}
