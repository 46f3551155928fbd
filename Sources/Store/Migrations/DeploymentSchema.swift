/// The step that brings versions of deployments, what happens to instances and by scaling, and keys that expire.
enum DeploymentSchema {
    static let sql = """
        CREATE TABLE deployment_versions (
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            deployment TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            config TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (service, deployment, version)
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO deployment_versions (service, deployment, version, config, created_at, updated_at)
        SELECT s.id,
            coalesce(nullif(json_extract(c.value, '$.name'), ''), json_extract(c.value, '$.model_id')),
            1, c.value, s.updated_at, s.updated_at
        FROM services AS s, json_each(s.definition, '$.config') AS c;
        CREATE TABLE service_instance_events (
            number INTEGER PRIMARY KEY,
            attempt TEXT NOT NULL REFERENCES service_instances (attempt) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            is_problem INTEGER NOT NULL CHECK (is_problem IN (0, 1)),
            reason TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX service_instance_events_of ON service_instance_events (attempt, number);
        CREATE TABLE scaling_events (
            number INTEGER PRIMARY KEY,
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            deployment TEXT NOT NULL,
            at INTEGER NOT NULL,
            count_before INTEGER NOT NULL,
            count_wanted INTEGER NOT NULL,
            count_after INTEGER NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX scaling_events_of ON scaling_events (service, deployment, number);
        ALTER TABLE service_keys ADD COLUMN expires_at INTEGER
        """
}
