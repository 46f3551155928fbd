import Identity
import Kernel
import Platform
import Wire

/// The shapes of IAM v3; optional links are null there, not left out.
extension Project {
    func json(origin: String) -> JSONValue {
        .fields(
            ("id", .text(id)), ("name", .text(name)), ("domain_id", .text(account)), ("parent_id", .text(account)),
            ("is_domain", .bool(false)), ("enabled", .bool(true)), ("description", .text("")),
            ("links", .links("\(origin)/v3/projects/\(id)")))
    }

    fileprivate func json(in account: Account) -> JSONValue {
        .fields(("id", .text(id)), ("name", .text(name)), ("domain", account.reference))
    }
}

extension Account {
    func json(origin: String) -> JSONValue {
        .fields(
            ("id", .text(id)), ("name", .text(name)), ("enabled", .bool(true)), ("description", .text("")),
            ("links", .fields(("self", .text("\(origin)/v3/domains/\(id)")))))
    }

    fileprivate var reference: JSONValue { .fields(("id", .text(id)), ("name", .text(name))) }
}

extension IssueToken.Issued {
    /// The token's body; its text travels in `X-Subject-Token`.
    var json: JSONValue {
        .fields(
            (
                "token",
                .fields(
                    ("methods", .array([.text("password")])), ("catalog", .array([])),
                    ("issued_at", .identityTime(token.issued)), ("expires_at", .identityTime(token.expires)),
                    ("project", project.map { $0.json(in: account) }),
                    ("domain", project == nil ? account.reference : nil),
                    ("roles", .array([.fields(("id", .text("0")), ("name", .text(user.role.rawValue)))])),
                    (
                        "user",
                        .fields(
                            ("id", .text(user.id)), ("name", .text(user.name)), ("password_expires_at", .text("")),
                            ("domain", account.reference))
                    )
                )
            ))
    }
}

extension AccessKey {
    /// The key with its secret, which is told this once.
    var json: JSONValue {
        .fields(
            (
                "credential",
                .fields(
                    ("access", .text(access)), ("secret", .text(secret)), ("status", .text(status.rawValue)),
                    ("user_id", .text(user)), ("description", .text(description)),
                    ("create_time", .identityTime(created)))
            ))
    }
}

extension JSONValue {
    /// IAM's time: UTC with six decimals of a second.
    static func identityTime(_ instant: Instant) -> JSONValue {
        let text = instant.second.description.dropLast()
        let fraction = String(((instant.milliseconds % 1_000) + 1_000) % 1_000)
        return .text("\(text).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)000Z")
    }

    static func links(_ address: String) -> JSONValue {
        .fields(("self", .text(address)), ("previous", .null), ("next", .null))
    }
}
