import Identity
import Kernel
import Platform
import Wire

extension IssueToken.Input {
    /// Reads `{"auth":{"identity":{"methods":["password"],"password":{"user":{…}}},"scope":{…}}}`.
    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        let auth = fields.requiredObject("auth")
        let identity = auth.requiredObject("identity")
        if identity.strings("methods", limit: 8) != ["password"] {
            identity.refuse("methods", "The one method offered is [\"password\"].")
        }
        let user = identity.requiredObject("password").requiredObject("user")
        let name = user.requiredString("name", characters: 1...64)
        let password = user.requiredString("password", characters: 1...128)
        let domain = user.requiredObject("domain")
        let account = domain.string("id") ?? domain.string("name") ?? ""
        if account.isEmpty { domain.refuse("name", "The account's name or id is needed.", code: .missingParameter) }
        let scope = auth.object("scope")
        if let wanted = scope?.object("domain").flatMap({ $0.string("id") ?? $0.string("name") }), wanted != account {
            scope?.refuse("domain", "A token is for the user's own account, \(account).")
        }
        let project = scope?.object("project")
        let reference = project?.string("id") ?? project?.string("name")
        if let project, reference == nil {
            project.refuse("name", "The project's name or id is needed.", code: .missingParameter)
        }
        try fields.check()
        self.init(account: account, user: name, password: password, project: reference)
    }
}

/// What is asked of a new access key: `{"credential":{"user_id","description"}}`.
struct AccessKeyWish: Sendable {
    let user: UserID
    let description: String

    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        let credential = fields.requiredObject("credential")
        user = UserID(credential.requiredString("user_id"))
        description = credential.string("description", characters: 0...Limits.descriptionCharacters) ?? ""
        try fields.check()
    }
}
