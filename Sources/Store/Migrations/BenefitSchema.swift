/// Coupons and resource packages, and what they pay and cover on bill lines; lines and entries are made anew, since
/// SQLite cannot change a constraint.
enum BenefitSchema {
    static let sql = tables + lines + entries

    private static let tables = """
        CREATE TABLE coupons (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL,
            granted INTEGER NOT NULL CHECK (granted > 0),
            product TEXT,
            valid_from INTEGER NOT NULL,
            valid_until INTEGER NOT NULL CHECK (valid_until > valid_from),
            granted_at INTEGER NOT NULL,
            idempotency_key TEXT,
            UNIQUE (account, idempotency_key)
        ) STRICT;
        CREATE INDEX coupons_of_account ON coupons (account, number);
        CREATE TRIGGER coupons_never_change BEFORE UPDATE ON coupons
            BEGIN SELECT RAISE(ABORT, 'coupons never change'); END;
        CREATE TRIGGER coupons_never_go BEFORE DELETE ON coupons
            BEGIN SELECT RAISE(ABORT, 'coupons never go'); END;
        CREATE TABLE resource_packages (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL,
            product TEXT NOT NULL,
            flavor TEXT,
            size INTEGER NOT NULL CHECK (size > 0),
            is_monthly INTEGER NOT NULL CHECK (is_monthly IN (0, 1)),
            effective_from INTEGER NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at > effective_from),
            created_at INTEGER NOT NULL,
            price INTEGER NOT NULL CHECK (price >= 0),
            idempotency_key TEXT,
            is_applied INTEGER NOT NULL DEFAULT 0 CHECK (is_applied IN (0, 1)),
            UNIQUE (account, idempotency_key)
        ) STRICT;
        CREATE INDEX packages_of_account ON resource_packages (account, number);
        CREATE INDEX packages_not_applied ON resource_packages (effective_from) WHERE is_applied = 0;
        CREATE TRIGGER packages_never_go BEFORE DELETE ON resource_packages
            BEGIN SELECT RAISE(ABORT, 'packages never go'); END;
        CREATE TABLE package_uses (
            account TEXT NOT NULL,
            package TEXT NOT NULL REFERENCES resource_packages (id),
            period INTEGER NOT NULL,
            used INTEGER NOT NULL CHECK (used >= 0),
            PRIMARY KEY (account, package, period)
        ) STRICT, WITHOUT ROWID;

        """

    private static let lines = """
        DROP TRIGGER bill_lines_never_change;
        DROP TRIGGER bill_lines_never_go;
        ALTER TABLE bill_lines RENAME TO former_bill_lines;
        DROP INDEX bill_lines_of_resource;
        DROP INDEX bill_lines_of_cycle;
        DROP INDEX bill_lines_of_use;
        DROP INDEX bill_lines_of_settlement;
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
            counted INTEGER NOT NULL,
            unit_price INTEGER,
            price_version TEXT NOT NULL,
            list INTEGER NOT NULL,
            discount INTEGER NOT NULL,
            discount_name TEXT,
            truncated INTEGER NOT NULL,
            due INTEGER NOT NULL,
            dropped_numerator INTEGER NOT NULL,
            dropped_denominator INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('usage', 'correction', 'minimum')),
            cycle TEXT NOT NULL CHECK (length(cycle) = 7),
            billed_at INTEGER NOT NULL,
            paid_cash INTEGER NOT NULL,
            paid_credit INTEGER NOT NULL,
            paid_arrears INTEGER NOT NULL,
            settlement TEXT,
            packages TEXT,
            coupons TEXT,
            paid_coupon INTEGER NOT NULL DEFAULT 0,
            CHECK (list = discount + truncated + due),
            CHECK (due = paid_coupon + paid_cash + paid_credit + paid_arrears)
        ) STRICT;
        INSERT INTO bill_lines
            (number, id, account, project, resource, resource_name, segment, product, flavor, quantity, hour, used_from,
            used_until, seconds, counted, unit_price, price_version, list, discount, discount_name, truncated, due,
            dropped_numerator, dropped_denominator, kind, cycle, billed_at, paid_cash, paid_credit, paid_arrears,
            settlement)
        SELECT number, id, account, project, resource, resource_name, segment, product, flavor, quantity, hour,
            used_from, used_until, seconds, counted, unit_price, price_version, list, discount, discount_name,
            truncated, due, dropped_numerator, dropped_denominator, kind, cycle, billed_at, paid_cash, paid_credit,
            paid_arrears, settlement
        FROM former_bill_lines;
        DROP TABLE former_bill_lines;
        CREATE INDEX bill_lines_of_resource ON bill_lines (account, resource, hour);
        CREATE INDEX bill_lines_of_cycle ON bill_lines (account, cycle, hour);
        CREATE INDEX bill_lines_of_use ON bill_lines (account, product, flavor, hour);
        CREATE INDEX bill_lines_of_settlement ON bill_lines (settlement, number) WHERE settlement IS NOT NULL;
        CREATE INDEX bill_lines_of_packages ON bill_lines (account, number) WHERE packages IS NOT NULL;
        CREATE TRIGGER bill_lines_never_change BEFORE UPDATE ON bill_lines
            BEGIN SELECT RAISE(ABORT, 'bill lines are append-only'); END;
        CREATE TRIGGER bill_lines_never_go BEFORE DELETE ON bill_lines
            BEGIN SELECT RAISE(ABORT, 'bill lines are append-only'); END;

        """

    private static let entries = """
        ALTER TABLE bill_sums ADD COLUMN paid_coupon INTEGER NOT NULL DEFAULT 0;
        DROP TRIGGER entries_never_change;
        DROP TRIGGER entries_never_go;
        ALTER TABLE entries RENAME TO former_entries;
        CREATE TABLE entries (
            posting TEXT NOT NULL REFERENCES postings (id),
            place INTEGER NOT NULL,
            owner TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN
                ('cash', 'credit', 'arrears', 'coupon', 'revenue', 'truncation', 'rounding', 'funding')),
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            amount INTEGER NOT NULL CHECK (amount <> 0),
            PRIMARY KEY (posting, place)
        ) STRICT;
        INSERT INTO entries (posting, place, owner, kind, currency, amount)
        SELECT posting, place, owner, kind, currency, amount FROM former_entries ORDER BY rowid;
        DROP TABLE former_entries;
        CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
        CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END
        """
}
