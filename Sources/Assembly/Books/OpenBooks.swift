import ArgumentParser
import Files
import Glibc
import Kernel
import Platform
import Pricing
import Store

/// Which data folder a verb reads that needs no server.
struct BooksOptions: ParsableArguments {
    @Option(help: "The data folder (default: $ATELIER_DATA, then ~/.atelier).")
    var data: String?

    var folder: DataFolder { DataFolder(data ?? environment("ATELIER_DATA") ?? "~/.atelier") }
}

/// The books of a data folder, opened for reading; a server may go on writing them.
struct OpenBooks {
    let folder: DataFolder
    let store: SQLiteStore
    let catalogue: Catalogue

    init(_ options: BooksOptions) async throws {
        folder = options.folder
        guard folder.isInitialised else {
            throw Fault(.notFound, "There is no installation in \(folder.root); make one with atelier init.")
        }
        store = try await SQLiteStore(path: folder.database)
        catalogue = Catalogue(books: try PriceBookFolder.read(path: folder.priceBooks), engines: [])
    }
}
