//! What may be said of where keys are kept: no more than there is evidence for.

use mapae_oid4vci::AttackResistance;

/// Where the service explains the level of software, below its base URL.
pub const SOFTWARE_PATH: &str = "/levels/software";

/// What that page says.
pub(crate) const SOFTWARE_PAGE: &str = "\
키 보관 수준: 소프트웨어
지갑이 키를 스스로 만들고 보관한다. 기기의 보안 하드웨어에 있다는 증거는 없으며, ISO/IEC 18045의 어떤 공격 저항 수준도 주장하지 않는다.
사용자 인증에 대해서도 아무것도 주장하지 않는다.

Key storage: software
The wallet makes and keeps the keys itself. There is no evidence that they are in secure hardware of the device, and no
resistance of ISO/IEC 18045 is claimed. Nothing is claimed about user authentication either.
";

/// The values of `key_storage` and `user_authentication` (OpenID4VCI §D.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    key_storage: Vec<AttackResistance>,
    user_authentication: Vec<AttackResistance>,
}

impl Level {
    /// Of a wallet without platform evidence. §D.2 has no value for it, each of its own standing for a resistance that
    /// somebody assessed, and recommends a URL that explains another one. Of user authentication nothing is known, so that
    /// nothing is said.
    pub fn software(base_url: &str) -> Self {
        let explained = AttackResistance::Other(format!("{base_url}{SOFTWARE_PATH}"));
        Self { key_storage: vec![explained], user_authentication: Vec::new() }
    }

    /// `key_storage`.
    pub fn key_storage(&self) -> &[AttackResistance] {
        &self.key_storage
    }

    /// `user_authentication`; empty where nothing is said.
    pub fn user_authentication(&self) -> &[AttackResistance] {
        &self.user_authentication
    }
}
