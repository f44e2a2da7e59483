-- Clear columns hold random ids, states, sizes, times, kinds, reason codes and language tags. Names end in nothing
-- that could be read: everything about people and documents is in the BLOBs that come in sealed.

CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('lease_token', 0);

CREATE TABLE epochs (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    began INTEGER NOT NULL,
    ended INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    programme TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'held', 'closed', 'shredded')),
    opened INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    filed_seq INTEGER NOT NULL DEFAULT 0,
    patient BLOB NOT NULL,
    recipient TEXT NOT NULL,
    holding INTEGER NOT NULL CHECK (holding IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    case_id BLOB NOT NULL REFERENCES cases (id),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    audience TEXT NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    files INTEGER NOT NULL CHECK (files >= 0),
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    open_uploads INTEGER NOT NULL CHECK (open_uploads >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_of_case ON links (case_id);

CREATE TABLE arrivals (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    case_id BLOB NOT NULL REFERENCES cases (id),
    link BLOB REFERENCES links (id),
    origin BLOB NOT NULL,
    at INTEGER NOT NULL,
    closed INTEGER NOT NULL CHECK (closed IN (0, 1))
) STRICT;
CREATE INDEX arrivals_of_case ON arrivals (case_id, at);

-- Every object that is named: bytes and text of entries, files of indexes, uploads under way.
CREATE TABLE objects (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    case_id BLOB NOT NULL REFERENCES cases (id),
    role TEXT NOT NULL CHECK (role IN ('bytes', 'text', 'index', 'upload')),
    entry BLOB,
    damaged INTEGER NOT NULL DEFAULT 0 CHECK (damaged IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE parts (
    object BLOB NOT NULL REFERENCES objects (id),
    ordinal INTEGER NOT NULL,
    epoch BLOB NOT NULL CHECK (length(epoch) = 16),
    name BLOB NOT NULL CHECK (length(name) = 16),
    plain_bytes INTEGER NOT NULL,
    sealed_bytes INTEGER NOT NULL,
    header BLOB NOT NULL CHECK (length(header) = 32),
    PRIMARY KEY (object, ordinal)
) STRICT, WITHOUT ROWID;
-- No part belongs to two objects: deleting one would take the other's bytes.
CREATE UNIQUE INDEX parts_by_key ON parts (epoch, name);

CREATE TABLE uploads (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    entry BLOB NOT NULL UNIQUE,
    link BLOB REFERENCES links (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    arrival BLOB NOT NULL REFERENCES arrivals (id),
    length INTEGER,
    offset INTEGER NOT NULL,
    object BLOB NOT NULL,
    record BLOB NOT NULL,
    expires INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'terminated', 'expired'))
) STRICT;
CREATE INDEX uploads_of_case ON uploads (case_id, state);
CREATE INDEX uploads_by_expiry ON uploads (expires) WHERE state = 'open';

CREATE TABLE entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    case_id BLOB NOT NULL REFERENCES cases (id),
    arrival BLOB NOT NULL REFERENCES arrivals (id),
    parent BLOB,
    ordinal INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('received', 'filed')),
    bytes INTEGER NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT,
    readable TEXT NOT NULL,
    language TEXT NOT NULL,
    twin BLOB,
    object BLOB REFERENCES objects (id),
    text BLOB REFERENCES objects (id),
    fingerprint BLOB CHECK (length(fingerprint) = 32),
    instance BLOB CHECK (length(instance) = 32),
    record BLOB NOT NULL,
    filed_seq INTEGER,
    verdicts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX entries_of_case ON entries (case_id);
CREATE INDEX entries_by_filing ON entries (case_id, filed_seq) WHERE filed_seq IS NOT NULL;
-- Decides duplicates of bytes. Given up (NULL) when the bytes are dropped or damaged.
CREATE UNIQUE INDEX entries_by_fingerprint ON entries (case_id, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX entries_by_size ON entries (case_id, bytes) WHERE fingerprint IS NOT NULL;
CREATE INDEX entries_by_instance ON entries (case_id, instance) WHERE instance IS NOT NULL;
CREATE INDEX entries_by_twin ON entries (twin) WHERE twin IS NOT NULL;
CREATE INDEX entries_by_object ON entries (object) WHERE object IS NOT NULL;
CREATE INDEX entries_by_text ON entries (text) WHERE text IS NOT NULL;

-- The first verdict of an entry that was judged again; the latest stands in its row.
CREATE TABLE first_verdicts (
    entry INTEGER PRIMARY KEY REFERENCES entries (seq),
    outcome TEXT NOT NULL,
    record BLOB NOT NULL
) STRICT;

CREATE TABLE findings (
    entry INTEGER NOT NULL REFERENCES entries (seq),
    verdict INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warn', 'block')),
    PRIMARY KEY (entry, verdict, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE indexes (
    case_id BLOB PRIMARY KEY REFERENCES cases (id),
    files BLOB NOT NULL,
    watermark INTEGER NOT NULL,
    overlay BLOB NOT NULL,
    ready INTEGER NOT NULL CHECK (ready IN (0, 1)),
    blocking TEXT NOT NULL,
    work_open INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE index_objects (
    case_id BLOB NOT NULL REFERENCES cases (id),
    ordinal INTEGER NOT NULL,
    object BLOB NOT NULL UNIQUE REFERENCES objects (id),
    PRIMARY KEY (case_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_findings (
    case_id BLOB NOT NULL REFERENCES cases (id),
    ordinal INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warn', 'block')),
    PRIMARY KEY (case_id, ordinal)
) STRICT, WITHOUT ROWID;

-- A job that is done has no row. `merge_key` is the key under which waiting jobs are one job.
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    case_id BLOB REFERENCES cases (id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    merge_key TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'stuck')),
    not_before INTEGER NOT NULL,
    until INTEGER,
    token INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    expiries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, kind, seq);
CREATE INDEX jobs_of_case ON jobs (case_id, state);
CREATE INDEX jobs_by_merge_key ON jobs (merge_key) WHERE merge_key IS NOT NULL;

CREATE TABLE audit (
    node BLOB NOT NULL CHECK (length(node) = 16),
    seq INTEGER NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    act TEXT NOT NULL,
    case_id BLOB,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    sealed BLOB NOT NULL,
    before BLOB NOT NULL CHECK (length(before) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit row is never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit row is never deleted'); END;
CREATE TRIGGER audit_has_no_gaps BEFORE INSERT ON audit
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit WHERE node = NEW.node)
BEGIN SELECT RAISE(ABORT, 'an audit row follows the one before'); END;
