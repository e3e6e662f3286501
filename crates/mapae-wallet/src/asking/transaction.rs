//! What a holder authorises by answering (OpenID4VP 1.0 §5.1, §8.4): transactions of types that a person can be shown.
//!
//! OpenID4VP leaves types to profiles; these are ours. Every member of a type has its place on the screen, and a transaction with
//! any other member is refused: what nobody read, nobody authorises. Left out: what a bank may ask to be authorised, which its
//! registration does not say.

use mapae_jose::Object;
use mapae_oid4vci::Fields;
use mapae_oid4vp::TransactionData;
use serde::Serialize;
use serde_json::Value;

use crate::words::Words;

/// An account is opened: `bank`, `product`, and perhaps `account_holder` and `reference`.
const ACCOUNT_OPENING: &str = "urn:mapae:account-opening:1";
/// Somebody is paid: `payee`, `amount`, `currency`, and perhaps `account` and `reference`.
const PAYMENT: &str = "urn:mapae:payment:1";
/// Anything else, in the words of who asks: `title`, and `lines` of `label` and `value`.
const STATEMENT: &str = "urn:mapae:statement:1";

/// Types of transactions that this wallet shows and signs. A request with any other is refused, and the type named.
pub const TRANSACTION_TYPES: [&str; 3] = [ACCOUNT_OPENING, PAYMENT, STATEMENT];

/// Characters of a text at most: more is not read, but scrolled past.
const MAX_TEXT: usize = 200;
/// Lines of a statement at most.
const MAX_LINES: usize = 16;
/// Digits of an amount before and behind the point.
const DIGITS: (usize, usize) = (15, 4);

/// A transaction for people.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TransactionView {
    /// Its type.
    pub kind: String,
    /// What it is.
    pub title: Words,
    /// What it says, all of it.
    pub lines: Vec<TransactionLine>,
}

/// One thing that a transaction says.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TransactionLine {
    /// What it is called.
    pub label: Words,
    /// What it says: a text of who asks, or an amount.
    pub value: Words,
}

impl TransactionView {
    /// All of a request; nothing if one of them says what its type does not, or not what it must.
    pub(crate) fn all(transactions: &[TransactionData]) -> Option<Vec<Self>> {
        let mut all = Vec::new();
        for one in transactions {
            let (title, lines) = match one.kind() {
                ACCOUNT_OPENING => (Words::both("계좌 개설", "Opening an account"), lines(one.details(), &OPENED)?),
                PAYMENT => (Words::both("지급", "Payment"), lines(one.details(), &PAID)?),
                STATEMENT => statement(one.details())?,
                _ => return None,
            };
            all.push(Self { kind: one.kind().to_owned(), title, lines });
        }
        Some(all)
    }

    /// One of the history.
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let title = fields.one("title", Words::read)?;
        let read = Self { kind: fields.text("kind"), title, lines: fields.each("lines", TransactionLine::read) };
        fields.nothing_else(read)
    }
}

impl TransactionLine {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self { label: fields.one("label", Words::read)?, value: fields.one("value", Words::read)? };
        fields.nothing_else(read)
    }
}

/// A member of a type: its name, what people call it, and whether it must be there.
type Member = (&'static str, &'static str, &'static str, bool);

const OPENED: [Member; 4] = [
    ("bank", "은행", "Bank", true),
    ("product", "상품", "Product", true),
    ("account_holder", "예금주", "Account holder", false),
    REFERENCE,
];
const PAID: [Member; 4] = [
    ("payee", "받는 이", "Payee", true),
    (AMOUNT, "금액", "Amount", true),
    ("account", "받는 계좌", "Payee's account", false),
    REFERENCE,
];
const REFERENCE: Member = ("reference", "참조 번호", "Reference", false);
/// Of the currency that the member after it names.
const AMOUNT: &str = "amount";
const CURRENCY: &str = "currency";

/// A line for each of these members, if there is no other.
fn lines(details: &Object, members: &[Member]) -> Option<Vec<TransactionLine>> {
    let (mut lines, mut read) = (Vec::new(), 0);
    for &(name, ko, en, is_required) in members {
        let value = match details.get(name) {
            None if !is_required => continue,
            Some(amount) if name == AMOUNT => {
                read += 1;
                money(amount, details.get(CURRENCY)?)?
            }
            value => text(value?)?,
        };
        read += 1;
        lines.push(TransactionLine { label: Words::both(ko, en), value });
    }
    (read == details.len()).then_some(lines)
}

fn statement(details: &Object) -> Option<(Words, Vec<TransactionLine>)> {
    let (title, given) = (text(details.get("title")?)?, details.get("lines")?.as_array()?);
    let mut lines = Vec::new();
    for line in given {
        let (label, value) = (text(line.get("label")?)?, text(line.get("value")?)?);
        if line.as_object()?.len() != 2 {
            return None;
        }
        lines.push(TransactionLine { label, value });
    }
    (details.len() == 2 && (1..=MAX_LINES).contains(&lines.len())).then_some((title, lines))
}

/// One text for both languages, or one for each.
fn text(value: &Value) -> Option<Words> {
    let words = match value.as_str() {
        Some(text) => Words::same(text),
        None => Words::read(value.clone())?,
    };
    (is_text(&words.ko) && is_text(&words.en)).then_some(words)
}

/// Nothing that hides or turns around what stands beside it.
fn is_text(text: &str) -> bool {
    let is_shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    !text.trim().is_empty() && text.chars().count() <= MAX_TEXT && text.chars().all(is_shown)
}

/// A decimal number of a currency of ISO 4217.
fn money(amount: &Value, currency: &Value) -> Option<Words> {
    let (amount, currency) = (amount.as_str()?, currency.as_str()?);
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    let is_number =
        is_number(whole, DIGITS.0) && is_number(part, DIGITS.1) && (whole == "0" || !whole.starts_with('0'));
    let is_currency = currency.len() == 3 && currency.bytes().all(|letter| letter.is_ascii_uppercase());
    if !is_number || !is_currency {
        return None;
    }
    let amount = grouped(amount);
    let en = format!("{currency} {amount}");
    Some(if currency == "KRW" { Words::both(&format!("{amount}원"), &en) } else { Words::same(&en) })
}

fn is_number(digits: &str, most: usize) -> bool {
    (1..=most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Thousands apart: `1,250,000.50`.
fn grouped(amount: &str) -> String {
    let whole = amount.find('.').unwrap_or(amount.len());
    let mut text = String::new();
    for (place, digit) in amount.char_indices() {
        if (1..whole).contains(&place) && (whole - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
