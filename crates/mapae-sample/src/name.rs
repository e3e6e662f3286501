//! Names as frequent as in Korea.
//!
//! Surnames follow the census of 2015 (per mille of the population, rounded, at least 1), romanised as their bearers
//! usually do (LEE, PARK, CHOI), which is not the Revised Romanization. Given names follow the fashion of the decade
//! of birth.

use crate::{dice::Dice, person::Sex, romanise::romanise};

/// A person's name in Hangul and in Latin capitals.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    /// Family name, Hangul.
    pub family: String,
    /// Given name, Hangul.
    pub given: String,
    /// Family name in the customary romanisation.
    pub family_latin: String,
    /// Given name in the Revised Romanization.
    pub given_latin: String,
}

impl Name {
    pub(crate) fn draw(dice: &mut Dice, sex: Sex, birth_year: i32) -> Self {
        let (family, family_latin, _) = dice.pick_weighted(SURNAMES, |(.., weight)| *weight);
        let given = draw_given(dice, sex, birth_year);
        Self {
            family: (*family).to_owned(),
            family_latin: (*family_latin).to_owned(),
            given_latin: romanise(&given),
            given,
        }
    }
}

/// Half the people bear one of the decade's favourites, half a name composed of two of its usual syllables.
fn draw_given(dice: &mut Dice, sex: Sex, birth_year: i32) -> String {
    let (_, male, female) = GIVEN.iter().find(|(until, ..)| birth_year <= *until).unwrap_or(&GIVEN[0]);
    let fashion = match sex {
        Sex::Male => male,
        Sex::Female => female,
    };
    if dice.chance(500) {
        return (*dice.pick(fashion.favourites)).to_owned();
    }
    [*dice.pick(fashion.first), *dice.pick(fashion.second)].concat()
}

struct Fashion {
    favourites: &'static [&'static str],
    first: &'static [&'static str],
    second: &'static [&'static str],
}

/// Hangul, customary romanisation, per mille.
const SURNAMES: &[(&str, &str, u32)] = &[
    ("김", "KIM", 215),
    ("이", "LEE", 147),
    ("박", "PARK", 84),
    ("최", "CHOI", 47),
    ("정", "JUNG", 43),
    ("강", "KANG", 24),
    ("조", "CHO", 21),
    ("윤", "YOON", 21),
    ("장", "JANG", 20),
    ("임", "LIM", 17),
    ("한", "HAN", 16),
    ("오", "OH", 15),
    ("서", "SEO", 15),
    ("신", "SHIN", 15),
    ("권", "KWON", 14),
    ("황", "HWANG", 14),
    ("안", "AHN", 14),
    ("송", "SONG", 14),
    ("유", "YOO", 13),
    ("전", "JEON", 11),
    ("홍", "HONG", 11),
    ("고", "KO", 9),
    ("문", "MOON", 9),
    ("양", "YANG", 9),
    ("손", "SON", 9),
    ("배", "BAE", 8),
    ("백", "BAEK", 8),
    ("허", "HEO", 7),
    ("노", "NOH", 6),
    ("남", "NAM", 6),
    ("심", "SHIM", 5),
    ("하", "HA", 5),
    ("곽", "KWAK", 4),
    ("성", "SUNG", 4),
    ("차", "CHA", 4),
    ("주", "JOO", 4),
    ("우", "WOO", 4),
    ("구", "KOO", 4),
    ("민", "MIN", 3),
    ("나", "NA", 3),
    ("진", "JIN", 3),
    ("지", "JI", 3),
    ("엄", "EOM", 3),
    ("채", "CHAE", 3),
    ("원", "WON", 3),
    ("천", "CHEON", 2),
    ("방", "BANG", 2),
    ("공", "KONG", 2),
    ("현", "HYUN", 2),
    ("함", "HAM", 2),
    ("변", "BYUN", 2),
    ("염", "YEOM", 1),
    ("여", "YEO", 1),
    ("추", "CHOO", 1),
    ("도", "DO", 1),
    ("석", "SEOK", 1),
    ("선", "SUN", 1),
    ("마", "MA", 1),
    ("길", "GIL", 1),
    ("표", "PYO", 1),
    ("남궁", "NAMGUNG", 1),
    ("황보", "HWANGBO", 1),
    ("선우", "SUNWOO", 1),
];

/// Last year of birth, fashion for men, fashion for women.
const GIVEN: &[(i32, Fashion, Fashion)] = &[
    (
        1959,
        Fashion {
            favourites: &[
                "영수", "영호", "영철", "정수", "광수", "종수", "상철", "병철", "영식", "정웅", "영길", "성수",
            ],
            first: &["영", "정", "광", "종", "상", "병", "성", "재", "춘", "용", "기", "만"],
            second: &["수", "호", "철", "식", "웅", "길", "환", "근", "석", "택", "섭", "태"],
        },
        Fashion {
            favourites: &[
                "영자", "정숙", "순자", "영숙", "경자", "정희", "영희", "순옥", "명자", "춘자", "옥순", "정자",
            ],
            first: &["영", "정", "순", "경", "명", "춘", "옥", "금", "복", "말", "화", "숙"],
            second: &["자", "숙", "희", "옥", "순", "례", "애", "임", "분", "남", "금", "연"],
        },
    ),
    (
        1979,
        Fashion {
            favourites: &[
                "성호", "정훈", "상훈", "성훈", "동현", "영진", "재호", "진호", "병호", "상현", "준영", "성진",
            ],
            first: &["성", "정", "상", "동", "영", "재", "진", "병", "준", "종", "태", "경"],
            second: &["호", "훈", "현", "진", "영", "민", "석", "수", "환", "식", "욱", "규"],
        },
        Fashion {
            favourites: &[
                "미경", "은주", "지영", "현주", "은정", "미숙", "경희", "선영", "수진", "혜진", "은영", "미영",
            ],
            first: &["미", "은", "지", "현", "경", "선", "수", "혜", "정", "영", "윤", "명"],
            second: &["경", "주", "영", "정", "숙", "희", "진", "미", "선", "란", "아", "순"],
        },
    ),
    (
        1999,
        Fashion {
            favourites: &[
                "지훈", "동현", "현우", "성민", "준호", "민수", "우진", "건우", "재현", "승현", "민재", "준영",
            ],
            first: &["지", "동", "현", "성", "준", "민", "우", "건", "재", "승", "태", "상"],
            second: &["훈", "현", "우", "민", "호", "수", "진", "재", "영", "석", "혁", "환"],
        },
        Fashion {
            favourites: &[
                "지혜", "지은", "수진", "은지", "유진", "민지", "예진", "지현", "보람", "아름", "혜원", "소영",
            ],
            first: &["지", "은", "수", "유", "민", "예", "혜", "소", "다", "현", "주", "가"],
            second: &["혜", "은", "진", "지", "현", "원", "영", "연", "희", "정", "린", "미"],
        },
    ),
    (
        9999,
        Fashion {
            favourites: &[
                "민준", "서준", "도윤", "예준", "시우", "하준", "주원", "지호", "지후", "준서", "현우", "건우",
            ],
            first: &["민", "서", "도", "예", "시", "하", "주", "지", "준", "현", "은", "태"],
            second: &["준", "윤", "우", "원", "호", "후", "서", "현", "민", "찬", "율", "진"],
        },
        Fashion {
            favourites: &[
                "서연", "민서", "지우", "서윤", "지민", "수빈", "하은", "예은", "윤서", "채원", "지유", "다은",
            ],
            first: &["서", "민", "지", "수", "하", "예", "윤", "채", "다", "유", "소", "시"],
            second: &["연", "서", "우", "윤", "민", "빈", "은", "원", "유", "아", "현", "율"],
        },
    ),
];
