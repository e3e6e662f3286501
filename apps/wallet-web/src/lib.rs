//! The wallet page's WebAssembly.
