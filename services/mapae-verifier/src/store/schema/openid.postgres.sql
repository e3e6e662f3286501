-- What the OpenID provider keeps for a while: things with a name, each of which is good once. `record` is sealed.
-- kind: 0 sign-in, 1 pushed request, 2 code, 3 access token, 4 assertion that was shown, 5 key that signs.
-- used: 0 not yet, 1 once, 2 again, or withdrawn.

CREATE TABLE openid (
    kind BIGINT NOT NULL,
    name BYTEA NOT NULL,
    login BYTEA,
    record BYTEA,
    used BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    CONSTRAINT openid_name_key PRIMARY KEY (kind, name)
);
CREATE INDEX openid_login ON openid (login) WHERE login IS NOT NULL;
CREATE INDEX openid_keep_until ON openid (keep_until);
