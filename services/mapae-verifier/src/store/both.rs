//! What both stores do in the same words: SQL of one table each, in the part that SQLite and PostgreSQL share. They
//! differ in `$skip`, by which of two replicas of PostgreSQL each takes other rows instead of waiting for the other's.

/// Implements the trait for a store over a database.
macro_rules! session_store {
    ($store:ident, $database:ty, skip: $skip:literal) => {
        use tokio::sync::oneshot;

        use $crate::store::{
            rows::Point as _,
            steps::{Deliver, Done, Fetch, NOBODYS, Step, Steps},
            together::{self, By, Look, Made, Together},
        };

        #[doc = concat!("A verifier's store in ", stringify!($database), ".")]
        #[derive(Debug, Clone)]
        pub struct $store($database, Together);

        impl $store {
            /// A store in a database that has the tables of [`VERIFIER`](crate::store::VERIFIER).
            pub fn new(database: $database) -> Self {
                Self(database, Together::default())
            }

            async fn one(&self, column: &'static str, value: &[u8]) -> Result<Option<Session>, SqlError> {
                let query = match column {
                    "id" => concat!("SELECT ", columns!(), " FROM sessions WHERE id = $1"),
                    "request" => concat!("SELECT ", columns!(), " FROM sessions WHERE request = $1"),
                    _ => concat!("SELECT ", columns!(), " FROM sessions WHERE response = $1"),
                };
                let row: Option<SessionRow> =
                    sqlx::query_as(query).bind(value).fetch_optional(self.0.readers()).await?;
                row.map(row::session).transpose()
            }

            /// Makes a step together with others. Nothing: it was not made, and is to be made alone.
            async fn step<T>(&self, step: impl FnOnce(Done<T>) -> Step) -> Option<T> {
                let (done, made) = oneshot::channel();
                let store = self.clone();
                self.1.steps.add(step(done), move |steps| {
                    let store = store.clone();
                    // Whoever hears nothing of his step makes it alone, and learns what is wrong with it.
                    async move { drop(store.together(steps).await) }
                });
                made.await.ok()
            }

            /// Looks together with others. Nothing: that failed, and is to be done alone.
            async fn found(&self, by: By) -> Option<Option<Session>> {
                let (done, told) = oneshot::channel();
                let store = self.clone();
                self.1.looks.add(Look(by, done), move |looks| {
                    let store = store.clone();
                    async move { drop(store.look(looks).await) }
                });
                told.await.ok()
            }

            async fn look(&self, looks: Vec<Look>) -> Result<(), SqlError> {
                together::look(looks, &mut *self.0.readers().acquire().await?).await
            }

            async fn together(&self, steps: Vec<Step>) -> Result<(), SqlError> {
                let (steps, mut made) = (Steps::of(steps), Made::default());
                let mut transaction = self.0.begin().await?;
                transaction.point().await?;
                made.all(&steps, &mut *transaction).await?;
                transaction.commit().await?;
                made.tell(steps);
                Ok(())
            }

            async fn begin_alone(&self, new: &NewSession) -> Result<(), SqlError> {
                let insert = "INSERT INTO sessions (id, owner, request, response, flow, state, nonce, context, expires_at, keep_until)
                    VALUES ($1, $2, $3, $4, $5, $9, $10, $6, $7, $8)";
                let insert = sqlx::query(insert).bind(new.id.as_bytes().as_slice()).bind(new.owner.as_str());
                let insert = insert.bind(new.request.as_slice()).bind(new.response.as_slice());
                let insert = insert.bind(row::of_flow(new.flow)).bind(new.context.as_slice());
                // What goes by a browser is handed out at once.
                let state = i64::from(new.flow == Flow::Browser);
                let insert = insert.bind(new.expires_at.unix()).bind(new.keep_until.unix()).bind(state);
                let insert = insert.bind(NOBODYS.to_vec());
                let mut transaction = self.0.begin().await?;
                insert.execute(&mut *transaction).await?;
                transaction.commit().await
            }

            async fn fetch_alone(&self, Fetch { request, nonce, now }: &Fetch) -> Result<Option<Given>, SqlError> {
                // Nothing equals NULL: who has no nonce gets the request once.
                let fetch = "UPDATE sessions SET state = 1, nonce = $2 WHERE request = $1 AND expires_at > $4
                        AND (state = 0 OR (state = 1 AND nonce = $3)) RETURNING request, id, response";
                let fetch = sqlx::query_as(fetch).bind(request.to_vec()).bind(nonce.unwrap_or(NOBODYS).to_vec());
                let fetch = fetch.bind(nonce.map(|nonce| nonce.to_vec()));
                let mut transaction = self.0.begin().await?;
                let row: Option<FetchedRow> = fetch.bind(now.unix()).fetch_optional(&mut *transaction).await?;
                transaction.commit().await?;
                Ok(row.map(row::fetched).transpose()?.map(|(_, given)| given))
            }

            async fn finish_alone(&self, id: SessionId, finished: &Finished) -> Result<Swap, SqlError> {
                let finish = "UPDATE sessions SET state = 2, result = $2, code = $3, keep_until = $4, context = NULL
                    WHERE id = $1 AND state = 1 AND expires_at > $5";
                let finish = sqlx::query(finish).bind(id.as_bytes().to_vec()).bind(finished.result.clone());
                let finish = finish.bind(finished.code.map(|code| code.to_vec())).bind(finished.keep_until.unix());
                let finish = finish.bind(finished.at.unix());
                let mut transaction = self.0.begin().await?;
                let swap = Swap::of(finish.execute(&mut *transaction).await?.rows_affected())?;
                if let (Swap::Done, Some(message)) = (swap, &finished.message) {
                    let insert = "INSERT INTO messages (id, session, body, attempts, next_at, keep_until)
                        VALUES ($1, $2, $3, 0, $4, $5)";
                    let insert = sqlx::query(insert).bind(message.id.to_vec()).bind(id.as_bytes().to_vec());
                    let insert = insert.bind(message.body.clone()).bind(message.next_at.unix());
                    insert.bind(message.keep_until.unix()).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
                Ok(swap)
            }

            async fn delivered_alone(&self, id: SessionId, keep_until: Timestamp, forget: bool) -> Result<(), SqlError> {
                let shorten = if forget {
                    "UPDATE sessions SET keep_until = $2, result = NULL
                        WHERE id = $1 AND state = 2 AND (keep_until > $2 OR result IS NOT NULL)"
                } else {
                    "UPDATE sessions SET keep_until = $2 WHERE id = $1 AND state = 2 AND keep_until > $2"
                };
                let mut transaction = self.0.begin().await?;
                let shorten = sqlx::query(shorten).bind(id.as_bytes().to_vec()).bind(keep_until.unix());
                shorten.execute(&mut *transaction).await?;
                transaction.commit().await
            }
        }

        impl SessionStore for $store {
            async fn begin(&self, new: &NewSession) -> Result<(), SqlError> {
                match self.step(|done| Step::Begin(new.clone(), done)).await {
                    Some(()) => Ok(()),
                    None => self.begin_alone(new).await,
                }
            }

            async fn session(&self, id: SessionId) -> Result<Option<Session>, SqlError> {
                match self.found(By::Id(id)).await {
                    Some(session) => Ok(session),
                    None => self.one("id", id.as_bytes()).await,
                }
            }

            async fn awaiting(&self, response: Lookup) -> Result<Option<Session>, SqlError> {
                match self.found(By::Response(response)).await {
                    Some(session) => Ok(session),
                    None => self.one("response", &response).await,
                }
            }

            async fn fetch(
                &self,
                request: Lookup,
                nonce: Option<Lookup>,
                now: Timestamp,
            ) -> Result<Fetched, SqlError> {
                let fetch = || Fetch { request, nonce, now };
                let fetched = match self.step(|done| Step::Fetch(fetch(), done)).await {
                    Some(fetched) => fetched,
                    None => self.fetch_alone(&fetch()).await?,
                };
                if let Some((id, response)) = fetched {
                    return Ok(Fetched::Done { id, response });
                }
                Ok(match self.one("request", &request).await? {
                    None => Fetched::Unknown,
                    Some(session) if session.state == State::Expired => Fetched::Expired,
                    Some(session) if session.state == State::Waiting && session.expires_at <= now => Fetched::Expired,
                    Some(_) => Fetched::Taken,
                })
            }

            async fn finish(&self, id: SessionId, finished: &Finished) -> Result<Finish, SqlError> {
                let swap = match self.step(|done| Step::Finish(id, finished.clone(), done)).await {
                    Some(swap) => swap,
                    None => self.finish_alone(id, finished).await?,
                };
                if swap == Swap::Done {
                    return Ok(Finish::Done);
                }
                match self.one("id", id.as_bytes()).await?.map(|session| Finish::of(&session, finished.at)) {
                    None => Ok(Finish::Unknown),
                    // Another replica was faster, and what is read is older than that.
                    Some(Finish::Done) => Err(SqlError::Lost),
                    Some(other) => Ok(other),
                }
            }

            async fn delivered(&self, id: SessionId, keep_until: Timestamp, forget: bool) -> Result<(), SqlError> {
                match self.step(|done| Step::Deliver(Deliver { id, keep_until, forget }, done)).await {
                    Some(()) => Ok(()),
                    None => self.delivered_alone(id, keep_until, forget).await,
                }
            }

            async fn delete(&self, id: SessionId) -> Result<Swap, SqlError> {
                let mut transaction = self.0.begin().await?;
                let messages = sqlx::query("DELETE FROM messages WHERE session = $1").bind(id.as_bytes().to_vec());
                messages.execute(&mut *transaction).await?;
                let session = sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id.as_bytes().to_vec());
                let swap = Swap::of(session.execute(&mut *transaction).await?.rows_affected())?;
                transaction.commit().await?;
                Ok(swap)
            }

            async fn due(&self, now: Timestamp, lease_until: Timestamp) -> Result<Vec<Message>, SqlError> {
                let claim = concat!(
                    "UPDATE messages SET next_at = $2, attempts = attempts + 1 WHERE id IN (SELECT id FROM messages
                        WHERE next_at <= $1 AND keep_until > $1 ORDER BY next_at LIMIT $3 ",
                    $skip,
                    ") RETURNING id, session, body, attempts"
                );
                let claim = sqlx::query_as(claim).bind(now.unix()).bind(lease_until.unix()).bind(AT_ONCE);
                let mut transaction = self.0.begin().await?;
                let rows: Vec<MessageRow> = claim.fetch_all(&mut *transaction).await?;
                transaction.commit().await?;
                rows.into_iter().map(row::message).collect()
            }

            async fn sent(&self, id: MessageId) -> Result<(), SqlError> {
                let mut transaction = self.0.begin().await?;
                let delete = sqlx::query("DELETE FROM messages WHERE id = $1").bind(id.to_vec());
                delete.execute(&mut *transaction).await?;
                transaction.commit().await
            }

            async fn postpone(&self, id: MessageId, next_at: Timestamp) -> Result<(), SqlError> {
                let mut transaction = self.0.begin().await?;
                let postpone = sqlx::query("UPDATE messages SET next_at = $2 WHERE id = $1").bind(id.to_vec());
                postpone.bind(next_at.unix()).execute(&mut *transaction).await?;
                transaction.commit().await
            }

            async fn sweep(&self, now: Timestamp) -> Result<Swept, SqlError> {
                let expire = concat!(
                    "UPDATE sessions SET state = 3, context = NULL WHERE id IN (SELECT id FROM sessions
                        WHERE state < 2 AND expires_at <= $1 LIMIT $2 ",
                    $skip,
                    ")"
                );
                let delete = concat!(
                    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE keep_until <= $1 LIMIT $2 ",
                    $skip,
                    ")"
                );
                let give_up = concat!(
                    "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE keep_until <= $1 LIMIT $2 ",
                    $skip,
                    ")"
                );
                let mut transaction = self.0.begin().await?;
                let mut done = [0; 3];
                for (done, statement) in done.iter_mut().zip([expire, delete, give_up]) {
                    let statement = sqlx::query(statement).bind(now.unix()).bind(SWEPT_AT_ONCE);
                    *done = statement.execute(&mut *transaction).await?.rows_affected();
                }
                transaction.commit().await?;
                let [expired, deleted, given_up] = done;
                Ok(Swept { expired, deleted, given_up })
            }

            async fn probe(&self, bytes: &[u8]) -> Result<(), SqlError> {
                let write = "INSERT INTO probe (one, bytes) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET bytes = $1";
                let mut transaction = self.0.begin().await?;
                sqlx::query(write).bind(bytes).execute(&mut *transaction).await?;
                transaction.commit().await?;
                let read: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM probe").fetch_one(self.0.readers()).await?;
                if read == bytes { Ok(()) } else { Err(SqlError::Damaged { what: "the probe" }) }
            }
        }
    };
}
pub(super) use session_store;

/// Webhooks that a replica takes on at a time.
pub(super) const AT_ONCE: i64 = 64;
/// Rows that a sweep does away with at a time, so that nobody waits long for it.
pub(super) const SWEPT_AT_ONCE: i64 = 2_000;
