//! An errand of any kind, as the page runs it: step, do what is wanted, reply, until it is done.

use mapae_types::Timestamp;
use mapae_wallet::{Reply, Step, Stopped, Task};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{problem::Problem, time, want};

/// An errand on its way.
#[wasm_bindgen]
pub struct Errand {
    running: Box<dyn Running>,
}

#[wasm_bindgen]
impl Errand {
    /// Goes on: `{want, …}`, `{done}` or `{stopped: {code, detail, values}}`. Not to be called after the latter two.
    pub fn step(&mut self, now: f64) -> Result<String, String> {
        Ok(self.running.step(time(now)?).to_string())
    }

    /// What came of the last want.
    pub fn reply(&mut self, reply: &str) -> Result<(), String> {
        self.running.reply(want::reply(reply)?);
        Ok(())
    }
}

impl Errand {
    /// Runs a task, whose result is told by `told`.
    pub(crate) fn of<T: 'static>(task: Task<Result<T, Stopped>>, told: impl Fn(T) -> Value + 'static) -> Self {
        Self { running: Box::new(Told { task, told }) }
    }
}

/// A task whose result is not the driver's concern.
trait Running {
    fn step(&mut self, now: Timestamp) -> Value;
    fn reply(&mut self, reply: Reply);
}

struct Told<T, F> {
    task: Task<Result<T, Stopped>>,
    told: F,
}

impl<T, F: Fn(T) -> Value> Running for Told<T, F> {
    fn step(&mut self, now: Timestamp) -> Value {
        match self.task.step(now) {
            Step::Want(wanted) => want::shown(&wanted),
            Step::Done(Ok(result)) => json!({ "done": (self.told)(result) }),
            Step::Done(Err(stopped)) => json!({ "stopped": Problem::from(stopped).to_json() }),
        }
    }

    fn reply(&mut self, reply: Reply) {
        self.task.reply(reply);
    }
}
