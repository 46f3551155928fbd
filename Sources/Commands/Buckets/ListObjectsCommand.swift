import ArgumentParser
import Kernel
import NIOHTTP1
import Wire

struct ListObjectsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the objects whose keys begin with a text, or your buckets.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "obs://bucket/prefix; without it, buckets are listed.") var url: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        guard let url else {
            let answer = try await server.get("/atelier/v1/buckets")
            output.show(
                answer["items"]?.array ?? [], whole: answer, columns: [Output.Column("bucket", "name")],
                empty: "There are no buckets.")
            return
        }
        let objects = try await ObjectURL.required(url).objects(server)
        output.show(
            objects, whole: .array(objects),
            columns: [
                Output.Column("key", "key"), Output.Column("bytes", "bytes", isNumber: true),
                Output.Column("modified", "modified_at"),
            ], empty: "There is nothing at \(url).")
    }
}

struct RemoveObjectsCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove objects from a bucket.")

    @OptionGroup var client: ClientOptions
    @Flag(name: [.short, .long], help: "Remove everything whose key begins with the text.") var recursive = false
    @Argument(help: "obs://bucket/key") var url: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let place = try ObjectURL.required(url)
        guard recursive else {
            _ = try await server.send(.DELETE, place.path())
            return Terminal.line(url)
        }
        for object in try await place.objects(server) {
            guard let key = object["key"]?.string else { continue }
            let path = try ObjectURL.required("obs://\(place.bucket)/\(key)").path()
            _ = try await server.send(.DELETE, path)
            Terminal.line("obs://\(place.bucket)/\(key)")
        }
    }
}
