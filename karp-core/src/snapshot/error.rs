//! Why a snapshot could not be built; not what was noticed about its objects.

use crate::model::InvalidField;

/// Why a snapshot could not be built.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Two objects of one kind have one name.
    #[error("two objects are `{kind} {name}`")]
    Duplicate {
        /// Kind of the objects.
        kind: &'static str,
        /// Their name, with the namespace where there is one.
        name: String,
    },
    /// A text given to a setter could not be read.
    #[error("`{kind} {name}` has an invalid field")]
    Invalid {
        /// Kind of the object.
        kind: &'static str,
        /// Its name, with the namespace where there is one.
        name: String,
        /// The field and what is wrong with it.
        source: InvalidField,
    },
    /// Instance types were given for a pool that is not there.
    #[error("instance types are given for the unknown node pool `{pool}`")]
    UnknownPool {
        /// Name of the pool.
        pool: String,
    },
}
