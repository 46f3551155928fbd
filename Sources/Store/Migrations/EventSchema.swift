/// Step 4: events and what meters read of them; how far each stretch is proven and settled, apart
/// from what it is; postings for many lines.
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
        CREATE TABLE segment_progress (
            account TEXT NOT NULL,
            segment TEXT NOT NULL REFERENCES metered_segments (id),
            number INTEGER NOT NULL,
            started INTEGER,
            alive INTEGER,
            ended INTEGER,
            settled_through INTEGER,
            is_final INTEGER NOT NULL DEFAULT 0 CHECK (is_final IN (0, 1)),
            is_abandoned INTEGER NOT NULL DEFAULT 0 CHECK (is_abandoned IN (0, 1)),
            PRIMARY KEY (account, segment)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX progress_unsettled ON segment_progress (account, segment) WHERE is_final = 0;
        INSERT INTO segment_progress
            (account, segment, number, started, alive, ended, settled_through, is_final, is_abandoned)
        SELECT account, id, number,
            (SELECT happened FROM facts WHERE segment = s.id AND kind = 'started'),
            (SELECT MAX(happened) FROM facts WHERE segment = s.id AND kind = 'alive'),
            (SELECT happened FROM facts WHERE segment = s.id AND kind = 'ended'),
            settled_through + EXISTS (SELECT 1 FROM bill_lines WHERE segment = s.id AND hour = s.settled_through),
            is_final, is_abandoned
        FROM metered_segments AS s;
        DROP INDEX segments_unsettled;
        DROP INDEX segments_unsettled_of_account;
        ALTER TABLE metered_segments DROP COLUMN settled_through;
        ALTER TABLE metered_segments DROP COLUMN is_final;
        ALTER TABLE metered_segments DROP COLUMN is_abandoned;
        ALTER TABLE bill_lines ADD COLUMN settlement TEXT;
        CREATE INDEX bill_lines_of_settlement ON bill_lines (settlement, number) WHERE settlement IS NOT NULL;
        DROP INDEX bill_lines_of_segment
        """
}
