//! `verify` opens no socket, as the kernel sees it.

use std::{env, process::Command};

use crate::sandbox::{Sandbox, T0};

/// The path of `strace` from `MAPAE_STRACE`, or the one on the PATH.
pub(crate) fn strace() -> Option<String> {
    let path = env::var("MAPAE_STRACE").unwrap_or_else(|_| "strace".to_owned());
    // A kernel may forbid tracing: try it.
    Command::new(&path).args(["-f", "-o", "/dev/null", "true"]).output().ok().filter(|o| o.status.success())?;
    Some(path)
}

fn network_calls(sandbox: &Sandbox, strace: &str, program: &str, arguments: &str) -> String {
    let status = Command::new(strace)
        .args(["-f", "-e", "trace=%network", "-o", "calls", program])
        .args(arguments.split(' '))
        .current_dir(sandbox.root())
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    let calls = sandbox.text("calls");
    calls.lines().filter(|line| !line.contains("+++")).collect::<Vec<_>>().join("\n")
}

#[test]
fn verify_makes_no_socket_call() {
    let Some(strace) = strace() else {
        println!("SKIPPED: strace not found, or tracing is not allowed here");
        return;
    };
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name,portrait");
    let program = env!("CARGO_BIN_EXE_mapae");
    for format in ["mdoc", "sd-jwt"] {
        let arguments = format!("verify --bundle trust.bundle --request request.json --at {T0} P.{format}");
        assert_eq!(network_calls(&sandbox, &strace, program, &arguments), "", "{format}");
    }
    // That the trace would show one: a program that does open a socket.
    let control = "bash -c exec\u{a0}3<>/dev/udp/127.0.0.1/9".split(' ').map(|a| a.replace('\u{a0}', " "));
    let traced = Command::new(&strace)
        .args(["-f", "-e", "trace=%network", "-o", "control"])
        .args(control)
        .current_dir(sandbox.root())
        .output()
        .unwrap();
    assert!(traced.status.success() && sandbox.text("control").contains("socket("), "the trace sees sockets");
}
