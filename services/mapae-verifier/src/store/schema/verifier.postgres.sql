-- What a verifier keeps, and not for long. Whatever tells of a person is sealed by the service.
-- state: 0 waiting, 1 fetched, 2 done, 3 expired. nonce: 32 bytes of zero where nobody brought one.

CREATE TABLE sessions (
    id BYTEA NOT NULL CONSTRAINT sessions_id_key PRIMARY KEY,
    owner TEXT NOT NULL,
    request BYTEA NOT NULL CONSTRAINT sessions_request_key UNIQUE,
    response BYTEA NOT NULL CONSTRAINT sessions_response_key UNIQUE,
    flow BIGINT NOT NULL,
    state BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    context BYTEA,
    result BYTEA,
    code BYTEA
);
CREATE INDEX sessions_keep_until ON sessions (keep_until);
CREATE INDEX sessions_expires_at ON sessions (expires_at) WHERE state < 2;

CREATE TABLE messages (
    id BYTEA NOT NULL CONSTRAINT messages_id_key PRIMARY KEY,
    session BYTEA NOT NULL,
    body BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL
);
CREATE INDEX messages_next_at ON messages (next_at);

CREATE TABLE probe (one BIGINT PRIMARY KEY, bytes BYTEA NOT NULL);
