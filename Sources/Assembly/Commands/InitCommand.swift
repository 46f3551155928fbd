import ArgumentParser
import Kernel
import Logging
import Money

/// `atelier init`: makes a data folder.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a data folder with a first account, its operator and its price books.")

    @OptionGroup var options: ServerOptions

    @Option(help: "A folder of price books to start with (default: the documented ModelArts example prices).")
    var priceBooks: String?

    @Option(help: "The first account's name.")
    var account = "local"

    @Option(help: "The operator's user name.")
    var user = "admin"

    @Option(help: "The price book the account is billed by.")
    var book = "default"

    @Option(help: "What the account may owe.")
    var creditLimit = "0"

    func run() async throws {
        try await ServerProcess(options).run { logger in
            guard let limit = Amount(creditLimit) else {
                throw ValidationError("--credit-limit takes a decimal with at most 8 decimals, not \(creditLimit).")
            }
            let credentials = try await NewInstallation(
                options: options, priceBooks: priceBooks, account: account, user: user, book: book, creditLimit: limit
            ).make(logger: logger)
            logger.info(
                "The installation is ready.",
                metadata: ["data": "\(options.folder.root)", "account": "\(credentials.domainID)"])
        }
    }
}
