//! One strict CBOR reader, COSE_Sign1, COSE_Mac0, COSE_Key.
