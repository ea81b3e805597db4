//! Pods that must leave, each asked again with growing pauses until it goes; not which pods these are.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::deadline;
use crate::{
    lifecycle::{Action, Backoff, Event, EventReason, Next, Subject, Target, Waiting},
    model::{
        EvictionBudgets, NodeName, ObjectId, Pod, PodId, Span, Timestamp, Uid,
        eviction_budgets::is_exempt, pod_rules,
    },
};

/// A pod that must leave its Node.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "made by a drain, taken by the queue")]
#[serde(rename_all = "camelCase")]
pub struct QueuedPod {
    /// The pod.
    pub pod: Target<PodId>,
    /// Its Node.
    pub node: Target<NodeName>,
    /// By when the Node must be gone; none = no matter when.
    pub deadline: Option<Timestamp>,
    /// Why it leaves, for the event; empty when nobody knows.
    pub reason: String,
}

/// What the eviction API said.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "a caller that forgets one waits for ever")]
#[serde(rename_all = "camelCase")]
pub enum EvictionAnswer {
    /// The pod stops.
    Accepted,
    /// A budget allows no disruption now, or several budgets select the pod.
    Blocked {
        /// One line for people.
        message: String,
    },
    /// Anything else went wrong.
    Failed,
    /// It is not there any more, or another pod has its name.
    Gone,
}

/// Pods that must leave, kept from pass to pass. In memory only: after a restart the drains fill it again.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct EvictionQueue {
    entries: BTreeMap<PodId, Vec<Entry>>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
struct Entry {
    uid: Uid,
    node: Target<NodeName>,
    deadline: Option<Timestamp>,
    reason: String,
    failures: u32,
    not_before: Timestamp,
}

/// What becomes of an entry.
enum Outcome {
    /// It is done with.
    Drop,
    /// It is tried again later.
    Stay,
}

impl EvictionQueue {
    /// An empty queue.
    pub const fn new() -> Self {
        Self { entries: BTreeMap::new() }
    }

    /// How many pods must leave.
    pub fn len(&self) -> usize {
        self.entries.values().map(Vec::len).sum()
    }

    /// Whether no pod must leave.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds a pod. One that is there keeps the earlier deadline and its place in the queue.
    pub fn add(&mut self, queued: QueuedPod) {
        let entries = self.entries.entry(queued.pod.name).or_default();
        if let Some(own) = entries.iter_mut().find(|own| own.uid == queued.pod.uid) {
            own.deadline = match (own.deadline, queued.deadline) {
                (Some(own), Some(new)) => Some(own.min(new)),
                (own, new) => own.or(new),
            };
            own.reason = queued.reason;
            return;
        }
        entries.push(Entry {
            uid: queued.pod.uid,
            node: queued.node,
            deadline: queued.deadline,
            reason: queued.reason,
            failures: 0,
            not_before: Timestamp::MIN,
        });
    }

    /// What is to be done for the pods whose turn it is.
    ///
    /// A pod that is due is deleted whatever protects it. One that must not be disrupted, or that a budget keeps, stays and is asked for again
    /// later. Within a pass a budget is spent by every pod that goes, so that two pods that share the last eviction don't both go.
    pub fn advance(
        &mut self,
        pods: &[Arc<Pod>],
        budgets: &EvictionBudgets<'_>,
        now: Timestamp,
    ) -> Next {
        let there: BTreeMap<(&PodId, &Uid), &Pod> =
            pods.iter().map(|pod| ((&pod.id, &pod.uid), pod.as_ref())).collect();
        let mut pass = Pass { budgets, spent: BTreeMap::new(), next: Next::done(), now };
        for (id, entries) in &self.entries {
            let pods = entries.iter().filter_map(|own| Some((own, *there.get(&(id, &own.uid))?)));
            pods.for_each(|(entry, pod)| pass.foresee(pod, entry));
        }
        self.entries.retain(|id, entries| {
            entries.retain_mut(|entry| {
                if now < entry.not_before {
                    let pod = id.clone();
                    pass.next.wait_for(Waiting::PodHeld { pod }, entry.not_before);
                    return true;
                }
                let Some(pod) = there.get(&(id, &entry.uid)) else { return false };
                match pass.attempt(pod, entry) {
                    Outcome::Drop => false,
                    Outcome::Stay => {
                        entry.pause(pod, now);
                        let pod = id.clone();
                        pass.next.wait_for(Waiting::PodHeld { pod }, entry.not_before);
                        true
                    }
                }
            });
            !entries.is_empty()
        });
        pass.next
    }

    /// Takes note of what the eviction API said of a pod; what people are to be told of it.
    pub fn answer(&mut self, pod: &Target<PodId>, answer: &EvictionAnswer) -> Option<Event> {
        let entries = self.entries.get_mut(&pod.name)?;
        let place = entries.iter().position(|own| own.uid == pod.uid)?;
        let event = match answer {
            EvictionAnswer::Accepted => {
                let entry = entries.remove(place);
                let message = format!("Evicted pod: {}", entry.reason);
                let (subject, reason) = (Subject::Pod(pod.clone()), EventReason::Evicted);
                Some(Event { subject, reason, message })
            }
            EvictionAnswer::Gone => {
                entries.remove(place);
                None
            }
            EvictionAnswer::Blocked { message } => {
                entries.get(place).map(|entry| blocked(entry, pod, message))
            }
            EvictionAnswer::Failed => None,
        };
        if entries.is_empty() {
            self.entries.remove(&pod.name);
        }
        event
    }
}

impl Entry {
    /// Waits longer than the last time, but no longer than until the pod is due.
    fn pause(&mut self, pod: &Pod, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let again = now + Backoff::EVICTION.after(self.failures);
        let due = deadline::due_at(pod, self.deadline).filter(|due| *due > now);
        self.not_before = due.map_or(again, |due| again.min(due));
    }
}

/// One pass over the queue.
struct Pass<'a> {
    budgets: &'a EvictionBudgets<'a>,
    /// Evictions of this pass, by budget.
    spent: BTreeMap<ObjectId, i32>,
    next: Next,
    now: Timestamp,
}

impl Pass<'_> {
    fn attempt(&mut self, pod: &Pod, entry: &Entry) -> Outcome {
        let target = Target::pod(pod);
        if let Some(grace) = deadline::forced_grace(pod, entry.deadline, self.now) {
            self.next.publish(disrupted(pod, entry.deadline, grace));
            self.next.act(Action::DeletePod { pod: target, grace });
            return Outcome::Stay;
        }
        if !pod_rules::is_active(pod) {
            return Outcome::Drop;
        }
        if !pod_rules::is_evictable(pod, self.now) {
            return Outcome::Stay;
        }
        if let Some(block) = self.budgets.blocking(pod, self.now) {
            self.next.publish(blocked(entry, &target, &block.to_string()));
            return Outcome::Stay;
        }
        if !self.spend(pod) {
            return Outcome::Stay;
        }
        self.next.act(Action::Evict { pod: target });
        Outcome::Stay
    }

    /// Takes the pod off its budget if this pass will force it off: others must not add to that.
    fn foresee(&mut self, pod: &Pod, entry: &Entry) {
        let is_due = deadline::forced_grace(pod, entry.deadline, self.now).is_some();
        if is_due && pod_rules::is_active(pod) {
            self.spend(pod);
        }
    }

    /// Takes the pod's eviction off its budget; false when this pass has spent it.
    fn spend(&mut self, pod: &Pod) -> bool {
        let budgets = self.budgets.of(pod);
        let Some(budget) = budgets.first().filter(|budget| !is_exempt(budget, pod)) else {
            return true;
        };
        let spent = self.spent.entry(budget.id.clone()).or_default();
        if *spent >= budget.disruptions_allowed {
            return false;
        }
        *spent = spent.saturating_add(1);
        true
    }
}

fn blocked(entry: &Entry, pod: &Target<PodId>, message: &str) -> Event {
    Event {
        subject: Subject::Node(entry.node.clone()),
        reason: EventReason::FailedDraining,
        message: format!("Failed to drain node, {message} (Pod={})", pod.name),
    }
}

/// Says when the Node must be gone, what time the pod gets and what it asked for.
fn disrupted(pod: &Pod, deadline: Option<Timestamp>, grace: Span) -> Event {
    let by = deadline.map_or_else(String::new, |deadline| format!(" by {deadline}"));
    let own = pod.spec.termination_grace_period;
    let own = own.map_or_else(|| "none".to_owned(), |own| own.to_string());
    let message = format!(
        "Deleting the pod so that its node is gone{by}, with {grace} to stop (its own grace period: {own}); \
         pod disruption budgets and do-not-disrupt are passed over"
    );
    Event::on_pod(pod, EventReason::Disrupted, message)
}
