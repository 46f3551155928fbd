import Commands
import Identity
import Kernel
import Platform
import Wire

/// What `init` tells once and clients read: `credentials.json`, for its owner's eyes only.
struct Credentials {
    var endpoint: String
    let region: String
    let projectID: String
    let domainID: String
    let accessKey: String
    let secretKey: String
    let user: String
    let password: String

    init(_ opened: OpenAccount.Opened, endpoint: String, password: String) {
        self.endpoint = endpoint
        region = opened.project.name
        projectID = opened.project.id.text
        domainID = opened.account.id.text
        accessKey = opened.key.access
        secretKey = opened.key.secret
        user = opened.user.name
        self.password = password
    }

    func write(to path: String) throws(Fault) {
        let json: JSONValue = [
            "endpoint": .string(endpoint), "region": .string(region), "project_id": .string(projectID),
            "domain_id": .string(domainID), "access_key": .string(accessKey), "secret_key": .string(secretKey),
            "user": .string(user), "password": .string(password),
        ]
        try TextFile.write(json.bytes(.pretty) + [0x0A], to: path, mode: 0o600)
    }

    /// Puts the address a server really has into the file, so that clients find it.
    static func update(endpoint: String, in path: String) throws(Fault) {
        guard var object = try JSONValue(parsing: TextFile.read(path)).object else {
            throw Fault(.malformedBody, "\(path) does not hold an object.")
        }
        guard object["endpoint"]?.string != endpoint else { return }
        object["endpoint"] = .string(endpoint)
        try TextFile.write(JSONValue.object(object).bytes(.pretty) + [0x0A], to: path, mode: 0o600)
    }
}
