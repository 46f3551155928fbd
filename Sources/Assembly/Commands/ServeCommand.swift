import ArgumentParser

/// `atelier serve`: runs the server on a data folder.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server on a data folder until Ctrl-C; running jobs outlive it.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let process = ServerProcess(options)
        try await process.run { logger in
            try await Server(options: options, logger: logger, metrics: process.metrics).run()
        }
    }
}
