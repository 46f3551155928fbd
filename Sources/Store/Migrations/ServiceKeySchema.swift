/// The step that brings keys of services.
enum ServiceKeySchema {
    static let sql = """
        CREATE TABLE service_keys (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_id TEXT NOT NULL REFERENCES users (id),
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            scope TEXT NOT NULL CHECK (scope IN ('USER', 'SERVICE')),
            digest TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            UNIQUE (project, name)
        ) STRICT;
        CREATE TABLE service_key_bindings (
            service_key TEXT NOT NULL REFERENCES service_keys (id) ON DELETE CASCADE,
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            PRIMARY KEY (service_key, service)
        ) STRICT, WITHOUT ROWID
        """
}
