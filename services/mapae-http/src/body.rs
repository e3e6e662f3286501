//! Bodies of requests, read whole and up to a bound.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, Request,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::StatusCode,
};

use crate::Problem;

/// A body that was read whole. Its bound is that of [`Limits`](crate::Limits), or of the route's
/// [`DefaultBodyLimit`](axum::extract::DefaultBodyLimit); a larger one is refused with 413 before it is all read.
#[derive(Debug, Clone)]
pub struct Whole(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| refuse(&rejection))
    }
}

fn refuse(rejection: &BytesRejection) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
        }
        _ => Problem::new(StatusCode::BAD_REQUEST, "body_broken", "The body did not arrive whole"),
    }
}
