//! What the name of an instance type tells: family, size, category, generation; nothing that its figures tell.

/// Parts of a name such as `g4dn.8xlarge`; each none where the name does not have it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct NameParts<'a> {
    /// Before the dot: `g4dn`.
    pub(super) family: Option<&'a str>,
    /// After the dot: `8xlarge`.
    pub(super) size: Option<&'a str>,
    /// Letters at the start: `g`.
    pub(super) category: Option<&'a str>,
    /// First digits after the category, and after a memory size such as `-6tb`: `4`.
    pub(super) generation: Option<&'a str>,
}

impl<'a> NameParts<'a> {
    /// Takes a name apart.
    pub(super) fn of(name: &'a str) -> Self {
        let Some((family, size)) = name.split_once('.') else {
            return Self::default();
        };
        let (category, rest) = split_while(family, |c| c.is_ascii_lowercase());
        let (generation, _) = split_while(after_memory_size(rest), |c| c.is_ascii_digit());
        let named = !category.is_empty() && !generation.is_empty();
        Self {
            family: Some(family),
            size: Some(size),
            category: named.then_some(category),
            generation: named.then_some(generation),
        }
    }
}

/// `text` without a leading `-<n>tb`, which names the memory of a u-family and precedes its generation.
fn after_memory_size(text: &str) -> &str {
    let (digits, rest) = match text.strip_prefix('-') {
        Some(rest) => split_while(rest, |c| c.is_ascii_digit()),
        None => return text,
    };
    match rest.strip_prefix("tb") {
        Some(rest) if !digits.is_empty() => rest,
        _ => text,
    }
}

/// The longest start of `text` whose characters all hold, and the rest.
fn split_while(text: &str, holds: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !holds(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (name, category, generation) in [
            ("m5.large", Some("m"), Some("5")),
            ("g4dn.8xlarge", Some("g"), Some("4")),
            ("inf2.xlarge", Some("inf"), Some("2")),
            ("u-6tb1.112xlarge", Some("u"), Some("1")),
            ("u7i-12tb.224xlarge", Some("u"), Some("7")),
            ("mac2-m2pro.metal", Some("mac"), Some("2")),
            ("x8g.metal-48xl", Some("x"), Some("8")),
            ("mac-m4.metal", None, None),
            ("plain", None, None),
        ] {
            let parts = NameParts::of(name);
            assert_eq!((parts.category, parts.generation), (category, generation), "{name}");
        }
        assert_eq!(NameParts::of("c7i-flex.large").family, Some("c7i-flex"));
        assert_eq!(NameParts::of("x8g.metal-48xl").size, Some("metal-48xl"));
    }
}
