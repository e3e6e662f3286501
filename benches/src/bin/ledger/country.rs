//! A ledger founded by the commands, and entries that its agency signs beforehand.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, ensure};
use mapae_crypto::{SigningKey, sha256};
use mapae_trust::{
    Distrust,
    ledger::{Distrusted, Fingerprint, Statement},
};
use mapae_types::{AgencyId, Timestamp};

pub(crate) const AGENCIES: [&str; 3] = ["interior", "police", "welfare"];

/// The agency that submits.
pub(crate) struct Country {
    id: AgencyId,
    key: SigningKey,
}

impl Country {
    pub(crate) fn found(mapae: &Path, dir: &Path) -> Result<Self> {
        for id in AGENCIES {
            run(mapae, dir, &format!("ledger agency --dir {id} --id {id} --name-ko 기관 --name-en {id} --rights all"))?;
            run(mapae, dir, &format!("ledger witness-init --dir witness-{id} --name {id}.example/witness"))?;
        }
        run(mapae, dir, "ledger log-init --dir log --name ledger.example/bench")?;
        let agencies = AGENCIES.map(|id| format!("--agency {id}")).join(" ");
        let witnesses = AGENCIES.map(|id| format!("--witness witness-{id}/witness.vkey")).join(" ");
        run(mapae, dir, &format!("ledger found --log log {agencies} {witnesses} --threshold 2 --out ."))?;
        let pem = fs::read_to_string(dir.join("interior/agency.key"))?;
        Ok(Self { id: AGENCIES[0].parse()?, key: SigningKey::from_pkcs8_pem(&pem)? })
    }

    /// Statements of one kind, each about something else.
    pub(crate) fn entries(&self, many: usize) -> Result<Vec<Vec<u8>>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let now = Timestamp::from_unix(i64::try_from(now)?)?;
        (0..many).map(|nth| self.entry(nth, now)).collect()
    }

    fn entry(&self, nth: usize, now: Timestamp) -> Result<Vec<u8>> {
        let signer = Fingerprint(sha256(&nth.to_be_bytes()));
        let unsigned = Statement::Distrust(Distrusted { signer, distrust: Distrust::CeasedAt(now) }).prepare(now);
        let signature = self.key.sign(&unsigned.to_be_signed(&self.id))?;
        Ok(unsigned.attach(vec![(self.id.clone(), signature)]))
    }
}

fn run(mapae: &Path, dir: &Path, words: &str) -> Result<()> {
    let mut command = Command::new(mapae);
    command.args(words.split_whitespace()).current_dir(dir).stdout(Stdio::null());
    ensure!(command.status()?.success(), "mapae {words} failed");
    Ok(())
}
