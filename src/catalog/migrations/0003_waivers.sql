-- Findings that somebody at the desk accepted: which, and why, is sealed. Each row names the audit event by which it was
-- given and, once it was taken back, the one by which it was. A row stays until its document leaves the case.
CREATE TABLE waivers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    case_id BLOB NOT NULL REFERENCES cases (id),
    entry BLOB REFERENCES entries (id),
    code TEXT NOT NULL,
    record BLOB NOT NULL,
    given_seq INTEGER NOT NULL,
    given_hash BLOB NOT NULL CHECK (length(given_hash) = 32),
    ended_seq INTEGER,
    ended_hash BLOB CHECK (length(ended_hash) = 32),
    CHECK ((ended_seq IS NULL) = (ended_hash IS NULL))
) STRICT;
CREATE INDEX waivers_of_case ON waivers (case_id);
CREATE INDEX waivers_of_entry ON waivers (entry) WHERE entry IS NOT NULL;
