/// The step that brings services, their instances and their histories.
enum ServiceSchema {
    static let sql = """
        CREATE TABLE services (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_id TEXT NOT NULL REFERENCES users (id),
            name TEXT NOT NULL,
            definition TEXT NOT NULL,
            served TEXT NOT NULL,
            wish TEXT NOT NULL CHECK (wish IN ('running', 'finished', 'stopped', 'failed', 'deleted')),
            reason TEXT NOT NULL,
            told TEXT NOT NULL,
            begun_at INTEGER,
            stop_at INTEGER,
            calls INTEGER NOT NULL CHECK (calls >= 0),
            failures INTEGER NOT NULL CHECK (failures >= 0),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (project, name)
        ) STRICT;
        CREATE TABLE service_instances (
            number INTEGER PRIMARY KEY,
            attempt TEXT NOT NULL UNIQUE,
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            service_name TEXT NOT NULL,
            run TEXT NOT NULL,
            model TEXT NOT NULL,
            start_seconds INTEGER NOT NULL,
            flavor TEXT NOT NULL,
            cpu_millicores INTEGER NOT NULL,
            memory_bytes INTEGER NOT NULL,
            cards INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            step TEXT NOT NULL
                CHECK (step IN ('queued', 'submitting', 'starting', 'ready', 'draining', 'stopping', 'ended')),
            reason TEXT NOT NULL,
            granted_cards TEXT NOT NULL,
            started_at INTEGER,
            ended_at INTEGER,
            has_served INTEGER NOT NULL CHECK (has_served IN (0, 1)),
            last_sequence INTEGER NOT NULL,
            hold TEXT
        ) STRICT;
        CREATE INDEX service_instances_of ON service_instances (service, number);
        CREATE INDEX service_instances_at_work ON service_instances (step, number) WHERE step <> 'ended';
        CREATE TABLE service_events (
            number INTEGER PRIMARY KEY,
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            is_problem INTEGER NOT NULL CHECK (is_problem IN (0, 1)),
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX service_events_of ON service_events (service, number);
        CREATE TABLE service_updates (
            number INTEGER PRIMARY KEY,
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            is_success INTEGER NOT NULL CHECK (is_success IN (0, 1)),
            configs TEXT NOT NULL
        ) STRICT;
        CREATE INDEX service_updates_of ON service_updates (service, number);
        CREATE TABLE batch_items (
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            source TEXT NOT NULL,
            is_success INTEGER NOT NULL CHECK (is_success IN (0, 1)),
            location TEXT NOT NULL,
            error TEXT NOT NULL,
            PRIMARY KEY (service, source)
        ) STRICT, WITHOUT ROWID
        """
}
