-- What a verifier keeps, and not for long. Whatever tells of a person is sealed by the service.
-- state: 0 waiting, 1 fetched, 2 done, 3 expired. nonce: 32 bytes of zero where nobody brought one.

CREATE TABLE sessions (
    id BLOB NOT NULL CONSTRAINT sessions_id_key PRIMARY KEY,
    owner TEXT NOT NULL,
    request BLOB NOT NULL CONSTRAINT sessions_request_key UNIQUE,
    response BLOB NOT NULL CONSTRAINT sessions_response_key UNIQUE,
    flow INTEGER NOT NULL,
    state INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    context BLOB,
    result BLOB,
    code BLOB
) STRICT;
CREATE INDEX sessions_keep_until ON sessions (keep_until);
CREATE INDEX sessions_expires_at ON sessions (expires_at) WHERE state < 2;

CREATE TABLE messages (
    id BLOB NOT NULL CONSTRAINT messages_id_key PRIMARY KEY,
    session BLOB NOT NULL,
    body BLOB NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_next_at ON messages (next_at);

CREATE TABLE probe (one INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
