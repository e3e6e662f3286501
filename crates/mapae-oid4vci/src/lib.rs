//! OpenID4VCI 1.0 and HAIP 1.0: messages, and both parties' state machines.
