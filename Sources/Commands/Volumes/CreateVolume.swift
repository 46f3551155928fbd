import ArgumentParser
import NIOHTTP1
import Wire

struct CreateVolume: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a volume; its id is printed when it is there.",
        discussion: "atelier volume create --name data --size 10 --type SSD")

    @OptionGroup var client: ClientOptions
    @Option(help: "What people call it.") var name = ""
    @Option(help: "GB, 10 to 32768.") var size: Int64
    @Option(help: "What it is sold as: SATA, SAS, GPSSD, SSD or ESSD.") var type = "SSD"
    @Option(help: "A few words.") var description: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let zones = try await server.get("/v2/\(server.project)/os-availability-zone")
        let zone = Output.text(zones["availabilityZoneInfo"]?.array?.first ?? .null, at: "zoneName")
        var volume: JSONObject = [
            "name": .string(name), "size": JSONValue(size), "volume_type": .string(type),
            "availability_zone": .string(zone),
        ]
        if let description { volume["description"] = .string(description) }
        let answer = try await server.send(
            .POST, "/v2.1/\(server.project)/cloudvolumes", ["volume": .object(volume)])
        try await VolumeView.wait(for: answer, server)
        let id = answer["volume_ids"]?.array?.first?.string ?? ""
        if output.format == .table { return Terminal.line(id) }
        output.show(try await ShowVolume.record(of: id, server), fields: VolumeView.fields)
    }
}
