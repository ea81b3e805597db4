//! Which release of the definitions an object is judged by.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A state of the custom resource definitions and of the controllers that read them.
///
/// Judging by both tells whether manifests survive the next upgrade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a new profile must be decided on at every use")]
pub enum Profile {
    /// The release 1.14.1.
    #[default]
    V1_14_1,
    /// The development branch after it, of August 2026.
    Head,
}

impl Profile {
    /// All profiles, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_14_1, Self::Head];

    /// Name on the command line: `v1.14.1` or `head`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_14_1 => "v1.14.1",
            Self::Head => "head",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no profile's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown profile `{0}`: expected `v1.14.1` or `head`")]
pub struct ParseProfileError(String);

impl FromStr for Profile {
    type Err = ParseProfileError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name() == name)
            .ok_or_else(|| ParseProfileError(name.to_owned()))
    }
}
