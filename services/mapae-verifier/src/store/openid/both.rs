//! What both stores do in the same words, in the part of SQL that SQLite and PostgreSQL share.

/// Implements the trait for a store over a database.
macro_rules! openid_store {
    ($store:ident, $connection:ty, skip: $skip:literal) => {
        async fn insert(connection: &mut $connection, new: &Named) -> Result<Swap, SqlError> {
            let insert = "INSERT INTO openid (kind, name, login, record, used, keep_until)
                VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (kind, name) DO NOTHING";
            let insert = sqlx::query(insert).bind(number(new.thing)).bind(new.name.clone());
            let insert = insert.bind(new.login.map(|login| login.to_vec())).bind(new.record.clone());
            Swap::of(insert.bind(new.keep_until.unix()).execute(connection).await?.rows_affected())
        }

        impl OpenIdStore for $store {
            async fn keep(&self, new: &Named) -> Result<Swap, SqlError> {
                let mut transaction = self.0.begin().await?;
                let swap = insert(&mut transaction, new).await?;
                transaction.commit().await?;
                Ok(swap)
            }

            async fn kept(&self, thing: Thing, name: &[u8]) -> Result<Option<Kept>, SqlError> {
                let query = "SELECT name, record, used FROM openid WHERE kind = $1 AND name = $2";
                let query = sqlx::query_as(query).bind(number(thing)).bind(name);
                let row: Option<NamedRow> = query.fetch_optional(self.0.readers()).await?;
                Ok(row.map(openid::kept))
            }

            async fn all(&self, thing: Thing) -> Result<Vec<Kept>, SqlError> {
                let query = "SELECT name, record, used FROM openid WHERE kind = $1 ORDER BY name";
                let rows: Vec<NamedRow> = sqlx::query_as(query).bind(number(thing)).fetch_all(self.0.readers()).await?;
                Ok(rows.into_iter().map(openid::kept).collect())
            }

            async fn spend(&self, thing: Thing, name: &[u8]) -> Result<Swap, SqlError> {
                let spend = "UPDATE openid SET used = 1 WHERE kind = $1 AND name = $2 AND used = 0";
                let spend = sqlx::query(spend).bind(number(thing)).bind(name.to_vec());
                let mut transaction = self.0.begin().await?;
                let swap = Swap::of(spend.execute(&mut *transaction).await?.rows_affected())?;
                transaction.commit().await?;
                Ok(swap)
            }

            async fn exchange(&self, thing: Thing, name: &[u8], new: Option<&Named>) -> Result<Swap, SqlError> {
                let spend = "UPDATE openid SET used = 1, record = NULL WHERE kind = $1 AND name = $2 AND used = 0";
                let spend = sqlx::query(spend).bind(number(thing)).bind(name.to_vec());
                let mut transaction = self.0.begin().await?;
                let swap = Swap::of(spend.execute(&mut *transaction).await?.rows_affected())?;
                if let (Swap::Done, Some(new)) = (swap, new)
                    && insert(&mut transaction, new).await? == Swap::Lost
                {
                    return Err(SqlError::Damaged { what: "a name that was drawn twice" });
                }
                transaction.commit().await?;
                Ok(swap)
            }

            async fn grant(&self, code: &[u8], access: &Named) -> Result<Swap, SqlError> {
                // The row is locked until the token is there, so that who withdraws sees it.
                let lock = "UPDATE openid SET used = 1 WHERE kind = $1 AND name = $2 AND used = 1";
                let lock = sqlx::query(lock).bind(number(Thing::Code)).bind(code.to_vec());
                let mut transaction = self.0.begin().await?;
                let swap = match Swap::of(lock.execute(&mut *transaction).await?.rows_affected())? {
                    Swap::Done => insert(&mut transaction, access).await?,
                    Swap::Lost => Swap::Lost,
                };
                transaction.commit().await?;
                Ok(swap)
            }

            async fn withdraw(&self, login: [u8; 16]) -> Result<(), SqlError> {
                let mut transaction = self.0.begin().await?;
                let codes = sqlx::query("UPDATE openid SET used = 2 WHERE login = $1 AND kind = $2");
                codes.bind(login.to_vec()).bind(number(Thing::Code)).execute(&mut *transaction).await?;
                let tokens = sqlx::query("DELETE FROM openid WHERE login = $1 AND kind = $2");
                tokens.bind(login.to_vec()).bind(number(Thing::Access)).execute(&mut *transaction).await?;
                transaction.commit().await
            }

            async fn sweep_openid(&self, now: Timestamp) -> Result<u64, SqlError> {
                let delete = concat!(
                    "DELETE FROM openid WHERE (kind, name) IN (SELECT kind, name FROM openid WHERE keep_until <= $1
                        LIMIT $2 ",
                    $skip,
                    ")"
                );
                let mut transaction = self.0.begin().await?;
                let delete = sqlx::query(delete).bind(now.unix()).bind(SWEPT_AT_ONCE);
                let deleted = delete.execute(&mut *transaction).await?.rows_affected();
                transaction.commit().await?;
                Ok(deleted)
            }
        }
    };
}
pub(crate) use openid_store;
