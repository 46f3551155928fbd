import ArgumentParser
import Wire

struct FollowJob: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Print a job's log as it comes, until the job ends; 1 if it failed.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The job's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let reading = LogReading(server: server, job: id)
        var offset: Int64 = 0
        var phase = ""
        while true {
            let job = try await server.get(Job.path(server, id))
            let piece = try await reading.piece(from: offset)
            if !piece.bytes.isEmpty {
                Terminal.clearProgress()
                Terminal.bytes(piece.bytes)
                offset = piece.next
            }
            if Job.phase(job) != phase {
                phase = Job.phase(job)
                Terminal.clearProgress()
                Terminal.error("· \(phase)")
            }
            if Job.isOver(job), piece.bytes.isEmpty {
                Terminal.clearProgress()
                if phase == "Completed" { return }
                throw ExitCode(1)
            }
            Terminal.progress(try await Self.progress(job, Job.usage(server, id)))
            try await Task.sleep(for: .milliseconds(400))
        }
    }

    private static func progress(_ job: JSONValue, _ usage: JSONValue) -> String {
        guard let item = usage["items"]?.array?.first else { return "· \(Job.phase(job)): nothing is charged yet" }
        let seconds = Int64(Output.text(item, at: "total_seconds")) ?? 0
        let fee = Output.text(item, at: "fee")
        return
            "· \(Job.phase(job)) for \(Output.duration(seconds)), \(fee) \(Output.text(usage, at: "currency")) so far"
    }
}
