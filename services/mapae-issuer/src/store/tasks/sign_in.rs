//! Steps of a sign-in. Each is one compare-and-swap of the stage before, so that it is taken once.

use mapae_types::{PersonId, Timestamp};

use crate::{
    ids::SignInId,
    store::{
        BeginSignIn, NewSignIn, PushedRequest, StoreError, TakenSignIn,
        rows::{SIGN_IN, SignIn, SignInStage, Stored},
        sql::{Arg, Backend, Query, Transaction},
    },
};

const BEGIN: &str = "UPDATE sign_ins SET stage = 1, nonce = $3, verifier = $4, expires_at = $5
    WHERE id = $1 AND stage = 0 AND client_id = $2 AND expires_at >= $6 RETURNING {columns}";
const TAKE: &str = "UPDATE sign_ins SET stage = 2 WHERE id = $1 AND stage = 1 AND expires_at >= $2 RETURNING {columns}";
const SIGNED_IN: &str = "UPDATE sign_ins SET stage = 3, person = $2, expires_at = $3
    WHERE id = $1 AND stage = 2 AND expires_at >= $4 RETURNING {columns}";

pub(in crate::store) async fn push(backend: &impl Backend, new: &NewSignIn) -> Result<(), StoreError> {
    let sign_in = SignIn {
        id: new.id,
        stage: SignInStage::Pushed,
        request: new.request.clone(),
        nonce: None,
        verifier: None,
        person: None,
        grant: None,
        expires_at: new.expires_at,
    };
    let mut transaction = backend.begin().await?;
    transaction.insert(&SIGN_IN, vec![sign_in.to_row()?]).await?;
    transaction.commit().await
}

pub(in crate::store) async fn begin(
    backend: &impl Backend,
    begin: &BeginSignIn,
) -> Result<Option<PushedRequest>, StoreError> {
    let args = vec![
        id(begin.id),
        Arg::Text(begin.client_id.clone()),
        Arg::Text(begin.nonce.clone()),
        Arg::Text(begin.verifier.clone()),
        Arg::Int(begin.expires_at.unix()),
        Arg::Int(begin.now.unix()),
    ];
    Ok(step(backend, BEGIN, args).await?.map(|sign_in| sign_in.request))
}

pub(in crate::store) async fn take(
    backend: &impl Backend,
    sign_in: SignInId,
    now: Timestamp,
) -> Result<Option<TakenSignIn>, StoreError> {
    let taken = step(backend, TAKE, vec![id(sign_in), Arg::Int(now.unix())]).await?;
    Ok(taken
        .and_then(|taken| Some(TakenSignIn { request: taken.request, nonce: taken.nonce?, verifier: taken.verifier? })))
}

pub(in crate::store) async fn signed_in(
    backend: &impl Backend,
    sign_in: SignInId,
    person: &PersonId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<PushedRequest>, StoreError> {
    let person = Arg::Text(person.as_str().to_owned());
    let args = vec![id(sign_in), person, Arg::Int(expires_at.unix()), Arg::Int(now.unix())];
    Ok(step(backend, SIGNED_IN, args).await?.map(|sign_in| sign_in.request))
}

fn id(sign_in: SignInId) -> Arg {
    Arg::Blob(sign_in.as_bytes().to_vec())
}

async fn step(backend: &impl Backend, sql: &'static str, args: Vec<Arg>) -> Result<Option<SignIn>, StoreError> {
    let mut transaction = backend.begin().await?;
    let stepped = transaction.select(Query::of(&SIGN_IN, sql, args)).await?;
    transaction.commit().await?;
    stepped.into_iter().next().map(SignIn::of_row).transpose()
}
