import ArgumentParser
import Money

/// `atelier up`: init if needed, then serve.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Make the data folder if there is none, then run the server on it.")

    @OptionGroup var options: ServerOptions

    @Option(help: "A folder of price books for a new data folder.")
    var priceBooks: String?

    func run() async throws {
        let process = ServerProcess(options)
        try await process.run { logger in
            if !options.folder.isInitialised {
                _ = try await NewInstallation(
                    options: options, priceBooks: priceBooks, account: "local", user: "admin", book: "default",
                    creditLimit: .zero
                ).make(logger: logger)
            }
            try await Server(options: options, logger: logger, metrics: process.metrics).run()
        }
    }
}
