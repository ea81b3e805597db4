//! EC2's instance types as karp sees them: labels, capacity, overhead, offerings. Pure: nothing here asks AWS.

mod bundled;
mod capacity;
mod compatibility;
mod ephemeral_storage;
mod error;
mod figures;
mod findings;
mod instance_type;
mod labels;
mod offering;
mod overhead;
mod pod_density;
mod region;
mod spot_price;
mod type_name;

pub(crate) use self::findings::admits_spot;
pub use self::{
    bundled::{Bundled, bundled},
    error::BundledError,
};
