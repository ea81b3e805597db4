//! How long files may be.

use crate::source::Source;

/// Longest file, in lines, tests included.
const FILE: usize = 500;

/// Longest `mod.rs`, in lines: docs, modules, re-exports and one function or type.
const TABLE_OF_CONTENTS: usize = 150;

/// Files that are too long to hold one concept.
pub(crate) fn broken(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter_map(|source| {
            let limit = if source.path.ends_with("/mod.rs") { TABLE_OF_CONTENTS } else { FILE };
            let lines = source.text.lines().count();
            (lines > limit).then(|| format!("{}: {lines} lines, at most {limit}", source.path))
        })
        .collect()
}
