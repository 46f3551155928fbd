import Kernel
import Wire

/// Shows answers in the form that was asked for.
struct Output: Sendable {
    let format: OutputFormat

    init(_ format: OutputFormat) { self.format = format }

    /// What a column shows of an item.
    struct Column: Sendable {
        let title: String
        let isNumber: Bool
        let text: @Sendable (JSONValue) -> String

        /// A column that shows a field by its path, `status.phase`.
        init(_ title: String, _ path: String, isNumber: Bool = false) {
            self.init(title, isNumber: isNumber) { Output.text($0, at: path) }
        }

        init(_ title: String, isNumber: Bool = false, _ text: @escaping @Sendable (JSONValue) -> String) {
            self.title = title
            self.isNumber = isNumber
            self.text = text
        }
    }

    /// Shows a list; `whole` is what JSON and YAML show.
    func show(_ items: [JSONValue], whole: JSONValue, columns: [Column], empty: String) {
        switch format {
        case .json: Terminal.line(whole.text(.pretty))
        case .yaml: Terminal.text(whole.yaml)
        case .csv:
            var writer = CSVWriter()
            writer.write(columns.map(\.title))
            for item in items { writer.write(columns.map { $0.text(item) }) }
            Terminal.text(writer.text)
        case .table:
            guard !items.isEmpty else { return Terminal.error(empty) }
            let table = Table(
                header: columns.map { $0.title.uppercased() },
                rows: items.map { item in columns.map { $0.text(item) } },
                isNumber: columns.map(\.isNumber), isWhole: columns.map { ["id", "line"].contains($0.title) })
            Terminal.line(table.text)
        }
    }

    /// Shows one thing, a line a field.
    func show(_ record: JSONValue, fields: [Column]) {
        switch format {
        case .json: Terminal.line(record.text(.pretty))
        case .yaml: Terminal.text(record.yaml)
        case .csv:
            var writer = CSVWriter()
            writer.write(fields.map(\.title))
            writer.write(fields.map { $0.text(record) })
            Terminal.text(writer.text)
        case .table:
            let width = fields.map(\.title.count).max() ?? 0
            for field in fields {
                let value = field.text(record)
                guard !value.isEmpty else { continue }
                Terminal.line(field.title + String(repeating: " ", count: width - field.title.count + 2) + value)
            }
        }
    }

    /// A value by its path as people read it; empty where it is not there.
    static func text(_ value: JSONValue, at path: String) -> String {
        let found = path.split(separator: ".").reduce(Optional(value)) { $0?[String($1)] }
        switch found {
        case .string(let text)?, .number(let text)?: return text
        case .bool(let isTrue)?: return isTrue ? "yes" : "no"
        case .null?, nil: return ""
        case .array?, .object?: return found?.text() ?? ""
        }
    }

    /// Milliseconds since 1970 as a time.
    static func time(_ value: JSONValue, at path: String) -> String {
        guard let milliseconds = Int64(text(value, at: path)), milliseconds > 0 else { return "" }
        return Instant(milliseconds: milliseconds).second.description
    }

    /// Seconds as `2 h 03 min 04 s`.
    static func duration(_ seconds: Int64) -> String {
        let (hours, minutes, rest) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60)
        if hours > 0 { return "\(hours) h \(minutes) min \(rest) s" }
        return minutes > 0 ? "\(minutes) min \(rest) s" : "\(rest) s"
    }
}
