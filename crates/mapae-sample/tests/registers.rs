use mapae_sample::{
    LICENCE_COLUMNS, RESIDENT_COLUMNS, SamplePeople, licence_csv_header, licence_csv_row, resident_csv_header,
    resident_csv_row,
};

/// Reads one RFC 4180 line, so that the writer is not checked by itself.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.trim_end_matches("\r\n").chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

#[test]
fn headers_name_the_columns() {
    assert_eq!(cells(&resident_csv_header()), RESIDENT_COLUMNS);
    assert_eq!(cells(&licence_csv_header()), LICENCE_COLUMNS);
}

#[test]
fn each_resident_row_has_a_cell_for_each_column_and_none_is_empty() {
    for person in SamplePeople::new(3).take(50) {
        let cells = cells(&resident_csv_row(&person));
        assert_eq!(cells.len(), RESIDENT_COLUMNS.len());
        for (cell, column) in cells.iter().zip(RESIDENT_COLUMNS) {
            assert!(!cell.is_empty(), "{column}");
        }
    }
}

#[test]
fn licence_rows_exist_for_holders_only() {
    for person in SamplePeople::new(3).take(50) {
        let row = licence_csv_row(&person);
        assert_eq!(row.is_some(), person.licence.is_some());
        let Some(row) = row else { continue };
        let cells = cells(&row);
        assert_eq!(cells.len(), LICENCE_COLUMNS.len());
        for (cell, column) in cells.iter().zip(LICENCE_COLUMNS) {
            assert!(!cell.is_empty(), "{column}");
        }
    }
}

#[test]
fn an_address_with_commas_is_one_cell() {
    let person = SamplePeople::new(3).person(0);
    let row = resident_csv_row(&person);
    assert!(row.contains(&format!("\"{}\"", person.home.full_latin)));
    assert!(cells(&row).contains(&person.home.full_latin));
}

#[test]
fn driving_privileges_name_each_category_once() {
    for licence in SamplePeople::new(3).take(400).filter_map(|person| person.licence) {
        let text = licence.driving_privileges();
        let mut categories: Vec<_> = text.split(';').map(|entry| entry.split(' ').next().unwrap()).collect();
        let count = categories.len();
        categories.sort_unstable();
        categories.dedup();
        assert_eq!(categories.len(), count, "{text}");
        assert!(categories.iter().all(|c| ["A", "A1", "B", "C", "C1", "D", "D1"].contains(c)), "{text}");
    }
}

#[test]
fn an_automatic_licence_says_so_in_code_78() {
    let mut people = SamplePeople::new(3).filter_map(|person| person.licence);
    let automatic = people.find(|licence| licence.classes_korean() == "2종 보통(자동)").unwrap();
    let text = automatic.driving_privileges();
    let b = text.split(';').find(|entry| entry.starts_with("B ")).unwrap();
    assert!(b.ends_with(" 78"), "{text}");
    assert!(text.starts_with("A1 ") && !text.split(';').next().unwrap().ends_with(" 78"), "{text}");
}
