//! The wallet provider, which says of this wallet that it is one and of its keys where they are kept (OpenID4VCI §D and
//! §E; HAIP §4.4.1, §4.5.1).
