//! The place of a value inside an object, written the way people look it up.

use std::fmt;

/// A field path: built while walking, written only when something is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'a> {
    Root,
    Field(&'a Self, &'a str),
    Index(&'a Self, usize),
}

impl Path<'_> {
    pub(super) const fn field<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path::Field(self, name)
    }

    pub(super) const fn index(&self, index: usize) -> Path<'_> {
        Path::Index(self, index)
    }
}

/// Fields as `a.b`, positions as `a[0]`, keys that are no plain words as `a["x.io/b"]`.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Path::Root, name) if is_word(name) => f.write_str(name),
            Self::Field(parent, name) if is_word(name) => write!(f, "{parent}.{name}"),
            Self::Field(parent, name) => write!(f, "{parent}[{name:?}]"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Appends a path relative to `path`: `b.c`, `[0].d` or nothing.
pub(super) fn join(path: &Path<'_>, relative: &str) -> String {
    match (path, relative) {
        (_, "") => path.to_string(),
        (Path::Root, relative) => relative.to_owned(),
        (_, relative) if relative.starts_with('[') => format!("{path}{relative}"),
        (_, relative) => format!("{path}.{relative}"),
    }
}

/// The path of an entry of a map: `limits.cpu`, `limits["example.com/gpu"]`.
///
/// ```
/// use karp_core::k8s::validate::schema::entry;
///
/// assert_eq!(entry("spec.limits", "cpu"), "spec.limits.cpu");
/// assert_eq!(entry("spec.limits", "example.com/gpu"), "spec.limits[\"example.com/gpu\"]");
/// ```
pub fn entry(map: &str, key: &str) -> String {
    match key {
        word if is_word(word) && map.is_empty() => word.to_owned(),
        word if is_word(word) => format!("{map}.{word}"),
        other => format!("{map}[{other:?}]"),
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_positions_and_keys_read_like_code() {
        let path = Path::Root.field("spec");
        let path = path.field("taints");
        let path = path.index(2);
        let path = path.field("value");
        assert_eq!(path.to_string(), "spec.taints[2].value");
        assert_eq!(Path::Root.field("a").field("x.io/b").to_string(), "a[\"x.io/b\"]");
        assert_eq!(Path::Root.field("a").field("").to_string(), "a[\"\"]");
    }

    #[test]
    fn relative_paths_are_appended() {
        assert_eq!(join(&Path::Root, "spec.a"), "spec.a");
        assert_eq!(join(&Path::Root.field("a"), "b"), "a.b");
        assert_eq!(join(&Path::Root.field("a"), "[1].b"), "a[1].b");
        assert_eq!(join(&Path::Root.field("a"), ""), "a");
    }
}
