import Kernel
import Wire

/// What is asked of a simulated clock: `{"to":"2026-03-01T08:00:00Z"}`.
struct ClockWish: Sendable {
    let instant: Instant

    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        let text = fields.requiredString("to", characters: 1...40)
        let second = Second(iso8601: text)
        if !text.isEmpty, second == nil {
            fields.refuse("to", "\(text) is no moment; write it as 2026-03-01T08:00:00Z.")
        }
        try fields.check()
        instant = Instant(second ?? Second(0))
    }
}
