//! Rate limits: by the client's address and the kind of route at the edge, and by any key inside a service.

mod classes;
mod limiter;
mod proxies;
mod rate;

pub use classes::{RateClass, Rates};
pub use limiter::{RateLimiter, Wait};
pub use proxies::Proxies;
pub use rate::{Rate, RateError};
