//! PKCS#11: a pool of signers in a hardware module, and software keys for development.
