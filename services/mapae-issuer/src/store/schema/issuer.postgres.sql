-- What the issuer keeps. Ids begin with the time, so that rows of one day lie together in every index.
-- No foreign keys: whoever writes has read the document in the same transaction, which holds all that hangs on it.

CREATE TABLE counters (
    name TEXT CONSTRAINT counters_name_key PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('numbers', 0), ('revocations', 0);

-- owner is person/document, here and with documents. The revision before the last is kept for copies that have to be
-- made again.
CREATE TABLE register (
    owner TEXT COLLATE "C" CONSTRAINT register_owner_key PRIMARY KEY,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    cells TEXT NOT NULL,
    before TEXT,
    removed BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX register_name ON register (name, owner);
CREATE INDEX register_old ON register (changed_at) WHERE before IS NOT NULL OR removed = 1;

-- slot is 0 for one that is pending, 1 for one that is live, none once it is over.
CREATE TABLE documents (
    id BYTEA CONSTRAINT documents_id_key PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    slot BIGINT,
    held BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    urgency BIGINT NOT NULL,
    applied_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    reason TEXT,
    offer BYTEA,
    grant_id BYTEA,
    root BYTEA,
    device BYTEA,
    activated_at BIGINT,
    expires_at BIGINT,
    refill_from BIGINT,
    UNIQUE (owner, slot)
);
CREATE INDEX documents_waiting ON documents (urgency DESC, applied_at, id) WHERE state = 1;
CREATE INDEX documents_ending ON documents (expires_at) WHERE slot = 1;

CREATE TABLE offers (
    id BYTEA CONSTRAINT offers_id_key PRIMARY KEY,
    document BYTEA NOT NULL,
    tx_code BYTEA NOT NULL,
    copies BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE grants (
    id BYTEA CONSTRAINT grants_id_key PRIMARY KEY,
    root BYTEA NOT NULL,
    document BYTEA NOT NULL,
    jkt BYTEA NOT NULL,
    client_id TEXT,
    copies BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL
);
CREATE INDEX grants_old ON grants (keep_until);

CREATE TABLE sign_ins (
    id BYTEA CONSTRAINT sign_ins_id_key PRIMARY KEY,
    stage BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    state TEXT,
    challenge TEXT NOT NULL,
    configurations TEXT NOT NULL,
    name TEXT NOT NULL,
    jkt BYTEA,
    nonce TEXT,
    verifier TEXT,
    person TEXT,
    grant_id BYTEA,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_old ON sign_ins (expires_at);

-- mark is a nonce's last second, then its hash: nonces of one minute lie together, and are forgotten together.
CREATE TABLE used_nonces (
    mark BYTEA CONSTRAINT used_nonces_mark_key PRIMARY KEY
);

-- A row for all copies that were made together. keys, thumbprints and seed go after the retry window (design D7).
CREATE TABLE batches (
    id BYTEA CONSTRAINT batches_id_key PRIMARY KEY,
    document BYTEA NOT NULL,
    grant_id BYTEA NOT NULL,
    configuration TEXT NOT NULL,
    keys BYTEA,
    thumbprints BYTEA,
    seed BYTEA,
    first_number BIGINT NOT NULL,
    copies BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    memo BYTEA NOT NULL,
    valid_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    notified BIGINT,
    revoked BIGINT NOT NULL,
    UNIQUE (first_number),
    UNIQUE (grant_id, configuration, keys)
);
CREATE INDEX batches_document ON batches (document);
CREATE INDEX batches_made ON batches (made_at, id);
CREATE INDEX batches_keyed ON batches (made_at) WHERE seed IS NOT NULL;

CREATE TABLE deferred (
    id BYTEA CONSTRAINT deferred_id_key PRIMARY KEY,
    grant_id BYTEA NOT NULL,
    configuration TEXT NOT NULL,
    keys BYTEA NOT NULL,
    request BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    state BIGINT NOT NULL,
    batch BYTEA,
    UNIQUE (grant_id, configuration, keys)
);
CREATE INDEX deferred_made ON deferred (made_at);

-- nth has no gaps and follows the order of commits: who has read up to one has missed none.
CREATE TABLE revocations (
    nth BIGINT CONSTRAINT revocations_nth_key PRIMARY KEY,
    first_number BIGINT NOT NULL,
    copies BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);

CREATE TABLE covers (
    list BIGINT CONSTRAINT covers_list_key PRIMARY KEY,
    entries BIGINT NOT NULL
);

CREATE TABLE leases (
    task TEXT CONSTRAINT leases_task_key PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE probe (
    one BIGINT PRIMARY KEY CONSTRAINT probe_is_one CHECK (one = 1),
    written_at BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);
