//! Both backends on the same inputs.
