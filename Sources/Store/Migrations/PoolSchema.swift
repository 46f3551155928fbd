/// Step 14: dedicated pools, and what runs on them.
enum PoolSchema {
    static let sql = """
        CREATE TABLE pools (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_name TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            workspace TEXT NOT NULL,
            scopes TEXT NOT NULL CHECK (scopes <> ''),
            flavor TEXT NOT NULL,
            nodes INTEGER NOT NULL CHECK (nodes >= 1),
            network TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            deleted_at INTEGER,
            cpu_millicores INTEGER NOT NULL CHECK (cpu_millicores >= 0),
            memory_bytes INTEGER NOT NULL CHECK (memory_bytes >= 0),
            cards INTEGER NOT NULL CHECK (cards >= 0),
            granted_cards TEXT NOT NULL,
            stretches INTEGER NOT NULL CHECK (stretches >= 0),
            billed_nodes INTEGER CHECK (billed_nodes >= 1)
        ) STRICT;
        CREATE UNIQUE INDEX pools_of_project ON pools (project, name) WHERE deleted_at IS NULL;
        ALTER TABLE training_jobs ADD COLUMN pool TEXT REFERENCES pools (id);
        ALTER TABLE notebooks ADD COLUMN pool TEXT REFERENCES pools (id)
        """
}
