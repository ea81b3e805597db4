//! Views of a plan for people and for programs; not the plan.

mod explain;
mod folded;
mod html;
mod json;
mod machine;
pub(crate) mod page;
mod table;

pub use self::{
    explain::{Explanations, SameMachines, Stuck},
    folded::fold_names,
    html::html,
    json::json,
    machine::MachineView,
    table::table,
};
