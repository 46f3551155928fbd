public import ArgumentParser

/// `atelier`: the server's verbs and the client's.
public struct AtelierCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "atelier", abstract: "A self-hosted AI development platform with a meter on every bench.",
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(name: "Server", subcommands: [InitCommand.self, ServeCommand.self, UpCommand.self]),
        ])

    public init() {}
}
