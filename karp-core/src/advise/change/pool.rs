//! Changes of pools; not of what their node classes say.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Size, pod::Listed};
use crate::{
    model::{NodePool, NodePoolName, Operator, RequirementEntry, ResourceName, Taint, amount_text},
    snapshot::Snapshot,
};

/// A change of a pool.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "what")]
pub enum PoolChange {
    /// It may have more of a resource, or more machines (`nodes`).
    Limit {
        /// The resource.
        resource: ResourceName,
        /// The limit, in the resource's unit.
        from: i64,
        /// The least with which the pods have a place.
        to: i64,
    },
    /// Its machines don't have a taint.
    RemoveTaint {
        /// The taint.
        taint: Taint,
    },
    /// It no longer demands something of its machines.
    DropRequirement {
        /// The demand.
        requirement: RequirementEntry,
    },
    /// Its machines may have a further value of a label.
    Widen {
        /// The demand as it is, with operator `In`.
        requirement: RequirementEntry,
        /// The further value.
        value: String,
    },
    /// Its machines carry a label.
    AddLabel {
        /// The label.
        key: String,
        /// Its value.
        value: String,
    },
    /// Fewer different values of a label must stay possible.
    MinValues {
        /// The label.
        key: String,
        /// How many.
        from: u32,
        /// The most with which the pods have a place.
        to: u32,
    },
    /// It is used: it is ready, not deleted, and what spoke against it is mended.
    Use {
        /// Code of the finding that spoke against it.
        finding: String,
    },
}

impl PoolChange {
    pub(super) fn apply(&self, name: &NodePoolName, snapshot: &mut Snapshot) {
        if let Self::Use { .. } = self {
            snapshot.excluded_pools.remove(name);
        }
        let pool = snapshot.node_pools.iter_mut().find(|pool| pool.name == *name);
        if let Some(pool) = pool {
            self.edit(Arc::make_mut(pool));
        }
    }

    fn edit(&self, pool: &mut NodePool) {
        let template = &mut pool.template;
        match self {
            Self::Limit { resource, to, .. } => {
                pool.limits.get_or_insert_default().set(resource.clone(), *to);
            }
            Self::RemoveTaint { taint } => template.taints.retain(|own| own != taint),
            Self::DropRequirement { requirement } => {
                template.requirements.retain(|own| own != requirement);
            }
            Self::Widen { requirement, value } => {
                let same = template.requirements.iter_mut().filter(|own| *own == requirement);
                same.for_each(|own| own.values.push(value.clone()));
            }
            Self::AddLabel { key, value } => {
                template.labels.insert(key.clone(), value.clone());
            }
            Self::MinValues { key, to, .. } => {
                for own in template.requirements.iter_mut().filter(|own| own.key == *key) {
                    own.min_values = own.min_values.map(|own| own.min(*to));
                }
            }
            Self::Use { .. } => {
                pool.deleting_since = None;
                pool.conditions.retain(|condition| condition.kind != "Ready");
            }
        }
    }

    pub(super) fn share(&self) -> u32 {
        match self {
            Self::Limit { from, to, .. } => Size::between(*from, *to),
            Self::MinValues { from, to, .. } => Size::between(i64::from(*from), i64::from(*to)),
            Self::Widen { requirement, .. } => Size::further(requirement.values.len()),
            Self::AddLabel { .. } => Size::HALF,
            Self::RemoveTaint { .. } | Self::DropRequirement { .. } | Self::Use { .. } => {
                Size::WHOLE
            }
        }
    }

    pub(super) fn describe(&self, name: &NodePoolName, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit { resource, from, to } => write!(
                f,
                "raise the {resource} limit of node pool `{name}` from {} to {}, by {}",
                amount_text(resource, *from),
                amount_text(resource, *to),
                amount_text(resource, to.saturating_sub(*from))
            ),
            Self::RemoveTaint { taint } => {
                write!(f, "remove the taint {taint} from node pool `{name}`")
            }
            Self::DropRequirement { requirement } => write!(
                f,
                "drop the requirement {} {}{} of node pool `{name}`",
                requirement.key,
                requirement.operator,
                Listed(requirement)
            ),
            Self::Widen { requirement, value } => write!(
                f,
                "add {value} to the requirement {} {}{} of node pool `{name}`",
                requirement.key,
                Operator::In,
                Listed(requirement)
            ),
            Self::AddLabel { key, value } => {
                write!(f, "add the label {key}={value} to the template of node pool `{name}`")
            }
            Self::MinValues { key, from, to } => {
                write!(f, "lower minValues of {key} in node pool `{name}` from {from} to {to}")
            }
            Self::Use { finding } => {
                write!(f, "mend what keeps node pool `{name}` from being used: {finding}")
            }
        }
    }
}
