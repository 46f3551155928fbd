/// Step 1: everything of the first release. Times are UTC: milliseconds in `…_at` columns, seconds elsewhere; money is
/// in units of 10^-8, prices in units of 10^-10.
enum FirstSchema {
    static let sql = identity + wallets + metering + bills + trainingJobs

    private static let identity = """
        CREATE TABLE accounts (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE projects (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL,
            UNIQUE (account, name)
        ) STRICT;
        CREATE TABLE users (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('operator', 'administrator', 'member', 'viewer')),
            UNIQUE (account, name)
        ) STRICT;
        CREATE TABLE access_keys (
            access TEXT PRIMARY KEY,
            secret TEXT NOT NULL,
            user_id TEXT NOT NULL REFERENCES users (id),
            status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
            description TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX access_keys_of_user ON access_keys (user_id);
        CREATE TABLE tokens (
            digest TEXT PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id),
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT REFERENCES projects (id),
            issued_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX tokens_by_expiry ON tokens (expires_at);

        """

    private static let wallets = """
        CREATE TABLE billing_terms (
            account TEXT PRIMARY KEY REFERENCES accounts (id),
            book TEXT NOT NULL,
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            credit_limit INTEGER NOT NULL CHECK (credit_limit >= 0)
        ) STRICT;
        CREATE TABLE postings (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            posted_at INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('top-up', 'charge', 'rounding')),
            reference TEXT NOT NULL
        ) STRICT;
        CREATE INDEX postings_by_reference ON postings (reference, number);
        CREATE TABLE entries (
            posting TEXT NOT NULL REFERENCES postings (id),
            place INTEGER NOT NULL,
            owner TEXT NOT NULL,
            kind TEXT NOT NULL
                CHECK (kind IN ('cash', 'credit', 'arrears', 'revenue', 'truncation', 'rounding', 'funding')),
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            amount INTEGER NOT NULL CHECK (amount <> 0),
            PRIMARY KEY (posting, place)
        ) STRICT;
        CREATE TABLE balances (
            owner TEXT NOT NULL,
            kind TEXT NOT NULL,
            currency TEXT NOT NULL,
            amount INTEGER NOT NULL,
            PRIMARY KEY (owner, kind, currency)
        ) STRICT;
        CREATE TABLE holds (
            id TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            amount INTEGER NOT NULL CHECK (amount >= 0),
            reference TEXT NOT NULL,
            held_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX holds_of_owner ON holds (owner);
        CREATE TRIGGER postings_never_change BEFORE UPDATE ON postings
            BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
        CREATE TRIGGER postings_never_go BEFORE DELETE ON postings
            BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
        CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
        CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

        """

    private static let metering = """
        CREATE TABLE metered_segments (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            resource TEXT NOT NULL,
            product TEXT NOT NULL,
            flavor TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity >= 1),
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            resource_name TEXT NOT NULL,
            book TEXT NOT NULL,
            settled_through INTEGER,
            is_final INTEGER NOT NULL DEFAULT 0 CHECK (is_final IN (0, 1)),
            is_abandoned INTEGER NOT NULL DEFAULT 0 CHECK (is_abandoned IN (0, 1))
        ) STRICT;
        CREATE INDEX segments_of_resource ON metered_segments (resource, number);
        CREATE INDEX segments_unsettled ON metered_segments (id) WHERE is_final = 0;
        CREATE INDEX segments_unsettled_of_account ON metered_segments (account, id) WHERE is_final = 0;
        CREATE TABLE facts (
            segment TEXT NOT NULL REFERENCES metered_segments (id),
            sequence INTEGER NOT NULL CHECK (sequence >= 0),
            happened INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('started', 'alive', 'ended')),
            recorded_at INTEGER NOT NULL,
            PRIMARY KEY (segment, sequence)
        ) STRICT;
        CREATE TRIGGER facts_never_change BEFORE UPDATE ON facts
            BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
        CREATE TRIGGER facts_never_go BEFORE DELETE ON facts
            BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
        CREATE TABLE marks (
            name TEXT PRIMARY KEY,
            second INTEGER NOT NULL
        ) STRICT;

        """

    private static let bills = """
        CREATE TABLE bill_lines (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            resource TEXT NOT NULL,
            resource_name TEXT NOT NULL,
            segment TEXT NOT NULL REFERENCES metered_segments (id),
            product TEXT NOT NULL,
            flavor TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            hour INTEGER NOT NULL,
            used_from INTEGER NOT NULL,
            used_until INTEGER NOT NULL,
            seconds INTEGER NOT NULL,
            unit_price INTEGER NOT NULL,
            price_version TEXT NOT NULL,
            list INTEGER NOT NULL,
            discount INTEGER NOT NULL,
            truncated INTEGER NOT NULL,
            due INTEGER NOT NULL,
            dropped_numerator INTEGER NOT NULL,
            dropped_denominator INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('usage', 'correction')),
            cycle TEXT NOT NULL CHECK (length(cycle) = 7),
            billed_at INTEGER NOT NULL,
            paid_cash INTEGER NOT NULL,
            paid_credit INTEGER NOT NULL,
            paid_arrears INTEGER NOT NULL,
            CHECK (list = discount + truncated + due),
            CHECK (due = paid_cash + paid_credit + paid_arrears)
        ) STRICT;
        CREATE INDEX bill_lines_of_segment ON bill_lines (segment, hour);
        CREATE INDEX bill_lines_of_resource ON bill_lines (account, resource, hour);
        CREATE INDEX bill_lines_of_cycle ON bill_lines (account, cycle, hour);
        CREATE TRIGGER bill_lines_never_change BEFORE UPDATE ON bill_lines
            BEGIN SELECT RAISE(ABORT, 'bill lines are append-only'); END;
        CREATE TRIGGER bill_lines_never_go BEFORE DELETE ON bill_lines
            BEGIN SELECT RAISE(ABORT, 'bill lines are append-only'); END;

        """

    private static let trainingJobs = """
        CREATE TABLE training_jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            project TEXT NOT NULL REFERENCES projects (id),
            user_name TEXT NOT NULL,
            name TEXT NOT NULL,
            definition TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            attempt TEXT NOT NULL UNIQUE,
            flavor TEXT NOT NULL,
            cpu_millicores INTEGER NOT NULL,
            memory_bytes INTEGER NOT NULL,
            cards INTEGER NOT NULL,
            step TEXT NOT NULL
                CHECK (step IN ('queued', 'staging', 'submitting', 'running', 'stopping', 'saving', 'ended')),
            phase TEXT NOT NULL
                CHECK (phase IN ('Creating', 'Pending', 'Running', 'Terminating', 'Terminated', 'Completed', 'Failed',
                    'Abnormal')),
            outcome TEXT CHECK (outcome IN ('completed', 'failed', 'terminated', 'abnormal')),
            outcome_message TEXT NOT NULL CHECK (outcome IS NOT NULL OR outcome_message = ''),
            is_stop_requested INTEGER NOT NULL CHECK (is_stop_requested IN (0, 1)),
            granted_cards TEXT NOT NULL,
            placed_at INTEGER,
            started_at INTEGER,
            ended_at INTEGER,
            exit_code INTEGER,
            peak_memory_bytes INTEGER,
            cpu_milliseconds INTEGER,
            dropped_log_bytes INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL,
            hold TEXT,
            is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1))
        ) STRICT;
        CREATE UNIQUE INDEX training_job_names ON training_jobs (project, name) WHERE is_deleted = 0;
        CREATE INDEX training_jobs_of_project ON training_jobs (project, created_at, number) WHERE is_deleted = 0;
        CREATE INDEX training_jobs_by_phase ON training_jobs (project, phase, created_at, number) WHERE is_deleted = 0;
        CREATE INDEX training_jobs_at_work ON training_jobs (step, number) WHERE step <> 'ended';
        CREATE INDEX training_jobs_at_work_of_project ON training_jobs (project, number) WHERE step <> 'ended';
        CREATE TABLE training_job_events (
            number INTEGER PRIMARY KEY,
            job TEXT NOT NULL REFERENCES training_jobs (id),
            happened_at INTEGER NOT NULL,
            level TEXT NOT NULL CHECK (level IN ('Info', 'Warning', 'Error')),
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX training_job_events_of_job ON training_job_events (job, number);
        """
}
