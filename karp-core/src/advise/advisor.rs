//! Answers questions about one plan; not the changes that it tries.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{
    Advice, Change, Effort, NoRemedy, PassedBy, Remedy,
    candidate::{Candidate, candidates},
    change::Likeness,
    least::least,
    trial::Trials,
    why::Tables,
};
use crate::{
    compile::derive,
    decision::Plan,
    explain::{PoolRefusal, Unplaced},
    model::{NodePoolName, Pod, PodId},
    policy::Policy,
    snapshot::Snapshot,
};

/// What would help the pods of a plan that have no place: [`Advisor::all`] with the default [`Effort`].
///
/// ```
/// use karp_core::{
///     advise,
///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
///     policy::Policy,
///     provision,
///     snapshot::Snapshot,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let large = InstanceType::new("m.large").cpu("4").memory("8Gi").offering("z1", OnDemand, usd("0.1"));
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .instance_types([large])
///     .node_pool(NodePool::new("general"))
///     .pods((0..3).map(|i| Pod::new(format!("web-{i}")).request("cpu", "4500m")))
///     .build()?;
/// let policy = Policy::compat();
/// let plan = provision(&snapshot, &policy);
///
/// let advice = advise::advise(&snapshot, &policy, &plan);
/// assert_eq!(advice[0].pods.len(), 3, "equal pods share one advice");
/// let smallest = advice[0].remedies[0].change.to_string();
/// assert_eq!(smallest, "lower the cpu request of pods like `default/web-0` from 4500m to 4, by 500m");
/// # Ok(())
/// # }
/// ```
pub fn advise(snapshot: &Snapshot, policy: &Policy, plan: &Plan) -> Vec<Advice> {
    Advisor::new(snapshot, policy, plan).all()
}

/// Answers questions about one plan.
///
/// It remembers what it tried: a change that concerns many pods is planned once. Equal input gives equal answers, in whatever order objects were
/// listed and questions are asked, as long as the [`Effort`] suffices.
///
/// # Cost
///
/// A [`provision`](crate::provision) per change that is tried, and per step of a number that is searched; [`Effort`] bounds them.
#[derive(Debug)]
pub struct Advisor<'a> {
    pub(super) policy: &'a Policy,
    pub(super) plan: &'a Plan,
    pub(super) snapshot: &'a Snapshot,
    /// The snapshot as it is decided on.
    pub(super) derived: Cow<'a, Snapshot>,
    trials: Trials<'a>,
    effort: Effort,
    /// Compiled when the first machine is asked about.
    pub(super) tables: Option<Tables>,
    /// Why a pool does not make machines that another one makes for such pods.
    pub(super) passed: FxHashMap<(Likeness, NodePoolName, NodePoolName), PassedBy>,
}

/// Equal pods without a place.
struct Group<'a> {
    pods: Vec<PodId>,
    reasons: &'a [PoolRefusal],
}

impl<'a> Advisor<'a> {
    /// Answers questions about `plan`, which [`provision`](crate::provision) made of the snapshot and the policy.
    pub fn new(snapshot: &'a Snapshot, policy: &'a Policy, plan: &'a Plan) -> Self {
        Self {
            policy,
            plan,
            snapshot,
            derived: derive(Cow::Borrowed(snapshot), policy, &mut Vec::new()),
            trials: Trials::new(snapshot, policy, plan),
            effort: Effort::default(),
            tables: None,
            passed: FxHashMap::default(),
        }
    }

    /// Spends no more than this.
    #[must_use]
    pub const fn with_effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// What would help each pod without a place; equal pods together, in the order of their first ids.
    pub fn all(&mut self) -> Vec<Advice> {
        self.groups().into_iter().map(|group| self.of_group(group)).collect()
    }

    /// What would help one pod and those that are equal to it; none when it has a place or is not in the plan.
    pub fn of(&mut self, pod: &PodId) -> Option<Advice> {
        let group = self.groups().into_iter().find(|group| group.pods.contains(pod))?;
        Some(self.of_group(group))
    }

    /// How many plans were made so far.
    pub const fn spent(&self) -> usize {
        self.trials.spent
    }

    fn groups(&self) -> Vec<Group<'a>> {
        let pods: FxHashMap<&PodId, &Pod> =
            self.derived.pods.iter().map(|pod| (&pod.id, &**pod)).collect();
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut known: FxHashMap<Likeness, Vec<usize>> = FxHashMap::default();
        for Unplaced { pod, reasons, .. } in &self.plan.unplaced {
            let Some(&object) = pods.get(pod) else { continue };
            let alike = known.entry(Likeness::of(object)).or_default();
            let same = alike.iter().copied().find(|&index| {
                groups.get(index).is_some_and(|group| group.reasons == reasons.as_ref())
            });
            if let Some(group) = same.and_then(|index| groups.get_mut(index)) {
                group.pods.push(pod.clone());
            } else {
                alike.push(groups.len());
                groups.push(Group { pods: vec![pod.clone()], reasons });
            }
        }
        groups
    }

    fn of_group(&mut self, Group { pods, reasons }: Group<'_>) -> Advice {
        let by_id = |snapshot: &'_ Snapshot| {
            let first = pods.first()?;
            snapshot.pods.iter().find(|pod| pod.id == *first).cloned()
        };
        let (own, derived) = (by_id(self.snapshot), by_id(&self.derived));
        let found = derived.map_or_else(Vec::new, |derived| {
            candidates((&self.derived, self.policy), (&derived, own.as_deref()), reasons)
        });
        let (start, count) = (self.trials.spent, found.len());
        let (mut remedies, mut tried) = (Vec::new(), 0);
        for candidate in found {
            if self.is_spent(start) {
                break;
            }
            tried += 1;
            remedies.extend(self.remedy(candidate, &pods));
        }
        remedies.sort_by(|a, b| (a.size, &a.change).cmp(&(b.size, &b.change)));
        let incomplete = match (count, remedies.is_empty()) {
            (0, _) => Some(NoRemedy::NothingToTry),
            _ if tried < count => Some(NoRemedy::EffortSpent),
            (_, true) => Some(NoRemedy::NothingHelps),
            (_, false) => None,
        };
        Advice { pods, remedies, tried, incomplete }
    }

    const fn is_spent(&self, start: usize) -> bool {
        self.trials.spent >= self.effort.in_all
            || self.trials.spent - start >= self.effort.per_advice
    }

    fn remedy(&mut self, candidate: Candidate, pods: &[PodId]) -> Option<Remedy> {
        let change: Change = match candidate {
            Candidate::Fixed(change) => self.trials.helps(&change, pods).then_some(change)?,
            Candidate::Turned(dial) => {
                let helps = |step| self.trials.helps(&(dial.turn)(step), pods);
                (dial.turn)(least(dial.guess, dial.most, helps)?)
            }
        };
        let outcome = self.trials.outcome(&change);
        let also_placed = outcome.placed.len().saturating_sub(pods.len());
        Some(Remedy { size: change.size(), also_placed, price: outcome.price, change })
    }
}
