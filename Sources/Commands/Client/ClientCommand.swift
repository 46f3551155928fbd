import ArgumentParser
import Kernel

/// A verb that talks to a server: one request or a few, one view.
protocol ClientCommand: AsyncParsableCommand {
    var client: ClientOptions { get }
    func run(_ server: ServerClient, _ output: Output) async throws
}

extension ClientCommand {
    /// Runs the verb; what goes wrong is told on standard error: 1 it failed, 3 it was refused.
    func run() async throws {
        try await LocalVerb.run {
            do {
                try await run(ServerClient(client), Output(client.output))
            } catch let refusal as ServerRefusal {
                for line in refusal.lines { Terminal.error("atelier: " + line) }
                throw ExitCode(refusal.isRefusal ? 3 : 1)
            }
        }
    }
}
