//! Why a scenario can't be read; not how a plan differs from its answers.

use karp_core::snapshot::SnapshotError;

/// Why a scenario can't be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// Compressed data are damaged.
    #[error("the compressed scenarios can't be read: {problem}")]
    Archive {
        /// What is wrong with them.
        problem: String,
    },
    /// The text is not a scenario.
    #[error("not a scenario: {problem}")]
    Format {
        /// What is wrong, what was expected and where.
        problem: String,
    },
    /// One line of a file of scenarios is not a scenario.
    #[error("line {line} can't be read")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        source: Box<Self>,
    },
    /// An object can't be used.
    #[error("{object}: {problem}")]
    Object {
        /// Kind and name of the object, or its place.
        object: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// The objects don't make a snapshot.
    #[error("the objects don't make a snapshot")]
    Snapshot {
        /// Why not.
        #[from]
        source: SnapshotError,
    },
    /// An instance type has a field that can't be used.
    #[error("instance type `{name}`: `{field}`: {problem}")]
    Type {
        /// Name of the type.
        name: String,
        /// Path of the field.
        field: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// There is no catalog of this name.
    #[error("catalog `{name}` is unknown (known: {known})")]
    UnknownCatalog {
        /// The name.
        name: String,
        /// Names of the catalogs that are there, separated by commas.
        known: String,
    },
    /// A feature gate is unknown.
    #[error("feature gate `{gate}` is unknown")]
    UnknownGate {
        /// Name of the gate.
        gate: String,
    },
    /// A catalog has no type of this name.
    #[error("catalog `{catalog}` has no instance type `{name}`")]
    UnknownType {
        /// Name of the catalog.
        catalog: String,
        /// Name of the type.
        name: String,
    },
}
