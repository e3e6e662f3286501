-- What a witness keeps, as long as its key. One store, one witness: a second mark finds the first one's row.
CREATE TABLE birth (
    one INTEGER PRIMARY KEY CONSTRAINT birth_is_one CHECK (one = 1),
    key BLOB NOT NULL,
    mark BLOB NOT NULL CONSTRAINT birth_mark_is_32_bytes CHECK (length(mark) = 32)
) STRICT;

CREATE TABLE records (
    log INTEGER PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    root BLOB NOT NULL CONSTRAINT records_root_is_hash CHECK (length(root) = 32),
    checkpoint TEXT NOT NULL
) STRICT;

-- What an auditing cosigner judged.
CREATE TABLE judged (
    log INTEGER NOT NULL REFERENCES records,
    idx INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (log, idx)
) STRICT;
