import GRDB
import Identity
import Kernel
import Platform

extension SQLiteTransaction {
    func insert(_ account: Account) throws {
        try execute("INSERT INTO accounts (id, name) VALUES (?, ?)", [account.id.text, account.name])
    }

    func account(_ id: AccountID) throws -> Account? {
        try row("SELECT id, name FROM accounts WHERE id = ?", [id.text], account(of:))
    }

    func accounts() throws -> [Account] {
        try rows("SELECT id, name FROM accounts ORDER BY name", [], account(of:))
    }

    func insert(_ project: Project) throws {
        try execute(
            "INSERT INTO projects (id, account, name) VALUES (?, ?, ?)",
            [project.id.text, project.account.text, project.name])
    }

    func project(_ id: ProjectID) throws -> Project? {
        try row("SELECT id, account, name FROM projects WHERE id = ?", [id.text], project(of:))
    }

    func projects(of account: AccountID) throws -> [Project] {
        try rows(
            "SELECT id, account, name FROM projects WHERE account = ? ORDER BY name", [account.text], project(of:))
    }

    func insert(_ user: User) throws {
        try execute(
            "INSERT INTO users (id, account, name, password_hash, role) VALUES (?, ?, ?, ?, ?)",
            [user.id.text, user.account.text, user.name, user.passwordHash, user.role.rawValue])
    }

    func user(_ id: UserID) throws -> User? {
        try row("SELECT id, account, name, password_hash, role FROM users WHERE id = ?", [id.text], user(of:))
    }

    func user(named name: String, in account: AccountID) throws -> User? {
        try row(
            "SELECT id, account, name, password_hash, role FROM users WHERE account = ? AND name = ?",
            [account.text, name], user(of:))
    }

    func users(of account: AccountID) throws -> [User] {
        try rows(
            "SELECT id, account, name, password_hash, role FROM users WHERE account = ? ORDER BY name",
            [account.text], user(of:))
    }

    private func account(of row: Row) -> Account { Account(id: row.identifier(0), name: row[1]) }

    private func project(of row: Row) -> Project {
        Project(id: row.identifier(0), account: row.identifier(1), name: row[2])
    }

    private func user(of row: Row) throws -> User {
        User(
            id: row.identifier(0), account: row.identifier(1), name: row[2], passwordHash: row[3],
            role: try row.word(4))
    }
}
