//! Locking what a group of calls needs, in one order for all processes: sign-ins, then documents by their owners.

use mapae_types::PersonId;

use super::{Needs, World, mark};
use crate::{
    ids::IssuerId,
    store::{
        StoreError,
        rows::{
            DEFERRED, DOCUMENT, DeferredRow, Document, GRANT, GrantRow, OFFER, Offer, Owner, SIGN_IN, SUMMARY, SignIn,
            Stored, summary,
        },
        sql::{Arg, Kind, Query, Reader, Row, Table, Transaction},
    },
};

const SIGN_INS: &str = "SELECT {columns} FROM sign_ins WHERE id IN (@1) ORDER BY id {lock}";

/// All documents of those persons and names that the ids lead to: also the one that would be replaced.
const DOCUMENTS: &str = "SELECT {columns} FROM documents WHERE owner IN (
        SELECT owner FROM documents WHERE id IN (@1)
        UNION SELECT d.owner FROM offers o JOIN documents d ON d.id = o.document WHERE o.id IN (@2)
        UNION SELECT d.owner FROM grants g JOIN documents d ON d.id = g.document WHERE g.id IN (@3)
        UNION @4
    ) ORDER BY owner, id {lock}";

const OFFERS: &str = "SELECT {columns} FROM offers WHERE id IN (@1)";
const GRANTS: &str = "SELECT {columns} FROM grants WHERE id IN (@1)";
const DEFERRED_REQUESTS: &str =
    "SELECT {columns} FROM deferred WHERE id IN (@1) OR grant_id IN (@2) ORDER BY id {lock}";
const MADE: &str = "SELECT grant_id, id, configuration, keys, copies FROM batches WHERE grant_id IN (@1)";
const NONCES: &str = "SELECT mark FROM used_nonces WHERE mark IN (@1)";

impl World {
    /// Locks and reads.
    pub(in crate::store) async fn load(
        transaction: &mut impl Transaction,
        mut needs: Needs,
    ) -> Result<Self, StoreError> {
        let mut world = Self::default();
        world.load_sign_ins(transaction, &mut needs).await?;
        world.load_documents(transaction, &needs).await?;
        world.load_offers(transaction, &needs).await?;
        world.load_grants(transaction, &needs).await?;
        world.load_deferred(transaction, &needs).await?;
        world.load_made(transaction, &needs).await?;
        world.load_nonces(transaction, &needs).await?;
        Ok(world)
    }

    async fn load_sign_ins(&mut self, transaction: &mut impl Transaction, needs: &mut Needs) -> Result<(), StoreError> {
        for row in read(transaction, &SIGN_IN, SIGN_INS, &needs.sign_ins).await? {
            let sign_in = SignIn::of_row(row)?;
            let owner = |person: &PersonId| Owner::new(person, &sign_in.request.name);
            needs.owners.extend(sign_in.person.as_ref().map(owner));
            needs.grants.extend(sign_in.grant);
            self.sign_ins.found(sign_in.id, sign_in);
        }
        Ok(())
    }

    async fn load_documents(&mut self, transaction: &mut impl Transaction, needs: &Needs) -> Result<(), StoreError> {
        let owners = Arg::Texts(needs.owners.iter().map(|owner| owner.as_str().to_owned()).collect());
        let args = vec![list(&needs.documents), list(&needs.offers), list(&needs.grants), owners];
        for row in transaction.select(Query::of(&DOCUMENT, DOCUMENTS, args)).await? {
            let document = Document::of_row(row)?;
            self.owners.entry(document.owner()).or_default().push(document.record.id);
            self.documents.found(document.record.id, document);
        }
        Ok(())
    }

    async fn load_offers(&mut self, transaction: &mut impl Transaction, needs: &Needs) -> Result<(), StoreError> {
        let mut ids = needs.offers.clone();
        if needs.newest {
            ids.extend(self.documents.values().filter_map(|document| document.record.offer));
        }
        for row in read(transaction, &OFFER, OFFERS, &ids).await? {
            let offer = Offer::of_row(row)?;
            self.offers.found(offer.id, offer);
        }
        Ok(())
    }

    async fn load_grants(&mut self, transaction: &mut impl Transaction, needs: &Needs) -> Result<(), StoreError> {
        let mut ids = needs.grants.clone();
        if needs.newest {
            ids.extend(self.documents.values().filter_map(|document| document.record.grant));
        }
        for row in read(transaction, &GRANT, GRANTS, &ids).await? {
            let grant = GrantRow::of_row(row)?;
            self.grants.found(grant.id, grant);
        }
        Ok(())
    }

    async fn load_deferred(&mut self, transaction: &mut impl Transaction, needs: &Needs) -> Result<(), StoreError> {
        if needs.deferred.is_empty() && needs.deferring.is_empty() {
            return Ok(());
        }
        let args = vec![list(&needs.deferred), list(&needs.deferring)];
        for row in transaction.select(Query::of(&DEFERRED, DEFERRED_REQUESTS, args)).await? {
            let deferred = DeferredRow::of_row(row)?;
            self.deferred.found(deferred.id(), deferred);
        }
        Ok(())
    }

    async fn load_made(&mut self, transaction: &mut impl Transaction, needs: &Needs) -> Result<(), StoreError> {
        if needs.committing.is_empty() {
            return Ok(());
        }
        for row in transaction.select(Query::giving(SUMMARY, MADE, vec![list(&needs.committing)])).await? {
            let (grant, batch) = summary(row)?;
            self.made.entry(grant).or_default().push(batch);
        }
        Ok(())
    }

    async fn load_nonces(&mut self, transaction: &mut impl Transaction, needs: &Needs) -> Result<(), StoreError> {
        if needs.nonces.is_empty() {
            return Ok(());
        }
        let marks = Arg::Blobs(needs.nonces.iter().map(|nonce| mark(nonce).to_vec()).collect());
        for row in transaction.select(Query::giving(&[Kind::Blob], NONCES, vec![marks])).await? {
            self.used.insert(Reader::new("used_nonces", row).array()?);
        }
        Ok(())
    }
}

fn list<K>(ids: &[IssuerId<K>]) -> Arg {
    Arg::Blobs(ids.iter().map(|id| id.as_bytes().to_vec()).collect())
}

async fn read<K>(
    transaction: &mut impl Transaction,
    table: &'static Table,
    sql: &'static str,
    ids: &[IssuerId<K>],
) -> Result<Vec<Row>, StoreError> {
    if ids.is_empty() { Ok(Vec::new()) } else { transaction.select(Query::of(table, sql, vec![list(ids)])).await }
}
