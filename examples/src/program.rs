//! Finds the built example programs and runs them, for tests; not for the programs.

use std::{
    env::consts::EXE_SUFFIX,
    io::{self, Write as _},
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// Path of the example `name` that cargo has built beside the calling test; builds it first if it is not there.
///
/// # Errors
///
/// When the running test's own path is unknown, or the program can't be built.
pub fn program(name: &str) -> io::Result<PathBuf> {
    let mut path = std::env::current_exe()?;
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("{name}{EXE_SUFFIX}"));
    if !path.exists() {
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "karp-examples", "--example", name])
            .status()?;
        if !status.success() {
            return Err(io::Error::other(format!("example `{name}` could not be built")));
        }
    }
    Ok(path)
}

/// Runs the example `name` with these arguments and this standard input, to its end.
///
/// # Errors
///
/// When it can't be found, started, written to or waited for.
pub fn run(name: &str, arguments: &[&str], input: &[u8]) -> io::Result<Output> {
    let mut child = Command::new(program(name)?)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    child.wait_with_output()
}
