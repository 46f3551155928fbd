/// Step 6: volumes, the jobs that EVS makes of changes to them, keys of requests that count once, and who is the
/// witness of a stretch.
enum VolumeSchema {
    static let sql = """
        CREATE TABLE volumes (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_name TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            type TEXT NOT NULL,
            zone TEXT NOT NULL,
            metadata TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('creating', 'available', 'attaching', 'in-use', 'detaching', 'extending', 'error',
                    'error_extending', 'deleting', 'error_deleting', 'deleted')),
            is_attached INTEGER NOT NULL CHECK (is_attached IN (0, 1)),
            is_mounted INTEGER NOT NULL CHECK (is_mounted IN (0, 1)),
            is_deletion_wanted INTEGER NOT NULL CHECK (is_deletion_wanted IN (0, 1)),
            message TEXT NOT NULL,
            capacity INTEGER NOT NULL CHECK (capacity >= 1),
            wanted_capacity INTEGER NOT NULL CHECK (wanted_capacity >= capacity),
            attachment TEXT CHECK (attachment IS NOT NULL OR is_attached = 0),
            attached_at INTEGER,
            stretches INTEGER NOT NULL CHECK (stretches >= 0),
            billed_capacity INTEGER CHECK (billed_capacity >= 1)
        ) STRICT;
        CREATE INDEX volumes_of_project ON volumes (project, created_at, number) WHERE state <> 'deleted';
        CREATE INDEX volumes_by_state ON volumes (state, number) WHERE state <> 'deleted';
        CREATE INDEX volumes_of_attachment ON volumes (attachment) WHERE attachment IS NOT NULL;
        CREATE TABLE volume_jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            project TEXT NOT NULL REFERENCES projects (id),
            parent TEXT,
            kind TEXT NOT NULL
                CHECK (kind IN ('createVolume', 'batchCreateVolume', 'extendVolume', 'deleteVolume')),
            volume TEXT REFERENCES volumes (id),
            begun_at INTEGER NOT NULL,
            ended_at INTEGER,
            failure TEXT
        ) STRICT;
        CREATE INDEX volume_jobs_at_work ON volume_jobs (volume, number) WHERE ended_at IS NULL;
        CREATE INDEX volume_jobs_of_parent ON volume_jobs (parent, number) WHERE parent IS NOT NULL;
        CREATE TABLE request_keys (
            project TEXT NOT NULL REFERENCES projects (id),
            token TEXT NOT NULL,
            content TEXT NOT NULL,
            answer TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            PRIMARY KEY (project, token)
        ) STRICT;
        ALTER TABLE metered_segments ADD COLUMN witness TEXT NOT NULL DEFAULT 'executor'
            CHECK (witness IN ('executor', 'server'))
        """
}
