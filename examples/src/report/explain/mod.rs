//! Why pods have no place and what would help, and why the others are where they are: for people and for programs; not the plan.

mod collected;
mod html;
mod json;
mod text;

pub use self::collected::{Explanations, SameMachines, Stuck};
pub(super) use self::{html::sections, json::Document};
