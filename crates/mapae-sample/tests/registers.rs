use mapae_sample::{Register, SamplePeople};

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
    for register in Register::ALL {
        assert_eq!(cells(&register.csv_header()), register.columns());
    }
}

/// What a register may leave empty.
const OPTIONAL: [&str; 4] = ["resident_number", "disability", "disability_hangul", "reassessment_due"];

#[test]
fn each_row_has_a_cell_for_each_column_and_is_empty_only_where_it_may_be() {
    for register in Register::ALL {
        for row in SamplePeople::new(3).filter_map(|person| register.csv_row(&person)).take(40) {
            let cells = cells(&row);
            assert_eq!(cells.len(), register.columns().len());
            for (cell, column) in cells.iter().zip(register.columns()) {
                let may_be_empty = OPTIONAL.contains(column) && register != Register::Resident;
                assert!(!cell.is_empty() || may_be_empty, "{} {column}", register.name());
            }
        }
    }
}

#[test]
fn rows_exist_for_those_alone_who_stand_in_the_register() {
    for person in SamplePeople::new(3).take(50) {
        let stands = [
            (Register::Resident, true),
            (Register::Overseas, person.overseas.is_some()),
            (Register::Licence, person.licence.is_some()),
            (Register::Official, person.official.is_some()),
            (Register::Welfare, person.welfare.is_some()),
        ];
        for (register, stands) in stands {
            assert_eq!(register.csv_row(&person).is_some(), stands, "{}", register.name());
        }
    }
}

#[test]
fn an_address_with_commas_is_one_cell() {
    let person = SamplePeople::new(3).person(0);
    let row = Register::Resident.csv_row(&person).unwrap();
    assert!(row.contains(&format!("\"{}\"", person.home.full_latin)));
    assert!(cells(&row).contains(&person.home.full_latin));
}

#[test]
fn another_portrait_changes_nothing_else() {
    let person = SamplePeople::new(3).person(0);
    let own = Register::Resident.csv_row(&person).unwrap();
    assert_eq!(Register::Resident.csv_row_with_portrait(&person, &person.portrait()).unwrap(), own);
    let other = cells(&Register::Resident.csv_row_with_portrait(&person, &[0xff, 0xd8]).unwrap());
    assert_eq!(other.last().unwrap(), "/9g=");
    assert_eq!(other[..other.len() - 1], cells(&own)[..other.len() - 1]);
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
