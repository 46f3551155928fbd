public import Kernel

/// The books of an installation; an account names its own by id.
public struct PriceBooks: Hashable, Sendable {
    /// By id.
    public let all: [PriceBook]

    /// Takes books; throws where two have one id, or where there are too many.
    public init(_ books: [PriceBook]) throws(Faults) {
        let sorted = books.sorted { $0.id < $1.id }
        var faults = Faults()
        for (book, next) in zip(sorted, sorted.dropFirst()) where book.id == next.id {
            faults.add(.duplicateName, "two price books are called \(book.id); rename one", field: "id")
        }
        faults.require(
            books.count <= Limits.priceBooks, .quotaExceeded,
            "\(books.count) price books; at most \(Limits.priceBooks) can be kept")
        try faults.check()
        all = sorted
    }

    public subscript(id: PriceBookID) -> PriceBook? { all.first { $0.id == id } }

    /// What stands against putting these books in the place of older ones; a book cannot go while it may be billed by.
    public func faults(replacing old: PriceBooks, at now: Second) -> Faults {
        var faults = Faults()
        for book in old.all {
            guard let new = self[book.id] else {
                faults.add(.conflict, "is gone; accounts may be billed by it, so keep its file", field: book.id.text)
                continue
            }
            for fault in new.faults(replacing: book, at: now).all {
                faults.add(fault.code, fault.message, field: "\(book.id).\(fault.field ?? "")")
            }
        }
        return faults
    }
}
