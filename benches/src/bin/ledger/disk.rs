//! How often the disk keeps anything, while others use it as well.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use anyhow::{Result, anyhow};

/// Appends a block and waits for the disk, again and again.
pub(crate) struct FsyncMeter {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<f64>>,
}

impl FsyncMeter {
    pub(crate) fn start(dir: &Path) -> Result<Self> {
        let (mut file, stop) = (File::create(dir.join("blocks"))?, Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let (begun, mut times) = (Instant::now(), 0_u32);
            while !stopped.load(Ordering::Relaxed) {
                file.write_all(&[1; 4096])?;
                file.sync_data()?;
                times += 1;
            }
            Ok(f64::from(times) / begun.elapsed().as_secs_f64())
        });
        Ok(Self { stop, thread })
    }

    /// Times a second.
    pub(crate) fn stop(self) -> Result<f64> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.thread.join().map_err(|_| anyhow!("the meter panicked"))??)
    }
}
