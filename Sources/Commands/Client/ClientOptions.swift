import ArgumentParser
import Glibc

/// Which server a verb talks to, and how it shows the answer.
struct ClientOptions: ParsableArguments {
    @Option(help: "The data folder with credentials.json (default: $ATELIER_DATA, then ~/.atelier).")
    var data: String?

    @Option(help: "The server's address (default: $ATELIER_ENDPOINT, then the one in the credentials).")
    var endpoint: String?

    @Option(help: "table, json, yaml or csv.")
    var output = OutputFormat.table

    /// The folder that holds the credentials.
    var folder: String {
        let path = data ?? Self.variable("ATELIER_DATA") ?? "~/.atelier"
        guard path.hasPrefix("~/"), let home = Self.variable("HOME") else { return path }
        return home + path.dropFirst()
    }

    /// The address that stands above the credentials' own.
    var chosenEndpoint: String? { endpoint ?? Self.variable("ATELIER_ENDPOINT") }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

/// How an answer is shown.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case table, json, yaml, csv }
