public import ArgumentParser
import Commands
import Glibc
import Secrets

/// `atelier`: the server's verbs and the client's.
public struct AtelierCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "atelier", abstract: "A self-hosted AI development platform with a meter on every bench.",
        discussion: "Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 refused (not allowed, no money, no quota).",
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(name: "Server", subcommands: [InitCommand.self, ServeCommand.self, UpCommand.self]),
            CommandGroup(name: "Pricing", subcommands: [RateCommand.self, SimulateCommand.self, ReplayCommand.self]),
            CommandGroup(name: "Books", subcommands: [VerifyCommand.self, ExportCommand.self]),
        ] + ClientCommands.groups)

    public init() {}

    /// Runs what the command line asks for, and ends the process.
    public static func start() async -> Never {
        await CommandEnvironment.$digests.withValue(SwiftCryptoDigests()) {
            do {
                var command = try parseAsRoot()
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                Glibc.exit(0)
            } catch {
                tell(error)
            }
        }
        Glibc.exit(0)
    }

    /// Help goes to standard output, complaints to standard error; wrong usage is 2 here.
    private static func tell(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if !message.isEmpty {
            let bytes = Array((message + "\n").utf8)
            _ = write(code == .success ? STDOUT_FILENO : STDERR_FILENO, bytes, bytes.count)
        }
        Glibc.exit(code == .validationFailure ? 2 : code.rawValue)
    }
}
