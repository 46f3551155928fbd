/// Step 4: events and what meters read of them; what the facts of a stretch say, beside it; postings for many lines.
enum EventSchema {
    static let sql = """
        CREATE TABLE event_batches (
            number INTEGER PRIMARY KEY,
            account TEXT NOT NULL REFERENCES accounts (id),
            sender TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            book TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            ids BLOB NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER events_never_change BEFORE UPDATE ON event_batches
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER events_never_go BEFORE DELETE ON event_batches
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TABLE event_runs (
            number INTEGER PRIMARY KEY,
            through INTEGER NOT NULL,
            filter BLOB NOT NULL
        ) STRICT;
        CREATE TABLE event_run_pages (
            run INTEGER NOT NULL,
            page INTEGER NOT NULL,
            entries BLOB NOT NULL,
            PRIMARY KEY (run, page)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE meter_readings (
            segment TEXT NOT NULL REFERENCES metered_segments (id),
            since INTEGER NOT NULL,
            account TEXT NOT NULL,
            value INTEGER NOT NULL,
            latest_at INTEGER NOT NULL,
            latest_tie INTEGER NOT NULL,
            is_settled INTEGER NOT NULL CHECK (is_settled IN (0, 1)),
            PRIMARY KEY (segment, since)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX readings_unsettled ON meter_readings (account, segment, since) WHERE is_settled = 0;
        CREATE TABLE meter_values (
            segment TEXT NOT NULL,
            window_start INTEGER NOT NULL,
            value TEXT NOT NULL,
            first_seen INTEGER NOT NULL,
            PRIMARY KEY (segment, window_start, value)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE metered_segments ADD COLUMN meter TEXT;
        ALTER TABLE metered_segments ADD COLUMN started INTEGER;
        ALTER TABLE metered_segments ADD COLUMN alive INTEGER;
        ALTER TABLE metered_segments ADD COLUMN ended INTEGER;
        UPDATE metered_segments SET
            started = (SELECT happened FROM facts WHERE segment = metered_segments.id AND kind = 'started'),
            alive = (SELECT MAX(happened) FROM facts WHERE segment = metered_segments.id AND kind = 'alive'),
            ended = (SELECT happened FROM facts WHERE segment = metered_segments.id AND kind = 'ended');
        UPDATE metered_segments SET settled_through = settled_through + 1 WHERE EXISTS (
            SELECT 1 FROM bill_lines WHERE segment = metered_segments.id AND hour = settled_through);
        ALTER TABLE bill_lines ADD COLUMN settlement TEXT;
        CREATE INDEX bill_lines_of_settlement ON bill_lines (settlement, number) WHERE settlement IS NOT NULL;
        DROP INDEX bill_lines_of_segment
        """
}
