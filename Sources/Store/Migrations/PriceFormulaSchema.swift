/// Step 2: bill lines of every price model, whose unit price may be unknown and whose use is a quantity; the table is
/// made anew, since SQLite cannot change a constraint.
enum PriceFormulaSchema {
    static let sql = """
        DROP TRIGGER bill_lines_never_change;
        DROP TRIGGER bill_lines_never_go;
        ALTER TABLE bill_lines RENAME TO first_bill_lines;
        DROP INDEX bill_lines_of_segment;
        DROP INDEX bill_lines_of_resource;
        DROP INDEX bill_lines_of_cycle;
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
            CHECK (list = discount + truncated + due),
            CHECK (due = paid_cash + paid_credit + paid_arrears)
        ) STRICT;
        INSERT INTO bill_lines
            (number, id, account, project, resource, resource_name, segment, product, flavor, quantity, hour, used_from,
            used_until, seconds, counted, unit_price, price_version, list, discount, truncated, due, dropped_numerator,
            dropped_denominator, kind, cycle, billed_at, paid_cash, paid_credit, paid_arrears)
        SELECT number, id, account, project, resource, resource_name, segment, product, flavor, quantity, hour,
            used_from, used_until, seconds, seconds * quantity * 1000000, unit_price, price_version, list, discount,
            truncated, due, dropped_numerator, dropped_denominator, kind, cycle, billed_at, paid_cash, paid_credit,
            paid_arrears
        FROM first_bill_lines;
        DROP TABLE first_bill_lines;
        CREATE INDEX bill_lines_of_segment ON bill_lines (segment, hour);
        CREATE INDEX bill_lines_of_resource ON bill_lines (account, resource, hour);
        CREATE INDEX bill_lines_of_cycle ON bill_lines (account, cycle, hour);
        CREATE INDEX bill_lines_of_use ON bill_lines (account, product, flavor, hour);
        CREATE INDEX segments_of_use ON metered_segments (account, product, flavor, id);
        CREATE TRIGGER bill_lines_never_change BEFORE UPDATE ON bill_lines
            BEGIN SELECT RAISE(ABORT, 'bill lines are append-only'); END;
        CREATE TRIGGER bill_lines_never_go BEFORE DELETE ON bill_lines
            BEGIN SELECT RAISE(ABORT, 'bill lines are append-only'); END;
        """
}
