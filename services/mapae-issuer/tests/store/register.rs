//! Registers, and what rows said before.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_issuer::store::{Cells, Imported, IssuerStore, RegisterRow, RowChange};
use mapae_types::DocumentName;

use super::{
    people::{after, person, resident},
    places::{Place, on_both},
};

on_both!(
    rows_come_back_as_they_went_in,
    an_import_says_what_changed,
    the_last_two_revisions_are_kept,
    a_removed_row_is_found_by_its_revision_only,
    of_two_rows_of_a_person_the_later_counts,
    people_come_page_by_page,
    registers_do_not_mix,
);

fn cells(name: &str, address: &str) -> Cells {
    [("name".to_owned(), name.to_owned()), ("address".to_owned(), address.to_owned())].into()
}

fn row(number: u64, address: &str) -> RegisterRow {
    RegisterRow { person: person(number), cells: cells("홍\"길\\동\u{1f}", address) }
}

fn licence() -> DocumentName {
    "licence".parse().unwrap()
}

async fn rows_come_back_as_they_went_in(place: impl Place) {
    let store = place.store().await;
    let imported = store.import(&resident(), vec![row(1, "서울")], after(0)).await.unwrap();
    assert_eq!(imported, Imported { added: 1, ..Imported::default() });
    let found = store.row(&resident(), &person(1)).await.unwrap().unwrap();
    assert_eq!((found.revision, &*found.cells), (1, &row(1, "서울").cells));
    assert_eq!(store.row(&resident(), &person(2)).await.unwrap(), None);
}

async fn an_import_says_what_changed(place: impl Place) {
    let store = place.store().await;
    // More than one page.
    let all: Vec<RegisterRow> = (0..1100).map(|number| row(number, "서울")).collect();
    let imported = store.import(&resident(), all.clone(), after(0)).await.unwrap();
    assert_eq!((imported.added, imported.unchanged), (1100, 0));
    let mut next = all;
    next[600] = row(600, "부산");
    next.push(row(1100, "대전"));
    let imported = store.import(&resident(), next, after(1)).await.unwrap();
    let changed = vec![RowChange { person: person(600), columns: vec!["address".to_owned()] }];
    assert_eq!(imported, Imported { added: 1, changed, unchanged: 1099 });
    let mut more = row(600, "부산");
    more.cells.insert("phone".to_owned(), "1".to_owned());
    more.cells.remove("name");
    let imported = store.import(&resident(), vec![more], after(2)).await.unwrap();
    assert_eq!(imported.changed[0].columns, ["name", "phone"]);
}

async fn the_last_two_revisions_are_kept(place: impl Place) {
    let store = place.store().await;
    for (revision, address) in [(1, "서울"), (2, "부산"), (3, "대전")] {
        store.import(&resident(), vec![row(1, address)], after(revision)).await.unwrap();
    }
    assert_eq!(store.row(&resident(), &person(1)).await.unwrap().unwrap().revision, 3);
    for (revision, address) in [(1, None), (2, Some("부산")), (3, Some("대전")), (4, None)] {
        let found = store.row_at(&resident(), &person(1), revision).await.unwrap();
        assert_eq!(found.as_ref().map(|row| row.revision), address.map(|_| revision));
        assert_eq!(found.map(|row| row.cells["address"].clone()).as_deref(), address);
    }
}

async fn a_removed_row_is_found_by_its_revision_only(place: impl Place) {
    let store = place.store().await;
    store.import(&resident(), vec![row(1, "서울"), row(2, "서울")], after(0)).await.unwrap();
    assert_eq!(store.remove(&resident(), &[person(1), person(9)], after(1)).await.unwrap(), 1);
    assert_eq!(store.remove(&resident(), &[person(1)], after(1)).await.unwrap(), 0);
    assert_eq!(store.row(&resident(), &person(1)).await.unwrap(), None);
    assert!(store.row_at(&resident(), &person(1), 1).await.unwrap().is_some());
    assert_eq!(store.people(&resident(), None, 10).await.unwrap(), [person(2)]);
    let imported = store.import(&resident(), vec![row(1, "부산")], after(2)).await.unwrap();
    assert_eq!((imported.added, imported.changed.len()), (1, 0));
    assert_eq!(store.row(&resident(), &person(1)).await.unwrap().unwrap().revision, 2);
}

async fn of_two_rows_of_a_person_the_later_counts(place: impl Place) {
    let store = place.store().await;
    let imported = store.import(&resident(), vec![row(1, "서울"), row(1, "부산")], after(0)).await.unwrap();
    assert_eq!(imported.added, 1);
    assert_eq!(store.row(&resident(), &person(1)).await.unwrap().unwrap().cells["address"], "부산");
}

async fn people_come_page_by_page(place: impl Place) {
    let store = place.store().await;
    store.import(&resident(), (0..5).rev().map(|number| row(number, "서울")).collect(), after(0)).await.unwrap();
    store.import(&licence(), vec![row(2, "서울"), row(7, "서울")], after(0)).await.unwrap();
    assert_eq!(store.people(&resident(), None, 3).await.unwrap(), [person(0), person(1), person(2)]);
    assert_eq!(store.people(&resident(), Some(&person(2)), 3).await.unwrap(), [person(3), person(4)]);
    assert!(store.people(&resident(), Some(&person(4)), 3).await.unwrap().is_empty());
}

async fn registers_do_not_mix(place: impl Place) {
    let store = place.store().await;
    store.import(&resident(), vec![row(1, "서울")], after(0)).await.unwrap();
    store.import(&licence(), vec![row(1, "부산")], after(0)).await.unwrap();
    store.remove(&resident(), &[person(1)], after(1)).await.unwrap();
    assert_eq!(store.row(&resident(), &person(1)).await.unwrap(), None);
    assert_eq!(store.row(&licence(), &person(1)).await.unwrap().unwrap().cells["address"], "부산");
}
