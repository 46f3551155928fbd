import GRDB
import Identity
import Kernel
import Platform

extension SQLiteTransaction {
    func insert(_ key: AccessKey) throws {
        try execute(
            """
            INSERT INTO access_keys (access, secret, user_id, status, description, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                key.access, key.secret, key.user.text, key.status.rawValue, key.description,
                key.created.milliseconds,
            ])
    }

    func accessKey(_ access: String) throws -> AccessKey? {
        try row(
            "SELECT access, secret, user_id, status, description, created_at FROM access_keys WHERE access = ?",
            [access], key(of:))
    }

    func accessKeys(of user: UserID) throws -> [AccessKey] {
        try rows(
            """
            SELECT access, secret, user_id, status, description, created_at FROM access_keys
            WHERE user_id = ? ORDER BY created_at, access
            """, [user.text], key(of:))
    }

    /// Tokens that have expired go when a new one comes.
    func insert(_ token: Token) throws {
        try execute("DELETE FROM tokens WHERE expires_at <= ?", [token.issued.milliseconds])
        try execute(
            "INSERT INTO tokens (digest, user_id, account, project, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                token.digest, token.user.text, token.account.text, token.project?.text, token.issued.milliseconds,
                token.expires.milliseconds,
            ])
    }

    func token(digest: String) throws -> Token? {
        try row(
            "SELECT digest, user_id, account, project, issued_at, expires_at FROM tokens WHERE digest = ?", [digest]
        ) { row in
            Token(
                digest: row[0], user: row.identifier(1), account: row.identifier(2),
                project: (row[3] as String?).map { ProjectID($0) }, issued: row.instant(4), expires: row.instant(5))
        }
    }

    private func key(of row: Row) throws -> AccessKey {
        AccessKey(
            access: row[0], secret: row[1], user: row.identifier(2), status: try row.word(3), description: row[4],
            created: row.instant(5))
    }
}
