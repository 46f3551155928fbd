public import Kernel
public import Pricing

/// Reads a folder of price books.
public enum PriceBookFolder {
    /// Reads every `.yaml` and `.yml` of a folder, or throws everything that is wrong with any of them.
    ///
    /// A link is followed, for configuration is often mounted as links; a name that begins with a dot is passed over.
    public static func read(path: String) throws(Faults) -> PriceBooks {
        let names = try names(in: path)
        var faults = Faults()
        faults.require(
            !names.isEmpty, .missingParameter, "holds no price book; put one there, such as default.yaml", field: path)
        faults.require(
            names.count <= Limits.priceBooks, .quotaExceeded,
            "holds \(names.count) price books; at most \(Limits.priceBooks) can be kept", field: path)
        try faults.check()
        var books: [PriceBook] = []
        var files: [PriceBookID: String] = [:]
        for name in names {
            do {
                let book = try PriceBookFile.read(path: "\(path)/\(name)")
                if let first = files[book.id] {
                    faults.add(.duplicateName, "is called \(book.id), as \(first) is; rename one", field: "\(name): id")
                    continue
                }
                files[book.id] = name
                books.append(book)
            } catch {
                faults.append(error)
            }
        }
        try faults.check()
        return try PriceBooks(books)
    }

    private static func names(in path: String) throws(Faults) -> [String] {
        do {
            return try Descriptor.folder(path: path).entries().compactMap { entry in
                guard entry.kind != .folder, let name = entry.name, !name.hasPrefix("."),
                    name.hasSuffix(".yaml") || name.hasSuffix(".yml")
                else { return nil }
                return name
            }.sorted()
        } catch {
            let fault = (error as? SystemError)?.fault ?? error as? Fault
            throw Faults([
                Fault(
                    fault?.code ?? .internalFault, "The folder cannot be read. \(fault?.message ?? "\(error)")",
                    field: path)
            ])
        }
    }
}
