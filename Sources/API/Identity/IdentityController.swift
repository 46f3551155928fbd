import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// Projects, accounts, tokens and access keys in the shapes of IAM v3.
struct IdentityController: Sendable {
    private let directory: Directory
    private let issueToken: IssueToken
    private let createAccessKey: CreateAccessKey

    init(_ ports: Ports, directory: Directory) {
        self.directory = directory
        issueToken = IssueToken(ports)
        createAccessKey = CreateAccessKey(ports)
    }

    var routes: [Route] {
        [
            .known(.get, "/v3/projects", "Lists the caller's projects.", listProjects),
            .known(.get, "/v3/auth/projects", "Lists the caller's projects.", listProjects),
            .known(.get, "/v3/auth/domains", "Shows the caller's account.", listDomains),
            .open(.post, "/v3/auth/tokens", "Gives a token for a name and a password.", makeToken),
            .known(.post, "/v3.0/OS-CREDENTIAL/credentials", "Makes a permanent access key.", makeAccessKey),
        ]
    }

    @Sendable private func listProjects(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        var projects = try await directory.projects(named: query.text("name"), caller: caller)
        if let account = query.text("domain_id") { projects = projects.filter { $0.account.text == account } }
        if try query.flag("enabled") == false || query.flag("is_domain") == true { projects = [] }
        if let size = try query.number("per_page", in: 1...5_000) {
            let page = try query.number("page", in: 1...Int64(Int32.max)) ?? 1
            projects = Array(projects.dropFirst(Int((page - 1) * size)).prefix(Int(size)))
        }
        return Answer.json(
            .fields(
                ("links", .links(call.origin + call.target)),
                ("projects", .array(projects.map { $0.json(origin: call.origin) }))))
    }

    @Sendable private func listDomains(_ call: Call, _ caller: Caller) async throws -> Response {
        let account = try await directory.account(caller: caller)
        return Answer.json(
            .fields(
                ("domains", .array([account.json(origin: call.origin)])),
                ("links", .fields(("self", .text(call.origin + call.target))))))
    }

    @Sendable private func makeToken(_ call: Call) async throws -> Response {
        let issued = try await issueToken(try IssueToken.Input(json: call.json()))
        var response = Answer.json(issued.json, status: .created)
        response.headers[.xSubjectToken] = issued.text
        return response
    }

    @Sendable private func makeAccessKey(_ call: Call, _ caller: Caller) async throws -> Response {
        let wish = try AccessKeyWish(json: call.json())
        let key = try await createAccessKey(for: wish.user, description: wish.description, caller: caller)
        return Answer.json(key.json, status: .created)
    }
}
