//! Where an object stands in the input; not what is wrong with it.

use std::{fmt, sync::Arc};

use super::Document;

/// A place in the input: stream, document, item of a list, line.
///
/// Shown as `pools.yaml, document 3, item 2 (line 41)`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Place {
    /// Name of the stream: a path, or `-`.
    pub source: Arc<str>,
    /// Position in the stream, from 1; 0 for an object that was not read from text.
    pub document: usize,
    /// Position in the `List` that the object came from, from 1.
    pub item: Option<usize>,
    /// Line at which the document begins, from 1; 0 when there is none.
    pub line: usize,
}

impl Place {
    /// The place of an object that was handed over rather than read from text.
    pub(crate) fn outside(source: &str) -> Self {
        Self { source: source.into(), document: 0, item: None, line: 0 }
    }

    pub(crate) fn of(document: &Document) -> Self {
        Self {
            source: Arc::clone(&document.source),
            document: document.document,
            item: document.item,
            line: document.line,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if self.document > 0 {
            write!(f, ", document {}", self.document)?;
        }
        if let Some(item) = self.item {
            write!(f, ", item {item}")?;
        }
        if self.line > 0 {
            write!(f, " (line {})", self.line)?;
        }
        Ok(())
    }
}
