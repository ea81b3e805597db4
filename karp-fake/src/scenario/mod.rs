//! Worlds with the answers that the reference implementation gave on them; not the solver and not a simulation.
//!
//! A scenario is one JSON file: Kubernetes objects, instance types, settings, an instant, and what the reference answered on that
//! world over many runs. [`Scenario`] reads it, makes the [`Snapshot`](karp_core::snapshot::Snapshot) and
//! [`Policy`](karp_core::policy::Policy) of it, and [compares](Scenario::compare) a plan with the answers.
//!
//! # The file
//!
//! | Field | Holds |
//! |---|---|
//! | `name`, `feature`, `seed` | what it is called, what it is about, what it was generated from |
//! | `now` | the instant of the decision |
//! | `settings` | `preferencePolicy`, `minValuesPolicy`, `reservedOfferingMode`, `featureGates`, `defaultConstraints`: see [`Policy`](karp_core::policy::Policy) |
//! | `instanceTypes` | a list of types, or `{"catalog", "names"}` for types of a [known catalog](catalog_names); without names, all |
//! | `objects` | Kubernetes objects |
//! | `podGroups` | `{"prefix", "count", "pod"}`: pods `<prefix>-0`, `<prefix>-1`, … with uid `<prefix>-<five digits>`, made from one object |
//! | `reference` | what the reference answered: [`Reference`] |
//!
//! A type is `{name, requirements, capacity, overhead, offerings}`, an offering `{zone, capacityType, price, available,
//! reservationId, reservationCapacity}` with the price in USD per hour; quantities are Kubernetes text. Every pool sees the same types.
//!
//! Scenarios about disruption have the same fields, what is remembered between rounds (`state`), and other answers: [`DisruptionScenario`].
//!
//! # What is assumed
//!
//! - The node class `default` of kind `TestNodeClass`, group `karpenter.test.sh`, exists and is ready.
//! - The keys of [`well_known_labels`] are known to the provider.
//! - A pod waits for a place when the Kubernetes scheduler has said so: its condition `PodScheduled` has the reason `Unschedulable`. karp
//!   itself takes any unbound, ungated, unfinished pod, for manifests have no status. So [`Scenario::snapshot`] leaves out the unbound
//!   pods without that condition; [`Scenario::left_out`] names them.
//!
//! # Example: a scenario of one's own
//!
//! ```
//! use karp_fake::scenario::Scenario;
//!
//! let scenario = Scenario::parse(
//!     r#"{
//!         "name": "nothing", "feature": "examples", "seed": 0, "now": "2026-01-15T12:00:00Z",
//!         "settings": {"preferencePolicy": "Ignore"},
//!         "instanceTypes": {"catalog": "ec2-abc", "names": ["m5.large"]},
//!         "objects": [],
//!         "reference": {
//!             "commit": "", "runs": 1, "distinct": 1,
//!             "range": {"claims": [0, 0], "pricePerHour": [0, 0], "unplaced": [0, 0]},
//!             "answers": []
//!         }
//!     }"#,
//! )?;
//! assert_eq!(scenario.name(), "nothing");
//! assert_eq!(scenario.instance_types()[0].offerings.len(), 6);
//! # Ok::<(), karp_fake::scenario::ScenarioError>(())
//! ```

mod answer;
mod archive;
mod budget_row;
mod catalog;
mod compare;
mod disruption;
mod error;
mod instance_type;
mod need;
mod objects;
mod provider;
mod read;
mod refusal;
mod settings;
mod usd_number;
mod world;

pub use self::{
    answer::{Answer, AnswerTotals, CheapestAnswer, NewClaim, Range, Reference, RequirementAnswer},
    archive::{compress, decompress},
    budget_row::{BudgetDifference, BudgetRow},
    catalog::{catalog, catalog_names, well_known_labels},
    compare::{Difference, Verdict},
    disruption::{
        Alternative, Amount, CandidateAnswer, CandidatesAnswer, CommandAnswer, CommandsDiffer,
        DisruptionAnswer, DisruptionDifference, DisruptionReference, DisruptionScenario,
        DisruptionVerdict, FailedValidation, FirstAnswer, MethodVerdict, PoolTotalsAnswer,
        ReasonDifference, ReplacementAnswer, UNBOUNDED,
    },
    error::ScenarioError,
    instance_type::instance_types,
    need::Need,
    read::Scenario,
    refusal::refusal_kinds,
};
