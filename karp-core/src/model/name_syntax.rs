//! What Kubernetes accepts as a label key and as a label value.
//!
//! Not here: which keys have a meaning; see [`label`](super::label).

const PREFIX_LEN_MAX: usize = 253;
const NAME_LEN_MAX: usize = 63;

/// Why a text is no label key or label value.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelSyntaxError {
    /// The name part of a key is empty.
    #[error("`{text}` has no name (expected `name` or `domain/name`)")]
    NameEmpty {
        /// The text as given.
        text: String,
    },
    /// A name part or value has a character that is not allowed there.
    #[error(
        "`{text}` must consist of letters, digits, `-`, `_` or `.`, and start and end with a \
         letter or digit"
    )]
    NameShape {
        /// The text as given.
        text: String,
    },
    /// A name part or value has more than 63 characters.
    #[error("`{text}` has more than 63 characters")]
    NameTooLong {
        /// The text as given.
        text: String,
    },
    /// The part before the slash is no domain in lower case.
    #[error("`{text}` does not start with a domain in lower case, such as `example.com/`")]
    PrefixShape {
        /// The text as given.
        text: String,
    },
    /// The part before the slash has more than 253 characters.
    #[error("the domain of `{text}` has more than 253 characters")]
    PrefixTooLong {
        /// The text as given.
        text: String,
    },
    /// There is more than one slash.
    #[error("`{text}` has more than one `/`")]
    Slashes {
        /// The text as given.
        text: String,
    },
}

/// Checks a qualified name: `name` or `domain/name`, the form of label and taint keys.
///
/// The rule is at
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set>.
///
/// # Errors
///
/// The first broken rule, the domain before the name.
///
/// ```
/// use karp_core::model::check_qualified_name;
///
/// assert!(check_qualified_name("example.com/Team_1").is_ok());
/// let error = check_qualified_name("a/b/c").unwrap_err();
/// assert_eq!(error.to_string(), "`a/b/c` has more than one `/`");
/// ```
pub fn check_qualified_name(text: &str) -> Result<(), LabelSyntaxError> {
    let name = match text.split_once('/') {
        None => text,
        Some((_, name)) if name.contains('/') => {
            return Err(LabelSyntaxError::Slashes { text: text.to_owned() });
        }
        Some((prefix, name)) => {
            if prefix.len() > PREFIX_LEN_MAX {
                return Err(LabelSyntaxError::PrefixTooLong { text: text.to_owned() });
            }
            if !is_subdomain(prefix) {
                return Err(LabelSyntaxError::PrefixShape { text: text.to_owned() });
            }
            name
        }
    };
    if name.is_empty() {
        return Err(LabelSyntaxError::NameEmpty { text: text.to_owned() });
    }
    check_name(name, text)
}

/// Checks a label value: empty, or up to 63 letters, digits, `-`, `_` and `.`.
///
/// # Errors
///
/// [`LabelSyntaxError::NameTooLong`] or [`LabelSyntaxError::NameShape`].
///
/// ```
/// use karp_core::model::check_label_value;
///
/// assert!(check_label_value("").is_ok());
/// assert!(check_label_value("m5.large").is_ok());
/// assert!(check_label_value("-1").is_err());
/// ```
pub fn check_label_value(text: &str) -> Result<(), LabelSyntaxError> {
    if text.is_empty() { Ok(()) } else { check_name(text, text) }
}

fn check_name(name: &str, text: &str) -> Result<(), LabelSyntaxError> {
    if name.len() > NAME_LEN_MAX {
        return Err(LabelSyntaxError::NameTooLong { text: text.to_owned() });
    }
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    if name.bytes().all(is_inside) && is_edge(bytes.first()) && is_edge(bytes.last()) {
        return Ok(());
    }
    Err(LabelSyntaxError::NameShape { text: text.to_owned() })
}

/// Whether a text is a DNS subdomain by RFC 1123, in lower case.
fn is_subdomain(text: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(is_inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}
