import Identity
public import Kernel
import Synchronization
public import Wire
import Workloads

/// Says to the gateway who may come in to a notebook, and where its server listens.
///
/// The notebook's token opens it, and so does a token of a user of its project who may write there.
public final class NotebookResolver: RouteResolver {
    private let ports: Ports
    private let authenticate: Authenticate
    private let activities: RouteActivities
    /// Notebooks that were open a moment ago, so that the next request need not ask the store.
    private let open = Mutex<[String: Open]>([:])

    private struct Open {
        let token: String
        let forward: Forward
        let until: Instant
    }

    /// Milliseconds for which an open notebook is taken to be still open; one that is not answers nothing.
    private static let memory: Int64 = 1_000
    /// Notebooks that are remembered.
    private static let capacity = 10_000
    /// Seconds that a browser keeps the cookie.
    private static let cookieSeconds: Int64 = 7 * 86_400

    public init(_ ports: Ports, activities: RouteActivities) {
        self.ports = ports
        self.activities = activities
        authenticate = Authenticate(ports)
    }

    public func known(_ request: RouteRequest) -> RouteDecision? {
        guard let credential = request.credential else { return nil }
        let subject = request.subject
        guard let open = open.withLock({ $0[subject] }), ports.hostClock.now() < open.until,
            ConstantTime.equal(Array(credential.token.utf8), Array(open.token.utf8))
        else { return nil }
        return .forward(open.forward)
    }

    public func decide(_ request: RouteRequest) async -> RouteDecision {
        do {
            return try await decision(request)
        } catch let fault as Fault {
            return .refuse(fault, retryAfterSeconds: fault.code == .unavailable ? 1 : nil)
        } catch {
            ports.journal.note(.error, "A notebook could not be looked up.", ["error": "\(error)"])
            return .refuse(Fault(.internalFault, FaultCode.internalFault.sentence))
        }
    }

    /// What an open page asks by itself every few seconds is no sign of life: only what changes something is, a page
    /// that is opened, and a file that is fetched.
    public func isActivity(_ head: RequestHead) -> Bool {
        guard head.isMethod("GET") || head.isMethod("HEAD") else { return true }
        let isPage = head.fields.first(.accept)?.contains("text/html") == true
        return isPage || head.asksUpgrade || head.path.contains("/files/")
    }

    private func decision(_ request: RouteRequest) async throws -> RouteDecision {
        let subject = request.subject
        let notebook = try await ports.store.read { try $0.notebook(NotebookID(subject)) }
        try await admit(request, to: notebook)
        guard let notebook, notebook.machine.step != .deleted else {
            throw Fault(.notFound, "There is no notebook \(subject).", field: "id")
        }
        guard notebook.isRunning else { throw Self.closed(notebook) }
        var forward = Forward(to: .socket(path: ports.notebooks.servers.socketPath(of: notebook.attempt)))
        forward.activity = activities.activity(of: subject)
        forward.keepSeconds = 5
        forward.cookie = RouteCookie(
            value: notebook.token, path: NotebookContract.basePath(of: notebook.id.text), seconds: Self.cookieSeconds)
        remember(
            Open(
                token: notebook.token, forward: forward,
                until: ports.hostClock.now().advanced(milliseconds: Self.memory)), as: subject)
        return .forward(forward)
    }

    /// Refuses whoever may not come in. Who shows nothing that is right does not learn which notebooks there are.
    private func admit(_ request: RouteRequest, to notebook: Notebook?) async throws {
        if let credential = request.credential {
            let token = Array(credential.token.utf8)
            if let notebook, ConstantTime.equal(token, Array(notebook.token.utf8)) { return }
            throw Self.stranger
        }
        if let token = request.header("x-auth-token") {
            let caller = try await authenticate.bearer(token, requestID: "")
            guard let notebook,
                caller.may(.write, in: Scope(account: notebook.account, project: notebook.project))
            else { throw Self.stranger }
            return
        }
        throw Fault(
            .unauthenticated,
            "Open a notebook by the address that atelier notebook open prints, or send its token "
                + "(?token=, or Authorization: token …), or the X-Auth-Token of a user of its project.")
    }

    private static let stranger = Fault(.forbidden, "This does not open that notebook.")

    private static func closed(_ notebook: Notebook) -> Fault {
        let status = notebook.machine.status
        let reason = notebook.machine.reason.isEmpty ? "" : " (\(notebook.machine.reason))"
        switch status {
        case .initial, .creating, .starting, .snapshotting:
            return Fault(
                .unavailable, "The notebook \(notebook.definition.name) is \(status.rawValue); try again soon.")
        default:
            return Fault(
                .conflict,
                "The notebook \(notebook.definition.name) is \(status.rawValue)\(reason); start it, then open it.")
        }
    }

    private func remember(_ notebook: Open, as subject: String) {
        open.withLock { open in
            if open.count >= Self.capacity { open.removeAll() }
            open[subject] = notebook
        }
    }
}

extension RouteActivities: NotebookInput {
    public func lastInput(to notebook: NotebookID) -> Instant? { known(notebook.text)?.lastActivity }
}
