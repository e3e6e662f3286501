//! What a person's cells say, column by column: first what the register itself knows, else what is true of the person.

use crate::{licence::SampleLicence, person::SamplePerson, register::Register};

/// The cell of a column; empty where the register has no value.
pub(crate) fn cell(register: Register, person: &SamplePerson, column: &str) -> String {
    let own = match register {
        Register::Resident => None,
        Register::Overseas => overseas_cell(person, column),
        Register::Licence => person.licence.as_ref().and_then(|licence| licence_cell(licence, column)),
        Register::Official => official_cell(person, column),
        Register::Welfare => welfare_cell(person, column),
    };
    own.unwrap_or_else(|| person_cell(person, column))
}

fn person_cell(person: &SamplePerson, column: &str) -> String {
    let (name, home) = (&person.name, &person.home);
    match column {
        "person_id" => person.id.to_string(),
        "family_name" => name.family.clone(),
        "given_name" => name.given.clone(),
        "family_name_latin" => name.family_latin.clone(),
        "given_name_latin" => name.given_latin.clone(),
        "sex" => person.sex.code().to_string(),
        "birth_date" => person.birth_date.to_string(),
        "resident_number" => person.resident_number.clone(),
        "card_number" => person.card_number.clone(),
        "address" => home.full.clone(),
        "address_latin" => home.full_latin.clone(),
        "province_latin" => home.province_latin.clone(),
        "city_latin" => home.city_latin.clone(),
        "postal_code" => home.postal_code.clone(),
        "subdivision" => home.subdivision.clone(),
        "birth_place_latin" => person.birth_place_latin.clone(),
        "nationality" => "KR".to_owned(),
        "office" => home.office.clone(),
        "office_latin" => home.office_latin.clone(),
        "alive" => person.alive.to_string(),
        "registered" => person.registered.to_string(),
        "physical_card" => person.physical_card.to_string(),
        "portrait_taken" => person.portrait_taken.to_string(),
        "portrait" => base64_simd::STANDARD.encode_to_string(person.portrait()),
        _ => String::new(),
    }
}

fn overseas_cell(person: &SamplePerson, column: &str) -> Option<String> {
    let abroad = person.overseas.as_ref()?;
    Some(match column {
        "resident_number" if !abroad.has_resident_number => String::new(),
        "registration_number" => abroad.registration_number.clone(),
        "address_latin" => abroad.address_latin.clone(),
        "city_latin" => abroad.city_latin.to_owned(),
        "country_of_residence" => abroad.country.to_owned(),
        "mission" => abroad.mission.to_owned(),
        "mission_latin" => abroad.mission_latin.to_owned(),
        "registered_abroad" => abroad.registered.to_string(),
        "electronic_passport" => abroad.electronic_passport.to_string(),
        "passport_expires" => abroad.passport_expires.to_string(),
        _ => return None,
    })
}

fn licence_cell(licence: &SampleLicence, column: &str) -> Option<String> {
    Some(match column {
        "licence_number" => licence.number.clone(),
        "licence_classes" => licence.classes_korean(),
        "driving_privileges" => licence.driving_privileges(),
        "licence_expires" => licence.expires.to_string(),
        "licence_status" => licence.status.to_string(),
        "authority_latin" => licence.authority_latin.clone(),
        // The plastic licence, which goes with the licence itself.
        "physical_card" => true.to_string(),
        _ => return None,
    })
}

fn official_cell(person: &SamplePerson, column: &str) -> Option<String> {
    let official = person.official.as_ref()?;
    Some(match column {
        "card_number" => official.card_number.clone(),
        "staff_number" => official.staff_number.clone(),
        "ministry" => official.ministry.to_owned(),
        "ministry_latin" => official.ministry_latin.to_owned(),
        "rank" => official.rank.to_owned(),
        "rank_latin" => official.rank_latin.to_owned(),
        "position" => official.position.to_owned(),
        "position_latin" => official.position_latin.to_owned(),
        "issuer" => official.issuer.to_owned(),
        "issuer_latin" => official.issuer_latin.to_owned(),
        "in_service" => official.in_service.to_string(),
        "duty" => official.duty.to_string(),
        "appointed" => official.appointed.to_string(),
        "appointment_ends" => official.appointment_ends.to_string(),
        "physical_card" => official.physical_card.to_string(),
        _ => return None,
    })
}

fn welfare_cell(person: &SamplePerson, column: &str) -> Option<String> {
    let welfare = person.welfare.as_ref()?;
    Some(match column {
        "card_number" => welfare.card_number.clone(),
        "disability" => welfare.disability.unwrap_or_default().to_owned(),
        "disability_hangul" => welfare.disability_hangul.unwrap_or_default().to_owned(),
        "severity" => welfare.severity.to_string(),
        "reassessment_due" => welfare.reassessment_due.map(|day| day.to_string()).unwrap_or_default(),
        "registered_disability" => welfare.registered.to_string(),
        "physical_card" => welfare.physical_card.to_string(),
        _ => return None,
    })
}
