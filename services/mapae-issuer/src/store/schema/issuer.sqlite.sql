-- What the issuer keeps. Ids begin with the time, so that rows of one day lie together in every index.
-- No foreign keys: whoever writes has read the document in the same transaction, which holds all that hangs on it.

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('numbers', 0), ('revocations', 0);

-- owner is person/document, here and with documents. The revision before the last is kept for copies that have to be
-- made again.
CREATE TABLE register (
    owner TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    cells TEXT NOT NULL,
    before TEXT,
    removed INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX register_name ON register (name, owner);
CREATE INDEX register_old ON register (changed_at) WHERE before IS NOT NULL OR removed = 1;

-- slot is 0 for one that is pending, 1 for one that is live, none once it is over.
CREATE TABLE documents (
    id BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    state INTEGER NOT NULL,
    slot INTEGER,
    held INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    applied_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    reason TEXT,
    offer BLOB,
    grant_id BLOB,
    root BLOB,
    device BLOB,
    activated_at INTEGER,
    expires_at INTEGER,
    refill_from INTEGER,
    UNIQUE (owner, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_waiting ON documents (urgency DESC, applied_at, id) WHERE state = 1;
CREATE INDEX documents_ending ON documents (expires_at) WHERE slot = 1;

CREATE TABLE offers (
    id BLOB PRIMARY KEY,
    document BLOB NOT NULL,
    tx_code BLOB NOT NULL,
    copies INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    wrong INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    id BLOB PRIMARY KEY,
    root BLOB NOT NULL,
    document BLOB NOT NULL,
    jkt BLOB NOT NULL,
    client_id TEXT,
    copies INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_old ON grants (keep_until);

CREATE TABLE sign_ins (
    id BLOB PRIMARY KEY,
    stage INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    state TEXT,
    challenge TEXT NOT NULL,
    configurations TEXT NOT NULL,
    name TEXT NOT NULL,
    jkt BLOB,
    nonce TEXT,
    verifier TEXT,
    person TEXT,
    grant_id BLOB,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_old ON sign_ins (expires_at);

-- mark is a nonce's last second, then its hash: nonces of one minute lie together, and are forgotten together.
CREATE TABLE used_nonces (
    mark BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- A row for all copies that were made together. keys, thumbprints and seed go after the retry window (design D7).
CREATE TABLE batches (
    id BLOB PRIMARY KEY,
    document BLOB NOT NULL,
    grant_id BLOB NOT NULL,
    configuration TEXT NOT NULL,
    keys BLOB,
    thumbprints BLOB,
    seed BLOB,
    first_number INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    revision INTEGER NOT NULL,
    memo BLOB NOT NULL,
    valid_until INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    notified INTEGER,
    revoked INTEGER NOT NULL,
    UNIQUE (first_number),
    UNIQUE (grant_id, configuration, keys)
) STRICT;
CREATE INDEX batches_document ON batches (document);
CREATE INDEX batches_made ON batches (made_at, id);
CREATE INDEX batches_keyed ON batches (made_at) WHERE seed IS NOT NULL;

CREATE TABLE deferred (
    id BLOB PRIMARY KEY,
    grant_id BLOB NOT NULL,
    configuration TEXT NOT NULL,
    keys BLOB NOT NULL,
    request BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    batch BLOB,
    UNIQUE (grant_id, configuration, keys)
) STRICT;
CREATE INDEX deferred_made ON deferred (made_at);

-- nth has no gaps and follows the order of commits: who has read up to one has missed none.
CREATE TABLE revocations (
    nth INTEGER PRIMARY KEY,
    first_number INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE covers (
    list INTEGER PRIMARY KEY,
    entries INTEGER NOT NULL
) STRICT;

CREATE TABLE leases (
    task TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE probe (
    one INTEGER PRIMARY KEY CONSTRAINT probe_is_one CHECK (one = 1),
    written_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
