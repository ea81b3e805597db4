#![doc = include_str!("../README.md")]

pub mod catalog;
pub mod label;
pub mod lint;
pub mod node_class;
pub mod resource;
mod settings;
mod vocabulary;

pub use self::{settings::Settings, vocabulary::vocabulary};
