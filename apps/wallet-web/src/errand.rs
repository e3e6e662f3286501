//! An errand of any kind, as the page runs it: step, do what is wanted, reply, until it is done.

use mapae_wallet::{Step, Stopped, Task};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{problem::Problem, time, want};

/// An errand on its way.
#[wasm_bindgen]
pub struct Errand {
    task: Task<Result<Value, Stopped>>,
}

#[wasm_bindgen]
impl Errand {
    /// Goes on: `{want, …}`, `{done}` or `{stopped: {code, detail, values}}`. Not to be called after the latter two.
    pub fn step(&mut self, now: f64) -> Result<String, String> {
        let told = match self.task.step(time(now)?) {
            Step::Want(wanted) => want::shown(&wanted),
            Step::Done(Ok(done)) => json!({ "done": done }),
            Step::Done(Err(stopped)) => json!({ "stopped": Problem::from(stopped).to_json() }),
        };
        Ok(told.to_string())
    }

    /// What came of the last want.
    pub fn reply(&mut self, reply: &str) -> Result<(), String> {
        self.task.reply(want::reply(reply)?);
        Ok(())
    }
}

impl Errand {
    /// Runs a task, whose result is told by `told`.
    pub(crate) fn of<T: 'static>(
        task: Task<Result<T, Stopped>>,
        told: impl FnOnce(T) -> Value + Send + 'static,
    ) -> Self {
        Self { task: task.map(|result| result.map(told)) }
    }
}
