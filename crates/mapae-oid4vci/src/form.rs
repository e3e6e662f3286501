//! `application/x-www-form-urlencoded`, read so that it has one reading: no parameter twice (RFC 6749 §3.1, §3.2).
