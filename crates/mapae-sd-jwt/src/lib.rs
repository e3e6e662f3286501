//! RFC 9901 and SD-JWT VC: issue, present, verify.
