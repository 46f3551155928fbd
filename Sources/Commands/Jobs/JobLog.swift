import ArgumentParser
import AsyncHTTPClient
import Kernel
import NIOCore
import NIOHTTP1
import Wire

/// A log of a job or of an instance, piece by piece.
struct LogReading {
    let server: ServerClient
    /// Where the server gives it.
    let path: String
    let query: [(String, String?)]

    init(server: ServerClient, job: String) {
        self.server = server
        path = "/atelier/v1/projects/\(server.project)/training-jobs/\(ServerClient.encoded(job))/log"
        query = [("task", "worker-0")]
    }

    /// - Parameter instance: the newest one where it is nil.
    init(server: ServerClient, service: String, instance: String?) {
        self.server = server
        path = "/atelier/v1/projects/\(server.project)/services/\(ServerClient.encoded(service))/log"
        query = [("instance", instance)]
    }

    /// One answer: bytes, the offset behind them, and whether more can come.
    struct Piece {
        let bytes: [UInt8]
        let next: Int64
        let dropped: Int64
        let isFinal: Bool
    }

    /// Writes out what is kept, or about so many bytes from its end.
    func write(tail: Int64?) async throws {
        var offset = tail.map { -$0 } ?? 0
        while true {
            let piece = try await piece(from: offset)
            if offset == 0, piece.dropped > 0 {
                Terminal.error("The first \(piece.dropped) bytes are not kept: the log had its full size.")
            }
            Terminal.bytes(piece.bytes)
            if piece.bytes.isEmpty { return }
            offset = piece.next
        }
    }

    func piece(from offset: Int64) async throws -> Piece {
        let answer = try await server.stream(path, query + [("offset", String(offset))])
        func number(_ name: String) -> Int64 { answer.headers.first(name: name).flatMap { Int64($0) } ?? 0 }
        let bytes = Array(try await answer.body.collect(upTo: Limits.answerBytes).readableBytesView)
        return Piece(
            bytes: bytes, next: number("X-Log-Offset") + Int64(bytes.count), dropped: number("X-Log-Dropped"),
            isFinal: answer.headers.first(name: "X-Log-Final") == "true")
    }
}

struct JobLog: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Print what a job has written, from the first byte that is kept.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The job's id.") var id: String
    @Option(help: "Only about so many bytes from the end.") var tail: Int64?

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await LogReading(server: server, job: id).write(tail: tail)
    }
}

struct JobEvents: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "events", abstract: "Show what happened to a job.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The job's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(Job.path(server, id) + "/events", [("limit", "50")])
        output.show(
            answer["events"]?.array ?? [], whole: answer,
            columns: [
                Output.Column("time", "time"), Output.Column("level", "level"), Output.Column("message", "message"),
            ],
            empty: "Nothing has happened yet.")
    }
}
