import ArgumentParser
import Commands
import Kernel
import Platform
import Secrets

/// `atelier verify`: recomputes the books of a data folder.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute the journal's chain, every balance and every bill.",
        discussion: """
            Names the first thing that does not fit and ends with 1. The root it shows stands for the whole journal:
            note it elsewhere, and nobody can change what came before it unseen. A running server is not disturbed.
            """)

    @OptionGroup var options: BooksOptions

    func run() async throws {
        try await LocalVerb.run {
            let books = try await OpenBooks(options)
            let report = try await VerifyBooks(
                store: books.store, catalogue: books.catalogue, settings: Settings(), digests: SwiftCryptoDigests()
            )()
            Terminal.line("postings  \(report.postings)")
            Terminal.line("lines     \(report.lines)")
            Terminal.line("stretches \(report.stretches)")
            if report.waiting > 0 {
                Terminal.line("waiting   \(report.waiting), told of after their hours; the next close bills them")
            }
            Terminal.line("root      \(report.root)")
            if let misfit = report.misfit {
                Terminal.error("atelier: \(misfit)")
                throw ExitCode(1)
            }
            Terminal.line("verified: the chain, all balances and all bills fit")
        }
    }
}
