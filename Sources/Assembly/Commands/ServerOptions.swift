public import ArgumentParser
import Glibc
import Kernel
import Logging

/// Where a server keeps its things, where it listens, by which clock it lives.
struct ServerOptions: ParsableArguments {
    @Option(help: "The data folder (default: $ATELIER_DATA, then ~/.atelier).")
    var data: String?

    @Option(help: "Address and port; port 0 takes a free one.")
    var listen = "127.0.0.1:8080"

    @Option(help: "real, or simulated: time stands still until POST /atelier/v1/clock moves it.")
    var clock = ClockKind.real

    @Option(help: "The folder of runtimes, one a folder with its runtime.yaml (default: DATA/runtimes).")
    var runtimes: String?

    @Option(help: "The folder of the runtimes' prepared environments (default: DATA/environments).")
    var environments: String?

    @Flag(help: "Let jobs reach the host's network; without it they have a loopback of their own.")
    var jobsShareNetwork = false

    @Flag(
        inversion: .prefixedNo,
        help: "Load and install the packages that a model's config.json names when it is published.")
    var modelPackages = true

    @Option(help: "debug, info, warning or error.")
    var logLevel = Logger.Level.info

    enum ClockKind: String, ExpressibleByArgument, CaseIterable { case real, simulated }

    var folder: DataFolder { DataFolder(data ?? environment("ATELIER_DATA") ?? "~/.atelier") }

    /// Host and port of `--listen`.
    func address() throws -> (host: String, port: Int) {
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]),
            colon > listen.startIndex
        else { throw ValidationError("--listen takes an address and a port such as 127.0.0.1:8080, not \(listen).") }
        return (String(listen[..<colon]), Int(port))
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// A variable of the process's environment; an empty one counts as absent.
func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}
