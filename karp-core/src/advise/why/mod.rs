//! Why a placed pod is where it is: its node or machine, the machine's type and pool, wishes that were given up; not why others have no place.

mod answer;
mod bench;
mod cheaper;
mod machine;
mod wish;

pub(super) use self::cheaper::Tables;
pub use self::{
    answer::{Place, Why},
    cheaper::{Priced, Rule, RuledOut},
    machine::{PassedBy, PassedOver, WhyMachine},
    wish::GivenUp,
};
