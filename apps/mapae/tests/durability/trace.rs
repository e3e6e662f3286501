//! What `strace` wrote, as the beginnings and ends of calls in their order.

use std::collections::HashMap;

/// A call begins, or ends.
pub(crate) struct Event {
    pub(crate) thread: String,
    pub(crate) name: String,
    /// Everything between the parentheses, as far as it was written when the call began.
    pub(crate) arguments: String,
    pub(crate) phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Begun,
    /// `false` if the call failed, or if its result was made up and it never happened.
    Ended(bool),
}

/// Reads the lines of `strace -f -y`. Another thread's lines may stand between a call's beginning and its end.
pub(crate) fn events(text: &str) -> Vec<Event> {
    let mut open: HashMap<String, (String, String)> = HashMap::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let (thread, call) = (thread.to_owned(), rest.split_once('('));
        if rest.starts_with("<... ") {
            let (name, arguments) = open.remove(&thread).unwrap();
            events.push(Event { thread, name, arguments, phase: ended(rest) });
        } else if let Some((name, arguments)) = call.filter(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            let event =
                |phase| Event { thread: thread.clone(), name: name.to_owned(), arguments: arguments.to_owned(), phase };
            events.push(event(Phase::Begun));
            if arguments.ends_with("<unfinished ...>") {
                open.insert(thread.clone(), (name.to_owned(), arguments.to_owned()));
            } else {
                events.push(event(ended(arguments)));
            }
        }
    }
    events
}

fn ended(line: &str) -> Phase {
    let result = line.rsplit(" = ").next().unwrap_or_default();
    Phase::Ended(!result.starts_with('-') && !result.contains("(INJECTED)"))
}

impl Event {
    /// Whether the call writes into a file.
    pub(crate) fn is_write(&self) -> bool {
        ["write", "pwrite64"].contains(&&*self.name)
    }

    /// Whether the call gives a file its name.
    pub(crate) fn is_rename(&self) -> bool {
        self.name.starts_with("rename")
    }

    /// The path of the file that the call's first argument has open.
    pub(crate) fn open_path(&self) -> &str {
        let path = self.arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        path.map_or("", |(path, _)| path)
    }

    /// Whether that is the file with this end of a path.
    pub(crate) fn is_on(&self, end: &str) -> bool {
        self.open_path().ends_with(end)
    }
}
