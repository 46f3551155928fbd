/// Step 3: the chain over the journal, a link for every posting.
enum JournalChainSchema {
    static let sql = """
        CREATE TABLE journal_chain (
            number INTEGER PRIMARY KEY REFERENCES postings (number),
            digest TEXT NOT NULL CHECK (length(digest) = 64)
        ) STRICT;
        CREATE TRIGGER links_never_change BEFORE UPDATE ON journal_chain
            BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
        CREATE TRIGGER links_never_go BEFORE DELETE ON journal_chain
            BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
        """
}
