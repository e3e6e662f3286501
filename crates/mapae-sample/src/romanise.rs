//! Revised Romanization of Korean (Ministry of Culture and Tourism notice 2000-8), syllable by syllable and without
//! the assimilation between syllables, as given names are written in passports.

const INITIALS: [&str; 19] =
    ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
const VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
];
const FINALS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
];

/// Hangul syllables in capital Latin letters; what is not a Hangul syllable stays.
///
/// ```
/// assert_eq!(mapae_sample::romanise("민준"), "MINJUN");
/// ```
pub fn romanise(hangul: &str) -> String {
    let latin: String = hangul.chars().map(syllable).collect();
    latin.to_ascii_uppercase()
}

/// Unicode §3.12: syllable = 0xAC00 + (initial × 21 + vowel) × 28 + final.
fn syllable(c: char) -> String {
    let Some(index) = (c as usize).checked_sub(0xAC00).filter(|index| *index < 19 * 21 * 28) else {
        return c.into();
    };
    [INITIALS[index / 588], VOWELS[index % 588 / 28], FINALS[index % 28]].concat()
}
