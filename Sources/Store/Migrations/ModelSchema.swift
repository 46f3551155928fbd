/// The step that brings models.
enum ModelSchema {
    static let sql = """
        CREATE TABLE models (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_id TEXT NOT NULL REFERENCES users (id),
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            definition TEXT NOT NULL,
            source TEXT NOT NULL,
            config TEXT NOT NULL,
            engine TEXT NOT NULL,
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            state TEXT NOT NULL CHECK (state IN ('publishing', 'published', 'failed')),
            message TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (project, name, version)
        ) STRICT
        """
}
