//! Why there is no catalog; not why a pool can't use one.

/// Why bundled figures can't be had.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BundledError {
    /// There are no zones and prices of this region in karp.
    #[error("there are no bundled figures for region `{region}`; there are some for {}", list(.known))]
    UnknownRegion {
        /// The region that was asked for.
        region: String,
        /// Regions with figures, in order.
        known: Vec<&'static str>,
    },
    /// A bundled file can't be read: a fault of karp, please report it.
    #[error("bundled file `{file}`, line {line}: {problem}")]
    Damaged {
        /// Name of the file.
        file: &'static str,
        /// Line, from 1; 0 when it is not known.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// The regions, each in backticks.
fn list(regions: &[&str]) -> String {
    let quoted: Vec<String> = regions.iter().map(|region| format!("`{region}`")).collect();
    quoted.join(", ")
}
