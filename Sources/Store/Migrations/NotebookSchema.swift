/// The step that brings notebooks: one row each, with the run it has or had last.
enum NotebookSchema {
    static let sql = """
        CREATE TABLE notebooks (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_id TEXT NOT NULL REFERENCES users (id),
            user_name TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            flavor TEXT NOT NULL,
            image TEXT NOT NULL,
            workspace TEXT NOT NULL,
            volume TEXT UNIQUE,
            volume_gigabytes INTEGER NOT NULL CHECK (volume_gigabytes > 0),
            wished_lease TEXT NOT NULL CHECK (wished_lease IN ('TIMING', 'IDLE')),
            wished_duration INTEGER NOT NULL CHECK (wished_duration > 0),
            lease TEXT NOT NULL CHECK (lease IN ('TIMING', 'IDLE')),
            lease_duration INTEGER NOT NULL CHECK (lease_duration > 0),
            lease_begun_at INTEGER NOT NULL,
            token TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            step TEXT NOT NULL
                CHECK (step IN ('taken', 'storing', 'submitting', 'connecting', 'initialising', 'running',
                    'snapshotting', 'stopping', 'stopped', 'failed', 'broken', 'frozen', 'removing', 'removalFailed',
                    'deleted')),
            next_step TEXT CHECK (next_step IN ('stopped', 'failed', 'removing')),
            has_run INTEGER NOT NULL CHECK (has_run IN (0, 1)),
            reason TEXT NOT NULL,
            part INTEGER NOT NULL CHECK (part BETWEEN 1 AND 4),
            status TEXT NOT NULL,
            attempt TEXT NOT NULL UNIQUE,
            run_flavor TEXT NOT NULL,
            cpu_millicores INTEGER NOT NULL,
            memory_bytes INTEGER NOT NULL,
            cards INTEGER NOT NULL,
            granted_cards TEXT NOT NULL,
            started_at INTEGER,
            last_sequence INTEGER NOT NULL,
            hold TEXT
        ) STRICT;
        CREATE INDEX notebooks_of_project ON notebooks (project, created_at, number) WHERE step <> 'deleted';
        CREATE INDEX notebooks_at_work ON notebooks (step, number) WHERE step <> 'deleted';
        """
}
