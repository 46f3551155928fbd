import Kernel
import Wire

/// Who the command line is, and where its server is: `DIR/credentials.json`, as `atelier init` writes it.
struct ClientCredentials: Sendable {
    let endpoint: String
    let region: String
    let project: String
    let account: String
    let accessKey: String
    let secretKey: String

    /// Reads a data folder's credentials.
    init(folder: String) throws {
        let path = folder + "/credentials.json"
        guard let bytes = try? TextFile.read(path, limit: Limits.bodyBytes) else {
            throw Fault(
                .notFound,
                "\(path) cannot be read; make an installation with atelier init, or name its folder with --data.")
        }
        do {
            self = try Self(JSONFields(JSONValue(parsing: bytes)))
        } catch {
            throw Fault(.malformedBody, "\(path): \(error)")
        }
    }

    private init(_ fields: JSONFields) throws(Faults) {
        endpoint = fields.requiredString("endpoint")
        region = fields.requiredString("region")
        project = fields.requiredString("project_id")
        account = fields.requiredString("domain_id")
        accessKey = fields.requiredString("access_key")
        secretKey = fields.requiredString("secret_key")
        try fields.check()
    }
}
