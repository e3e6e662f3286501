//! What a run says at its end.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    LoadIssueArgs,
    check::Checked,
    floor::Floor,
    phone::Work,
    plan::Profile,
    run::{Measured, Memory},
};

/// A run, and what it is compared with.
pub(super) struct Report {
    profile: Profile,
    asked: u64,
    seed: u64,
    in_flight: u32,
    signer: &'static str,
    store: &'static str,
    commit_delay: Option<Duration>,
    prepared: Duration,
    measured: Measured,
    floor: Floor,
    checked: Checked,
}

impl Work {
    /// Seconds that the bare cryptography of the service takes: what it verified and what it signed.
    fn cryptography(&self, floor: &Floor) -> f64 {
        let verified = number(self.dpop + self.proofs + self.attestations);
        (verified * floor.verify + number(self.copies) * floor.sign) / 1e6
    }
}

impl Report {
    pub(super) fn new(
        args: &LoadIssueArgs,
        prepared: Duration,
        measured: Measured,
        floor: Floor,
        checked: Checked,
    ) -> Self {
        let on_postgres = args.store.as_deref().is_some_and(|store| store.starts_with("postgres"));
        Self {
            profile: args.profile,
            asked: args.requests.into(),
            seed: args.seed,
            in_flight: args.in_flight,
            signer: if args.hsm { "SoftHSM" } else { "software" },
            store: if on_postgres { "PostgreSQL" } else { "SQLite" },
            commit_delay: args.commit_delay.map(|delay| delay.0),
            prepared,
            measured,
            floor,
            checked,
        }
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let Self { measured, floor, checked, .. } = self;
        let (tally, work) = (&measured.tally, &measured.tally.work);
        let cryptography = work.cryptography(floor);
        json!({
            "profile": self.profile.name(),
            "requests": self.asked,
            "redeemed": tally.redeemed,
            "failed": tally.failed,
            "seed": self.seed,
            "in_flight": self.in_flight,
            "signer": self.signer,
            "store": self.store,
            "commit_delay_s": self.commit_delay.map(|delay| delay.as_secs_f64()),
            "prepared_s": self.prepared.as_secs_f64(),
            "wall_s": measured.wall.as_secs_f64(),
            "per_second": self.per_second(),
            "http_requests": work.requests,
            "verified": { "dpop": work.dpop, "proofs": work.proofs, "attestations": work.attestations },
            "signed": work.copies,
            "cryptography_s": cryptography,
            "cryptography": floor.to_json(),
            "service_cpu_s": measured.service_cpu.map(|cpu| cpu.as_secs_f64()),
            "client_cpu_s": measured.client_cpu.map(|cpu| cpu.as_secs_f64()),
            "postgres_cpu_s": measured.postgres_cpu.map(|cpu| cpu.as_secs_f64()),
            "service_over_cryptography": self.ratio(),
            "first_tenth_us": self.tenths().map(|(first, _)| first),
            "last_tenth_us": self.tenths().map(|(_, last)| last),
            "memory_mb": measured.memory.map(|Memory { start, peak, end }| {
                json!({ "start": megabytes(start), "peak": megabytes(peak), "end": megabytes(end) })
            }),
            "checked": { "copies": checked.copies, "people": checked.people },
        })
    }

    /// For people.
    pub(super) fn to_text(&self) -> String {
        let Self { measured, floor, checked, .. } = self;
        let (tally, work) = (&measured.tally, &measured.tally.work);
        let mut lines = vec![
            format!(
                "Profile {}: {} of {} documents in {}, {:.0} a second ({} signer, {})",
                self.profile.name(),
                tally.redeemed,
                self.asked,
                clock(measured.wall),
                self.per_second(),
                self.signer,
                self.store,
            ),
            format!(
                "  {} HTTP requests; verified {} DPoP proofs, {} proofs, {} attestations; signed {} copies",
                work.requests, work.dpop, work.proofs, work.attestations, work.copies
            ),
            format!(
                "  cryptography {:.1} s: {:.1} us to verify, {:.1} us to sign",
                work.cryptography(floor),
                floor.verify,
                floor.sign
            ),
        ];
        lines.extend(self.used());
        lines.push(format!(
            "  looked at {} copies (right key, no status entry twice) and asked the store about {} people",
            checked.copies, checked.people
        ));
        lines.join("\n")
    }

    /// What the processes used; nothing where the system does not say.
    fn used(&self) -> Vec<String> {
        let Measured { service_cpu, client_cpu, postgres_cpu, memory, .. } = &self.measured;
        let mut lines = Vec::new();
        if let (Some(service), Some(client), Some(ratio)) = (service_cpu, client_cpu, self.ratio()) {
            let postgres = postgres_cpu.filter(|cpu| !cpu.is_zero() && self.store == "PostgreSQL");
            let postgres = postgres.map(|cpu| format!(", PostgreSQL {:.1} s", cpu.as_secs_f64())).unwrap_or_default();
            lines.push(format!(
                "  processor: service {:.1} s = {ratio:.2} times its cryptography; client {:.1} s{postgres}",
                service.as_secs_f64(),
                client.as_secs_f64()
            ));
        }
        if let Some((first, last)) = self.tenths() {
            lines.push(format!(
                "  service for one document: {first:.0} us in the first tenth, {last:.0} us in the last"
            ));
        }
        if let Some(memory) = memory {
            lines.push(format!(
                "  service's memory: {:.0} MB at the start, {:.0} at most, {:.0} at the end",
                megabytes(memory.start),
                megabytes(memory.peak),
                megabytes(memory.end)
            ));
        }
        lines
    }

    fn per_second(&self) -> f64 {
        number(self.measured.tally.redeemed) / self.measured.wall.as_secs_f64()
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.measured.service_cpu?.as_secs_f64() / self.measured.tally.work.cryptography(&self.floor))
    }

    /// Microseconds of the service for one document.
    fn tenths(&self) -> Option<(f64, f64)> {
        let (first, last) = self.measured.tenths()?;
        let one = |cpu: Duration| cpu.as_secs_f64() * 1e6 / number((self.asked / 10).max(1));
        Some((one(first), one(last)))
    }
}

/// Counts are below 2³² here.
fn number(count: u64) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

fn megabytes(bytes: u64) -> f64 {
    number(bytes >> 10) / 1024.0
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}
