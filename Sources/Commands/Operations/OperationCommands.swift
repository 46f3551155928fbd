import ArgumentParser
import Kernel
import NIOHTTP1
import Wire

/// `atelier key …`
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Access keys.", subcommands: [CreateKey.self])
}

struct CreateKey: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access key for a user; its secret is told once.")

    @OptionGroup var client: ClientOptions
    @Option(help: "The user's id.") var user: String
    @Option var description = ""

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.send(
            .POST, "/v3.0/OS-CREDENTIAL/credentials",
            ["credential": ["user_id": .string(user), "description": .string(description)]])
        output.show(
            answer["credential"] ?? .null,
            fields: [Output.Column("access key", "access"), Output.Column("secret key", "secret")])
    }
}

/// `atelier clock …`
struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "The server's time.", subcommands: [ShowClock.self, MoveClock.self])
}

private let clockFields = [Output.Column("now", "now"), Output.Column("simulated", "simulated")]

struct ShowClock: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the server's time.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.get("/atelier/v1/clock"), fields: clockFields)
    }
}

struct MoveClock: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a simulated clock forward (operator).")

    @OptionGroup var client: ClientOptions
    @Argument(help: "A time such as 2026-03-01T08:00:00+08:00.") var to: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.send(.POST, "/atelier/v1/clock", ["to": .string(to)]), fields: clockFields)
    }
}
