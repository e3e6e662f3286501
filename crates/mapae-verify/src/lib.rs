//! Bytes, binding, bundle, now and policy in; a verdict out.
