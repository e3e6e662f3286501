//! Deep health, on simulated time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, http::Request};
use mapae_http::{Health, Probe, ProbeTimes, stopping};
use serde_json::Value;

use crate::shelled::ask;

const TIMES: ProbeTimes =
    ProbeTimes { every: Duration::from_secs(5), within: Duration::from_secs(3), lately: Duration::from_secs(20) };

const WELL: u8 = 0;
const ILL: u8 = 1;
const SILENT: u8 = 2;

/// What the service needs, and how it is.
#[derive(Clone, Default)]
struct Disk(Arc<AtomicU8>);

impl Disk {
    fn is(&self, state: u8) {
        self.0.store(state, Ordering::Relaxed);
    }

    async fn write(self) -> Result<(), String> {
        match self.0.load(Ordering::Relaxed) {
            WELL => Ok(()),
            ILL => Err("s3cret cause".to_owned()),
            _ => std::future::pending().await,
        }
    }

    fn probe(&self) -> Probe {
        let disk = self.clone();
        Probe::new("disk", move || disk.clone().write())
    }
}

fn watched(disk: &Disk) -> (Router, mapae_http::Stopper) {
    let sun = Probe::new("sun", || async { Ok::<(), String>(()) });
    let health = Health::new(vec![sun, disk.probe()], TIMES);
    let (stopper, stop) = stopping();
    tokio::spawn(health.clone().watch(stop));
    (health.routes(), stopper)
}

async fn get(app: &Router, path: &str) -> (u16, String) {
    let read = ask(app, Request::get(path).body(Body::empty()).unwrap()).await;
    (read.status.as_u16(), read.body)
}

async fn report(app: &Router) -> (u16, Value) {
    let (status, body) = get(app, "/health").await;
    (status, serde_json::from_str(&body).unwrap())
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_green_before_it_went_through() {
    let disk = Disk::default();
    disk.is(ILL);
    let (app, _stopper) = watched(&disk);
    let (status, _) = report(&app).await;
    assert_eq!(status, 503);
    pass(1).await;
    let (status, told) = report(&app).await;
    assert_eq!((status, &told["status"]), (503, &Value::from("failing")));
    assert_eq!((&told["probes"][0]["name"], &told["probes"][0]["ok"]), (&"sun".into(), &true.into()));
    assert_eq!((&told["probes"][1]["ok"], &told["probes"][1]["age_seconds"]), (&false.into(), &Value::Null));
    assert!(!told.to_string().contains("s3cret"));
    disk.is(WELL);
    pass(5).await;
    assert_eq!(report(&app).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_green_until_lately_is_over() {
    let disk = Disk::default();
    let (app, _stopper) = watched(&disk);
    pass(1).await;
    assert_eq!(get(&app, "/health/ready").await, (200, "ready\n".to_owned()));
    disk.is(ILL);
    pass(17).await;
    let (status, told) = report(&app).await;
    assert_eq!(status, 200);
    assert_eq!((&told["probes"][1]["age_seconds"], &told["probes"][1]["failures"]), (&18.into(), &3.into()));
    pass(4).await;
    assert_eq!(report(&app).await.0, 503);
    let (status, body) = get(&app, "/health/ready").await;
    assert_eq!((status, body.contains("disk_failing")), (503, true));
    assert_eq!(get(&app, "/health/live").await.0, 200);
    disk.is(WELL);
    pass(5).await;
    assert_eq!(get(&app, "/health/ready").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_answer_fails_and_holds_up_nothing_else() {
    let disk = Disk::default();
    let (app, _stopper) = watched(&disk);
    pass(1).await;
    disk.is(SILENT);
    pass(30).await;
    let (status, told) = report(&app).await;
    assert_eq!((status, &told["probes"][1]["ok"]), (503, &false.into()));
    assert!(told["probes"][0]["age_seconds"].as_u64().unwrap() <= 5);
    assert_eq!(told["probes"][1]["failures"], 3, "one in each eight seconds");
}

#[tokio::test(start_paused = true)]
async fn a_service_is_green_at_once_if_all_goes_well() {
    let health = Health::new(vec![Disk::default().probe()], TIMES);
    assert_eq!(health.failing(), Some("disk"));
    health.attempt().await;
    assert_eq!(health.failing(), None);
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_service() {
    let health = Health::new(vec![Disk::default().probe()], TIMES);
    let (stopper, stop) = stopping();
    let watching = tokio::spawn(health.watch(stop));
    pass(1).await;
    stopper.stop();
    watching.await.unwrap();
}
