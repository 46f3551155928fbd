import ArgumentParser
import Commands
import Files
import Glibc
import Kernel
import Platform

/// `atelier export`: writes facts, bills and journal as CSV, for an auditor.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write facts, bill lines, the journal and the price books into a folder.",
        discussion: "Audit/audit.py recomputes every line from what is written; docs/audit.md describes the files.")

    @OptionGroup var options: BooksOptions

    @Option(help: ArgumentHelp("A folder, which is made.", valueName: "folder")) var out: String

    func run() async throws {
        try await LocalVerb.run {
            let books = try await OpenBooks(options)
            try await ExportBooks(books: books, out: out)()
        }
    }
}
