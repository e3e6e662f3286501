//! Our time over the cryptographic limit's, in the same run.

fn main() {}
