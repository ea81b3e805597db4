//! The Rust sources of the repository; not what is in them.

use std::{fs, path::Path};

/// One source file.
pub(crate) struct Source {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Lines that are not comments, with their numbers from 1.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim()))
            .filter(|(_, line)| !line.starts_with("//"))
    }

    /// Name of the top-level module inside its crate, `model` for `karp-core/src/model/pod.rs`.
    pub(crate) fn module(&self, of_crate: &str) -> Option<&str> {
        let inside = self.path.strip_prefix(of_crate)?.strip_prefix("/src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }
}

/// All Rust files of the members and of `fuzz`, in path order.
pub(crate) fn read_all(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for member in ["karp-core", "karp-aws", "karp-fake", "examples", "benches", "fuzz"] {
        read(root, &root.join(member), &mut sources);
    }
    assert!(sources.len() > 50, "sources are looked for in the wrong place");
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn read(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                read(root, &path, sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name =
                path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap_or_default();
            sources.push(Source { path: name, text });
        }
    }
}
