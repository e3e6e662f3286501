//! Certificate profiles: IACA, document signer, reader, status signer; CRL.
