import API
import Files
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Kernel
import Logging
import Money
import Platform
import Pricing
import Secrets
import Store
import Synchronization
import Wire
import Workloads

/// The API over a real database and real buckets in a folder of one test; only executors and clocks are played.
final class TestServer: Sendable {
    let ports: Ports
    let api: AtelierAPI
    let clock: TestClock
    /// The operator's account, and a customer's.
    let operatorAccount: OpenAccount.Opened
    let customer: OpenAccount.Opened
    private let folder: String

    init() async throws {
        folder = NSTemporaryDirectory() + "api-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: folder + "/buckets", withIntermediateDirectories: true)
        clock = TestClock(Instant(milliseconds: 1_900_000_000_000))
        let secrets = QuickSecrets(SystemSecrets(clock: clock))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()
        let engine = Engine(
            id: "python-3.11", name: "python", version: "3.11", python: "/usr/bin/python3", folders: [],
            summary: "Plain")
        ports = Ports(
            store: try await SQLiteStore(path: folder + "/atelier.sqlite"), clock: clock, hostClock: clock,
            identifiers: secrets.identifiers, secrets: secrets, executor: IdleExecutor(),
            buckets: try BucketFolder(path: folder + "/buckets"), folders: NoFolders(),
            catalogue: Catalogue(books: try PriceBookFolder.read(path: root + "PriceBooks"), engines: [engine]),
            settings: Settings(), journal: SilentJournal())
        let ports = self.ports
        let routes = ServiceRoutes(clock: clock, hostClock: clock)
        api = AtelierAPI(
            ports, supervisor: TrainingJobSupervisor(ports), volumes: VolumeSupervisor(ports),
            notebooks: NotebookSupervisor(ports, volumes: VolumeSupervisor(ports)),
            publisher: ModelPublisher(ports), services: ServiceSupervisor(ports, routes: routes), routes: routes,
            moveClock: MoveClock(ports, clock: clock),
            replacePriceBooks: ReplacePriceBooks(ports) { ports.catalogue.books }, metrics: { "requests 1\n" },
            version: "1.2.3")
        operatorAccount = try await OpenAccount(ports)(
            OpenAccount.Input(name: "house", userName: "keeper", password: "a-good-password", role: .operator))
        customer = try await OpenAccount(ports)(
            OpenAccount.Input(name: "customer", userName: "mira", password: "another-password"))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs a test against the routes, without a socket.
    func test<Value>(_ body: @Sendable (any TestClientProtocol) async throws -> Value) async throws -> Value {
        try await api.application(host: "127.0.0.1", port: 0, logger: Logger(label: "test")).test(.router, body)
    }

    /// Headers that sign a request as the official SDKs do.
    func signed(
        _ method: HTTPRequest.Method, _ target: String, body: [UInt8] = [], by account: OpenAccount.Opened? = nil,
        secret: String? = nil, more: [(name: String, value: String)] = [], at date: Second? = nil,
        isStreamed: Bool = false
    ) throws -> HTTPFields {
        let key = (account ?? customer).key
        let headers = [(name: "Host", value: "localhost")] + more
        let request = SignedRequest(
            method: method.rawValue, target: target, headers: headers, payload: isStreamed ? .streamed : .bytes(body))
        let added = try RequestSignature.sign(
            request, access: key.access, secret: secret ?? key.secret, date: date ?? clock.now().second,
            digests: ports.secrets.digests)
        var fields = HTTPFields()
        for header in more + added {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields[name] = header.value
        }
        return fields
    }

    /// Sends a signed request with a JSON body and gives the answer.
    func send(
        _ client: any TestClientProtocol, _ method: HTTPRequest.Method, _ target: String, _ body: JSONValue? = nil,
        by account: OpenAccount.Opened? = nil, more: [(name: String, value: String)] = []
    ) async throws -> TestResponse {
        let bytes = body?.bytes() ?? []
        return try await client.execute(
            uri: target, method: method, headers: try signed(method, target, body: bytes, by: account, more: more),
            body: bytes.isEmpty ? nil : ByteBuffer(bytes: bytes))
    }

    /// Puts money into the customer's account.
    func topUp(_ amount: String) async throws {
        let caller = Caller(operatorAccount.user, requestID: "test")
        guard let amount = Amount(amount) else { throw Fault(.invalidParameter, amount) }
        _ = try await TopUpAccount(ports)(amount, to: customer.account.id, key: nil, caller: caller)
    }
}

extension TestResponse {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue(parsing: Array(body.readableBytesView)) }
    }

    var text: String { String(buffer: body) }

    /// The wire code of an error.
    var code: String? { get throws { try json["error_code"]?.string } }

    /// The fields that an error names.
    var faultFields: [String] {
        get throws { try json["faults"]?.array?.compactMap { $0["field"]?.string } ?? [] }
    }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// A clock that a test moves.
final class TestClock: MovableClock {
    private let time: Mutex<Instant>

    init(_ start: Instant) { time = Mutex(start) }

    func now() -> Instant { time.withLock { $0 } }
    func move(to instant: Instant) throws(Fault) { time.withLock { $0 = instant } }
}

/// Real keys, tokens and signatures; passwords are hashed fast, since a test makes many accounts.
private struct QuickSecrets: SecretKeeper {
    private let system: SystemSecrets

    init(_ system: SystemSecrets) { self.system = system }

    var digests: any Digests { system.digests }
    var identifiers: any IdentifierSource { system.identifiers }
    func hashPassword(_ password: String) async throws(Fault) -> String { "quick:\(password)" }
    func verify(password: String, hash: String) async throws(Fault) -> Bool { hash == "quick:\(password)" }
    func makeAccessKey() -> (access: String, secret: String) { system.makeAccessKey() }
    func makeToken() -> (text: String, digest: String) { system.makeToken() }
    func digest(ofToken text: String) -> String { system.digest(ofToken: text) }
}

/// A pool of four cores on which nothing ever starts.
private struct IdleExecutor: Executor {
    func capacity() async throws -> ExecutorCapacity {
        ExecutorCapacity(cpuMillicores: 4_000, memoryBytes: 8 << 30, accelerators: [])
    }
    func submit(_ spec: AttemptSpec) async throws {}
    func stop(_ attempt: AttemptID) async throws {}
    func renewLease(_ attempt: AttemptID, until: Instant) async throws {}
    func evidence(_ attempt: AttemptID, after: Int64) async throws -> AttemptEvidence {
        AttemptEvidence(records: [], shim: .absent)
    }
    func hints() -> AsyncStream<AttemptID> { AsyncStream { $0.finish() } }
    func log(_ attempt: AttemptID, from offset: Int64, limit: Int) async throws -> LogPiece {
        let whole = Array("line one\nline two\n".utf8)
        let start = min(max(0, Int(clamping: offset)), whole.count)
        return LogPiece(
            bytes: Array(whole[start...].prefix(limit)), offset: Int64(start), writtenBytes: Int64(whole.count),
            droppedBytes: 0)
    }
    func release(_ attempt: AttemptID) async throws {}
}

private struct NoFolders: RunFolders {
    func make(_ name: String, of attempt: AttemptID) async throws -> String { "/nowhere" }
    func path(_ name: String, of attempt: AttemptID) -> String { "/nowhere" }
    func remove(_ attempt: AttemptID) async throws {}
}

private struct SilentJournal: Journal {
    func note(_ level: FaultCode.Level, _ message: StaticString, _ details: [String: String]) {}
}
