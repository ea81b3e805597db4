//! Finds the built example programs, for the tests that run them; not for the programs.

use std::{env::consts::EXE_SUFFIX, io, path::PathBuf, process::Command};

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
