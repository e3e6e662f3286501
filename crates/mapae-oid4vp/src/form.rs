//! `application/x-www-form-urlencoded`, read so that it has one reading: no parameter twice (RFC 6749 §3.1).

pub(crate) use mapae_types::form::FormWriter;
use mapae_types::form::decode;

use crate::RequestFault;

/// Bytes of a form that is read at most: an answer with portraits, encrypted or not.
pub(crate) const MAX_LEN: usize = 2 << 20;
/// Parameters of a form at most.
const MAX_PARAMETERS: usize = 64;

/// The parameters of a form, or of the query of an address.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(text: &str) -> Result<Self, RequestFault> {
        if text.len() > MAX_LEN {
            return Err(RequestFault::TooLong { len: text.len(), limit: MAX_LEN });
        }
        let mut form = Self(Vec::with_capacity(8));
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = decode(name).zip(decode(value)).ok_or(RequestFault::FormMalformed)?;
            form.add(name.into_owned(), value.into_owned())?;
        }
        Ok(form)
    }

    fn add(&mut self, name: String, value: String) -> Result<(), RequestFault> {
        if self.get(&name).is_some() {
            return Err(RequestFault::ParameterTwice);
        }
        if self.0.len() == MAX_PARAMETERS {
            return Err(RequestFault::FormMalformed);
        }
        self.0.push((name, value));
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}
