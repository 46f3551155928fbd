import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier bucket …`
struct BucketCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bucket", abstract: "Places for code and data.",
        subcommands: [CreateBucket.self, ListBuckets.self, DeleteBucket.self])
}

struct CreateBucket: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a bucket.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "3 to 63 lower-case letters, digits, hyphens, dots.") var name: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        _ = try await server.send(.PUT, "/atelier/v1/buckets/\(ServerClient.encoded(name))")
        Terminal.line(name)
    }
}

struct ListBuckets: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List your buckets.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get("/atelier/v1/buckets")
        output.show(
            answer["items"]?.array ?? [], whole: answer,
            columns: [Output.Column("name", "name"), Output.Column("created", "created_at")],
            empty: "There are no buckets; atelier bucket create makes one.")
    }
}

struct DeleteBucket: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete an empty bucket.")

    @OptionGroup var client: ClientOptions
    @Argument var name: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        _ = try await server.send(.DELETE, "/atelier/v1/buckets/\(ServerClient.encoded(name))")
        Terminal.line(name)
    }
}
