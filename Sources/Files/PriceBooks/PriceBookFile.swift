public import Kernel
import Money
public import Pricing
import Yams

/// Reads one price book from YAML; `docs/price-book.md` describes every key.
///
/// Every fault's field is `file:line: path`, such as `default.yaml:14: prices[3].per_hour`.
public enum PriceBookFile {
    /// Reads the book at a path, or throws everything that is wrong with it.
    public static func read(path: String) throws(Faults) -> PriceBook {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
        let text: YAMLText
        do {
            text = try YAMLText(path: path, file: name, limit: Limits.priceBookFileBytes)
        } catch {
            throw Faults([error])
        }
        return try read(text)
    }

    /// Reads a book from its text; `file` is the name that faults give.
    public static func read(text: String, file: String) throws(Faults) -> PriceBook {
        guard text.utf8.count <= Limits.priceBookFileBytes else {
            throw Faults([
                Fault(.quotaExceeded, "has more than \(Limits.priceBookFileBytes) bytes; divide it", field: file)
            ])
        }
        return try read(YAMLText(file: file, text: text))
    }

    private static func read(_ text: YAMLText) throws(Faults) -> PriceBook {
        let root: Node?
        do {
            root = try text.root()
        } catch {
            throw Faults([error])
        }
        guard let root else {
            throw Faults([Fault(.missingParameter, "is empty; docs/price-book.md has an example", field: text.file)])
        }
        return try PriceBookReader(reading: YAMLReading(file: text.file)).book(root)
    }
}
