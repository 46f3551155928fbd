/// The step that brings images that are saved from notebooks.
enum ImageSchema {
    static let sql = """
        CREATE TABLE saved_images (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_id TEXT NOT NULL REFERENCES users (id),
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            tag TEXT NOT NULL,
            description TEXT NOT NULL,
            workspace TEXT NOT NULL,
            runtime TEXT NOT NULL,
            notebook TEXT NOT NULL,
            layers INTEGER NOT NULL CHECK (layers > 0),
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            state TEXT NOT NULL CHECK (state IN ('CREATING', 'ACTIVE', 'CREATE_FAILED')),
            message TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (project, namespace, name, tag)
        ) STRICT
        """
}
