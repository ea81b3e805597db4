//! Who may use whom inside karp-core, who may be async, who may name foreign crates.

use crate::source::Source;

/// For each module of karp-core: the modules that it may use. `docs/ARCHITECTURE.md` draws the same.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("policy", &["model"]),
    ("snapshot", &["model"]),
    ("explain", &["model", "snapshot"]),
    ("k8s", &["model", "snapshot", "explain"]),
    ("devices", &["model"]),
    ("compile", &["model", "snapshot", "policy", "explain"]),
    ("solve", &["model", "snapshot", "policy", "explain", "compile"]),
    ("budget", &["model", "snapshot", "explain"]),
    ("improve", &["model", "policy", "compile", "solve"]),
    ("decision", &["model", "snapshot", "policy", "explain", "compile", "solve", "improve"]),
    (
        "disrupt",
        &["model", "snapshot", "policy", "explain", "compile", "solve", "budget", "decision"],
    ),
    ("forecast", &["model", "snapshot", "policy", "budget", "lifecycle", "decision", "disrupt"]),
    ("advise", &["model", "snapshot", "policy", "explain", "compile", "decision"]),
    ("bound", &["model", "compile", "decision"]),
    ("lifecycle", &["model", "snapshot", "explain"]),
    ("lint", &["model", "snapshot", "explain", "k8s", "budget"]),
    ("check", &["model", "snapshot", "policy", "explain", "decision", "budget"]),
    ("arbitrary", &["model", "snapshot", "policy", "explain"]),
    ("backend", &["model", "snapshot", "explain", "decision"]),
];

/// Modules of karp-core that may be async.
const ASYNC: &[&str] = &["backend", "observe", "execute", "cycle"];

/// Uses of a module of karp-core by one that must not know it.
pub(crate) fn broken(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources {
        let Some(module) = source.module("karp-core") else { continue };
        if module == "lib" {
            continue;
        }
        let Some((_, may_use)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            if !ASYNC.contains(&module) {
                broken
                    .push(format!("{}: module `{module}` has no place in the order", source.path));
            }
            continue;
        };
        for used in modules_used(source) {
            // Tests may draw random cases whatever they test.
            let is_drawn = used == "arbitrary" && source.path.ends_with("_test.rs");
            if used != module && !is_drawn && !may_use.contains(&used.as_str()) {
                broken.push(format!("{}: `{module}` must not use `{used}`", source.path));
            }
        }
    }
    broken
}

/// Modules named after `crate::` in code, in single paths and in grouped imports.
fn modules_used(source: &Source) -> Vec<String> {
    let code: String = source.code().map(|(_, line)| line.to_owned() + "\n").collect();
    let mut used = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        if code.get(..at).is_some_and(|before| before.ends_with('$')) {
            continue;
        }
        let rest = code.get(at + found.len()..).unwrap_or_default();
        match rest.strip_prefix('{') {
            Some(group) => used.extend(first_segments(group)),
            None => used.extend(identifier(rest)),
        }
    }
    used.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    used
}

/// First path segment of each entry of a `{…}` group, whose opening brace is gone.
fn first_segments(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut segments) = (0_i32, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            _ if start && !c.is_whitespace() => {
                segments.extend(identifier(group.get(at..).unwrap_or_default()));
                start = false;
            }
            _ => {}
        }
    }
    segments
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// `async` outside the shell.
pub(crate) fn async_in_the_core(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources {
        if source.module("karp-core").is_none_or(|module| ASYNC.contains(&module)) {
            continue;
        }
        for (number, line) in source.code() {
            if line.contains("async fn") || line.contains("async move") || line.contains("async {")
            {
                broken.push(format!("{}:{number}: async below the shell", source.path));
            }
        }
    }
    broken
}

/// Foreign crates outside the one place that may name them.
pub(crate) fn foreign(sources: &[Source]) -> Vec<String> {
    let rules = [
        ("aws_sdk_", "karp-aws/src/sdk/"),
        ("k8s_openapi::", "karp-kube/"),
        ("kube::", "karp-kube/"),
    ];
    let mut broken = Vec::new();
    for source in sources {
        if source.path.starts_with("examples/tests/tidy/") {
            continue;
        }
        for (number, line) in source.code() {
            for (name, home) in rules {
                if line.contains(&format!("use {name}")) && !source.path.starts_with(home) {
                    broken.push(format!("{}:{number}: `{name}` belongs in {home}", source.path));
                }
            }
        }
    }
    broken
}
