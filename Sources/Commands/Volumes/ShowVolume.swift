import ArgumentParser
import Wire

struct ShowVolume: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a volume, how full it is, and what it has cost.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The volume's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await Self.record(of: id, server), fields: VolumeView.fields)
    }

    /// The volume with its use and its fee.
    static func record(of id: String, _ server: ServerClient) async throws -> JSONValue {
        let answer = try await server.get(VolumeView.path(server, id))
        guard var volume = answer["volume"]?.object else { return answer }
        let place = "/atelier/v1/projects/\(server.project)/volumes/\(ServerClient.encoded(id))/usage"
        for (name, value) in try await server.get(place).object?.members ?? [] where name != "id" {
            volume[name] = value
        }
        let usage = try await server.get("/atelier/v1/usage", [("resource", id)])
        let fees = (usage["items"]?.array ?? []).map { Output.text($0, at: "fee") }
        if !fees.isEmpty {
            volume["fee"] = .string(fees.joined(separator: " + ") + " " + Output.text(usage, at: "currency"))
        }
        return .object(volume)
    }
}

struct ListVolumes: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List volumes, the newest first.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Only volumes in this status, such as available.") var status: String?
    @Option(help: "Only volumes whose name holds this text.") var name: String?
    @Option(help: "How many.") var limit = 100
    @Option(help: "How many to skip.") var offset = 0

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(
            VolumeView.path(server) + "/detail",
            [("status", status), ("name", name), ("limit", String(limit)), ("offset", String(offset))])
        output.show(
            answer["volumes"]?.array ?? [], whole: answer, columns: VolumeView.columns,
            empty: "There are no such volumes; atelier volume create makes one.")
    }
}
