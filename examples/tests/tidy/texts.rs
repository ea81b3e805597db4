//! Texts in sources and data: descriptions, error messages, doctests, leftovers.

use std::{fs, path::Path, process::Command};

use crate::source::Source;

/// Files that don't open with a `//!` line.
pub(crate) fn without_description(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.text.starts_with("//!") && !source.text.starts_with("#!["))
        .map(|source| format!("{}: opens without a //! line that says what it is", source.path))
        .collect()
}

/// Error texts that don't fit into a sentence: `failed to plan: <text>`.
pub(crate) fn error_texts(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources.iter().filter(|source| {
        !source.path.starts_with("examples/tests/") || source.path == "karp-core/src/model/x.rs"
    }) {
        for (number, line) in source.code() {
            let Some(text) = line.strip_prefix("#[error(\"") else { continue };
            let text = text.split("\")").next().unwrap_or_default();
            let starts_upper = text.starts_with(|c: char| c.is_ascii_uppercase());
            let names = text.split([' ', ':', ',']).next().unwrap_or_default();
            let is_name = names.chars().skip(1).any(|c| c.is_ascii_uppercase());
            if (starts_upper && !is_name) || text.ends_with('.') || text.contains('\n') {
                broken.push(format!("{}:{number}: error text `{text}`", source.path));
            }
        }
    }
    broken
}

/// Examples in docs that are not run.
pub(crate) fn skipped_doctests(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("examples/tests/tidy/")) {
        for (number, line) in source.text.lines().enumerate() {
            if line.trim_start().starts_with("//") && line.contains("```ignore") {
                broken.push(format!("{}:{}: a doctest is skipped", source.path, number + 1));
            }
        }
    }
    broken
}

/// Marks of unfinished work.
pub(crate) fn unfinished(sources: &[Source]) -> Vec<String> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let mut broken = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                broken.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    broken
}

/// Tracked text files that name a path of one machine, or a folder that users don't have.
pub(crate) fn machine_paths(root: &Path) -> Vec<String> {
    let marks = [concat!("/wo", "rk/"), concat!("../sha", "red"), concat!("/ro", "ot/")];
    let Ok(listed) = Command::new("git").arg("-C").arg(root).arg("ls-files").output() else {
        return Vec::new();
    };
    let mut broken = Vec::new();
    for name in String::from_utf8_lossy(&listed.stdout).lines() {
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                broken.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    broken
}

/// Keys that the root's and karp-core's clippy files share but set differently: clippy reads only the nearest file.
pub(crate) fn clippy_files(root: &Path) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let (of_root, of_core) = (read("clippy.toml"), read("karp-core/clippy.toml"));
    let settings = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| {
                line.contains(" = ") && !line.starts_with([' ', 'd'])
                    || line.starts_with("doc-valid")
            })
            .map(str::to_owned)
            .collect()
    };
    assert!(!settings(&of_root).is_empty(), "clippy.toml is not where it should be");
    settings(&of_root)
        .into_iter()
        .filter(|line| !settings(&of_core).contains(line))
        .map(|line| format!("karp-core/clippy.toml lacks `{line}`"))
        .collect()
}

/// Codes that a page of the book must explain: where they are, and where they are explained.
const CODES: [(&str, &str); 2] = [
    ("karp-core/src/explain/reason.rs", "docs/src/reasons.md"),
    ("karp-core/src/lifecycle/waiting.rs", "docs/src/lifecycle.md"),
];

/// Codes that their page does not explain.
pub(crate) fn unexplained_reasons(root: &Path) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let mut broken = Vec::new();
    for (source, page) in CODES {
        let (text, explained) = (read(source), read(page));
        let codes: Vec<&str> = text
            .split_once("const fn code(&self)")
            .and_then(|(_, rest)| rest.split_once("\n    }\n"))
            .map(|(body, _)| body.split('"').skip(1).step_by(2).collect())
            .unwrap_or_default();
        assert!(codes.len() > 10, "the codes of {source} are looked for in the wrong place");
        let missing = codes.iter().filter(|code| !explained.contains(&format!("| `{code}` |")));
        broken.extend(missing.map(|code| format!("{page} does not explain `{code}`")));
    }
    broken
}

/// Codes of lints that the page on lint does not explain, and sections of it that no lint has.
pub(crate) fn unexplained_lints(root: &Path, codes: &[&str]) -> Vec<String> {
    let page = fs::read_to_string(root.join("docs/src/lint.md")).unwrap_or_default();
    let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
    let section =
        |code: &str| sections.iter().find(|section| section.lines().next() == Some(code)).copied();
    let mut broken = Vec::new();
    for code in codes {
        match section(code) {
            None => broken.push(format!("docs/src/lint.md has no section on `{code}`")),
            Some(text) => {
                for part in ["**What happened.**", "**Mend.**"] {
                    if !text.contains(part) {
                        broken.push(format!("docs/src/lint.md, `{code}`: no {part}"));
                    }
                }
            }
        }
        if !page.contains(&format!("[{code}](#{code})")) {
            broken.push(format!("docs/src/lint.md: the table at the top lacks `{code}`"));
        }
    }
    for section in &sections {
        let title = section.lines().next().unwrap_or_default();
        if !codes.contains(&title) {
            broken.push(format!("docs/src/lint.md explains `{title}`, which no lint has"));
        }
    }
    broken
}
