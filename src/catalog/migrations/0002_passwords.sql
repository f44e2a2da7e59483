-- Passwords that were supplied for documents of a case, sealed; and when a gate was computed.
CREATE TABLE passwords (
    case_id BLOB NOT NULL REFERENCES cases (id),
    ordinal INTEGER NOT NULL,
    password BLOB NOT NULL,
    PRIMARY KEY (case_id, ordinal)
) STRICT, WITHOUT ROWID;

ALTER TABLE indexes ADD COLUMN computed INTEGER NOT NULL DEFAULT 0;
