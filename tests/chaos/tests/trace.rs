//! What `strace -f -y` wrote, as the beginnings and ends of calls in their order.

use std::collections::HashMap;

/// A call begins, or ends.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) name: String,
    /// Everything between the parentheses.
    pub(crate) arguments: String,
    pub(crate) phase: Phase,
    /// The same for a call's beginning and its end.
    pub(crate) call: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Begun,
    /// `false` if the call failed, or if its result was made up and it never happened.
    Ended(bool),
}

/// Another thread's lines may stand between a call's beginning and its end.
pub(crate) fn events(text: &str) -> Vec<Event> {
    let mut open: HashMap<&str, (&str, &str, usize)> = HashMap::new();
    let mut events = Vec::new();
    for (call, line) in text.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            let Some((name, arguments, call)) = open.remove(thread) else { continue };
            events.push(event(name, arguments, ended(rest), call));
        } else if let Some((name, arguments)) = rest.split_once('(').filter(|(name, _)| is_name(name)) {
            events.push(event(name, arguments, Phase::Begun, call));
            if arguments.ends_with("<unfinished ...>") {
                open.insert(thread, (name, arguments, call));
            } else {
                events.push(event(name, arguments, ended(arguments), call));
            }
        }
    }
    events
}

fn event(name: &str, arguments: &str, phase: Phase, call: usize) -> Event {
    Event { name: name.to_owned(), arguments: arguments.to_owned(), phase, call }
}

fn is_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn ended(line: &str) -> Phase {
    let result = line.rsplit(" = ").next().unwrap_or_default();
    Phase::Ended(!result.starts_with('-') && !result.contains("(INJECTED)"))
}

impl Event {
    /// The path of the file that the call's first argument has open.
    pub(crate) fn open_path(&self) -> &str {
        let path = self.arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        path.map_or("", |(path, _)| path)
    }
}
