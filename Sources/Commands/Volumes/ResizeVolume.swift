import ArgumentParser
import NIOHTTP1
import Wire

struct ResizeVolume: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize", abstract: "Give a volume more room, also while it is in use; it never becomes smaller.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The volume's id.") var id: String
    @Option(help: "GB that it is to have.") var size: Int64

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.send(
            .POST, "/v2.1/\(server.project)/cloudvolumes/\(ServerClient.encoded(id))/action",
            ["os-extend": ["new_size": JSONValue(size)]])
        try await VolumeView.wait(for: answer, server)
        output.show(try await ShowVolume.record(of: id, server), fields: VolumeView.fields)
    }
}

struct DeleteVolume: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete volumes with their data; their bills stay.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The volumes' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        for id in ids {
            let answer = try await server.send(.DELETE, VolumeView.path(server, id))
            try await VolumeView.wait(for: answer, server)
            Terminal.line(id)
        }
    }
}
