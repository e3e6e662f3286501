//! What a relying party runs: sessions with wallets, and their results.
