//! Up, test, soak, bench, layers.

fn main() {}
