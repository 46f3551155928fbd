/// The step that brings what services were asked, minute by minute.
enum CallMinuteSchema {
    static let sql = """
        CREATE TABLE call_minutes (
            service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            minute INTEGER NOT NULL,
            model TEXT NOT NULL,
            calls INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            successes INTEGER NOT NULL,
            prompt_tokens INTEGER NOT NULL,
            completion_tokens INTEGER NOT NULL,
            latencies TEXT NOT NULL,
            cpu_millicores INTEGER,
            memory_bytes INTEGER,
            PRIMARY KEY (service, minute, model)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX call_minutes_by_age ON call_minutes (minute)
        """
}
