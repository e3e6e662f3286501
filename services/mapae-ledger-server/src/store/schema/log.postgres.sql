-- What a log keeps. Heads move by compare-and-swap; entries are only ever added.
CREATE TABLE logs (
    log BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL CONSTRAINT logs_root_is_hash CHECK (length(root) = 32),
    published_size BIGINT,
    published TEXT
);

-- The index over leaves is as large as a hash for each entry, and finds duplicates.
CREATE TABLE entries (
    log BIGINT NOT NULL REFERENCES logs,
    idx BIGINT NOT NULL,
    leaf BYTEA NOT NULL CONSTRAINT entries_leaf_is_hash CHECK (length(leaf) = 32),
    bytes BYTEA NOT NULL,
    UNIQUE (log, idx),
    UNIQUE (log, leaf)
);

CREATE TABLE drafts (
    manifest BYTEA PRIMARY KEY CONSTRAINT drafts_manifest_is_hash CHECK (length(manifest) = 32),
    draft BYTEA NOT NULL
);

-- Steps from one policy to the next, with the cosignatures of the old quorum: they do not follow from the entries.
CREATE TABLE rotations (
    log BIGINT NOT NULL REFERENCES logs,
    nth BIGINT NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (log, nth)
);
