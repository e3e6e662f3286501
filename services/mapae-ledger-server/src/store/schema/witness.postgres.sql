-- What a witness keeps, as long as its key. One store, one witness: a second mark finds the first one's row.
CREATE TABLE birth (
    one BIGINT PRIMARY KEY CONSTRAINT birth_is_one CHECK (one = 1),
    key BYTEA NOT NULL,
    mark BYTEA NOT NULL CONSTRAINT birth_mark_is_32_bytes CHECK (length(mark) = 32)
);

CREATE TABLE records (
    log BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL CONSTRAINT records_root_is_hash CHECK (length(root) = 32),
    checkpoint TEXT NOT NULL
);

-- What an auditing cosigner judged.
CREATE TABLE judged (
    log BIGINT NOT NULL REFERENCES records,
    idx BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    UNIQUE (log, idx)
);
