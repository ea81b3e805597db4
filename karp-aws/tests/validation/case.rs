//! Recorded verdicts of API servers and controllers on custom resources.
//!
//! Each line of `testdata/custom_resource_cases.jsonl` holds an object, its former state where the
//! case is an update, and what became of it with the definitions of EC2 (`aws`) and without them
//! (`core`): one verdict, or one per profile. Lines with `kubelet` hold the kubelet block of a node
//! class and what controllers of the later profile say about it.

use karp_core::k8s::validate::Profile;
use serde::Deserialize;
use serde_json::Value;

/// One line.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) n: u32,
    pub(crate) object: Option<Value>,
    pub(crate) old: Option<Value>,
    pub(crate) aws: Option<Verdicts>,
    pub(crate) core: Option<Verdicts>,
    pub(crate) kubelet: Option<Value>,
    pub(crate) verdict: Option<KubeletVerdict>,
}

/// One verdict for both profiles, or one for each.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Verdicts {
    Both(Outcome),
    Each([Outcome; 2]),
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Stored as it was.
    Accept,
    /// Stored without its unknown fields.
    AcceptPruned,
    /// Refused.
    Reject,
    /// Stored, and found invalid by a controller.
    RuntimeInvalid,
}

/// What controllers say about a kubelet block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KubeletVerdict {
    Expression,
    Invalid,
    Valid,
}

impl Verdicts {
    pub(crate) fn of(self, profile: Profile) -> Outcome {
        match (self, profile) {
            (Self::Both(outcome), _)
            | (Self::Each([outcome, _]), Profile::V1_14_1)
            | (Self::Each([_, outcome]), Profile::Head) => outcome,
        }
    }
}

/// All lines.
pub(crate) fn cases() -> Vec<Case> {
    let text = include_str!("../../testdata/custom_resource_cases.jsonl");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}
