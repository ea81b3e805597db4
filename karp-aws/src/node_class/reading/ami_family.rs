//! Families of machine images and what each implies for a machine's capacity; not the images themselves.

use std::{fmt, str::FromStr};

use crate::node_class::family;

const GIB: i64 = 1 << 30;

/// The operating system image that machines of a node class start from.
///
/// Named as in `spec.amiFamily`; an alias (`al2023@latest`) implies its family.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AmiFamily {
    /// Amazon Linux 2.
    Al2,
    /// Amazon Linux 2023; what karp plans with when it knows no node class.
    #[default]
    Al2023,
    /// Bottlerocket.
    Bottlerocket,
    /// An image of the user's own.
    Custom,
    /// Windows Server 2019.
    Windows2019,
    /// Windows Server 2022.
    Windows2022,
    /// Windows Server 2025.
    Windows2025,
}

/// Text that names no family of images.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseAmiFamilyError {
    /// The value of `amiFamily` is not one of the families.
    #[error(
        "`{0}` is not a family of images (expected `AL2`, `AL2023`, `Bottlerocket`, `Custom`, \
         `Windows2019`, `Windows2022` or `Windows2025`)"
    )]
    Family(String),
    /// An alias is not `<family>@<version>` with a family that has aliases.
    #[error(
        "`{0}` is not an alias (expected `<family>@<version>` with family `al2`, `al2023`, \
         `bottlerocket`, `windows2019`, `windows2022` or `windows2025`)"
    )]
    Alias(String),
}

impl AmiFamily {
    /// The family that an image alias such as `al2023@v20240625` implies.
    ///
    /// # Errors
    ///
    /// [`ParseAmiFamilyError::Alias`] if there is not exactly one `@`, the version is empty, or the family has no aliases.
    pub fn of_alias(alias: &str) -> Result<Self, ParseAmiFamilyError> {
        let family = match alias.split_once('@') {
            Some((_, version)) if version.is_empty() || version.contains('@') => None,
            Some(_) => family::of_alias(alias).and_then(|family| family.parse().ok()),
            None => None,
        };
        family.ok_or_else(|| ParseAmiFamilyError::Alias(alias.to_owned()))
    }

    /// The name as `spec.amiFamily` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Al2 => "AL2",
            Self::Al2023 => "AL2023",
            Self::Bottlerocket => "Bottlerocket",
            Self::Custom => "Custom",
            Self::Windows2019 => "Windows2019",
            Self::Windows2022 => "Windows2022",
            Self::Windows2025 => "Windows2025",
        }
    }

    /// Build number that Windows nodes carry as `node.kubernetes.io/windows-build`; none for Linux.
    pub const fn windows_build(self) -> Option<&'static str> {
        match self {
            Self::Windows2019 => Some("10.0.17763"),
            Self::Windows2022 => Some("10.0.20348"),
            Self::Windows2025 => Some("10.0.26100"),
            Self::Al2 | Self::Al2023 | Self::Bottlerocket | Self::Custom => None,
        }
    }

    /// Whether the image runs Windows.
    pub const fn is_windows(self) -> bool {
        self.windows_build().is_some()
    }

    /// Whether the number of pods is bounded by network interfaces unless `maxPods` is set; otherwise the bound is 110.
    pub(crate) const fn limits_pods_by_interfaces(self) -> bool {
        !self.is_windows()
    }

    /// Whether the bootstrap passes `podsPerCore` on.
    pub(crate) const fn honours_pods_per_core(self) -> bool {
        !matches!(self, Self::Bottlerocket)
    }

    /// Whether the bootstrap reserves memory for as many pods as the network interfaces allow, whatever `maxPods` says.
    pub(crate) const fn reserves_memory_by_interfaces(self) -> bool {
        matches!(self, Self::Al2 | Self::Al2023 | Self::Custom)
    }

    /// Device of the volume that holds pods' files, where the family fixes it.
    pub(crate) const fn ephemeral_device(self) -> Option<&'static str> {
        match self {
            Self::Al2 | Self::Al2023 => Some("/dev/xvda"),
            Self::Bottlerocket => Some("/dev/xvdb"),
            Self::Windows2019 | Self::Windows2022 | Self::Windows2025 => Some("/dev/sda1"),
            Self::Custom => None,
        }
    }

    /// Size in bytes of that volume when the class has no block device mappings.
    pub(crate) const fn default_volume_bytes(self) -> i64 {
        if self.is_windows() { 50 * GIB } else { 20 * GIB }
    }
}

impl fmt::Display for AmiFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for AmiFamily {
    type Err = ParseAmiFamilyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [
            Self::Al2,
            Self::Al2023,
            Self::Bottlerocket,
            Self::Custom,
            Self::Windows2019,
            Self::Windows2022,
            Self::Windows2025,
        ]
        .into_iter()
        .find(|family| family.as_str() == text)
        .ok_or_else(|| ParseAmiFamilyError::Family(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_implies_its_family() {
        for (alias, family) in [
            ("al2@v20240625", AmiFamily::Al2),
            ("al2023@latest", AmiFamily::Al2023),
            ("bottlerocket@v1.10.0", AmiFamily::Bottlerocket),
            ("windows2025@latest", AmiFamily::Windows2025),
        ] {
            assert_eq!(AmiFamily::of_alias(alias), Ok(family), "{alias}");
        }
    }

    #[test]
    fn an_alias_with_two_versions_or_an_unknown_family_is_refused() {
        for alias in ["al2023", "al2023@", "al2023@a@b", "AL2023@latest", "ubuntu@latest", "@v1"] {
            assert!(AmiFamily::of_alias(alias).is_err(), "{alias}");
        }
    }

    #[test]
    fn every_family_is_read_by_its_own_name() {
        for family in [AmiFamily::Al2, AmiFamily::Custom, AmiFamily::Windows2019] {
            assert_eq!(family.as_str().parse(), Ok(family));
        }
        assert!("al2023".parse::<AmiFamily>().is_err());
    }
}
