-- What a log keeps. Heads move by compare-and-swap; entries are only ever added.
CREATE TABLE logs (
    log INTEGER PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    root BLOB NOT NULL CONSTRAINT logs_root_is_hash CHECK (length(root) = 32),
    published_size INTEGER,
    published TEXT
) STRICT;

-- The index over leaves is as large as a hash for each entry, and finds duplicates.
CREATE TABLE entries (
    log INTEGER NOT NULL REFERENCES logs,
    idx INTEGER NOT NULL,
    leaf BLOB NOT NULL CONSTRAINT entries_leaf_is_hash CHECK (length(leaf) = 32),
    bytes BLOB NOT NULL,
    UNIQUE (log, idx),
    UNIQUE (log, leaf)
) STRICT;

CREATE TABLE drafts (
    manifest BLOB PRIMARY KEY CONSTRAINT drafts_manifest_is_hash CHECK (length(manifest) = 32),
    draft BLOB NOT NULL
) STRICT;

-- Steps from one policy to the next, with the cosignatures of the old quorum: they do not follow from the entries.
CREATE TABLE rotations (
    log INTEGER NOT NULL REFERENCES logs,
    nth INTEGER NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (log, nth)
) STRICT;
