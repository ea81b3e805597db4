//! What may be disrupted, read once more from the documentation, with none of the library's rules; not what is worth it.

use std::collections::BTreeSet;

use karp_core::{
    disrupt::{Command, Memory, Method},
    model::{
        Budget, Condition, ConditionStatus, IntOrPercent, Node, NodeClaim, NodeName, NodePool,
        NodePoolName, Pod, PodDisruptionBudget, PodPhase, Price, Resources, label,
    },
    snapshot::Snapshot,
};

/// A cluster, and what its controller remembers.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) memory: &'a Memory,
}

fn says(conditions: &[Condition], kind: &str) -> bool {
    conditions.iter().any(|own| own.kind == kind && own.status == ConditionStatus::True)
}

const fn reason(method: Method) -> &'static str {
    match method {
        Method::Emptiness => "Empty",
        Method::StaticDrift | Method::Drift => "Drifted",
        Method::MultiNode | Method::SingleNode => "Underutilized",
    }
}

impl<'a> Rules<'a> {
    fn node(self, name: &NodeName) -> Option<&'a Node> {
        self.snapshot.nodes.iter().map(|node| &**node).find(|node| node.name == *name)
    }

    fn claim(self, node: &Node) -> Option<&'a NodeClaim> {
        let mut claims = self.snapshot.node_claims.iter().map(|claim| &**claim);
        claims.find(|claim| {
            !node.provider_id.is_empty() && claim.status.provider_id == node.provider_id
        })
    }

    fn pool(self, name: &str) -> Option<&'a NodePool> {
        self.snapshot.node_pools.iter().map(|pool| &**pool).find(|pool| pool.name == *name)
    }

    fn is_remembered(self, node: &Node, set: &BTreeSet<NodeName>) -> bool {
        let claim = self.claim(node).map(|claim| NodeName::from(claim.name.as_str()));
        set.contains(&node.name) || claim.is_some_and(|claim| set.contains(&claim))
    }

    /// Nodes of a pool that budgets count, and how many of them are on their way out.
    fn counted(self, pool: &NodePoolName) -> (usize, usize) {
        let (mut total, mut going) = (0, 0);
        for node in &self.snapshot.nodes {
            let Some(claim) = self.claim(node) else { continue };
            let is_of = node.labels.get(label::NODE_POOL).is_some_and(|own| *pool == *own.as_str());
            let is_complete = node.labels.get(label::INITIALIZED).is_some_and(|own| own == "true");
            if !is_of || !is_complete || says(&claim.status.conditions, "InstanceTerminating") {
                continue;
            }
            total += 1;
            let is_leaving = claim.deleting_since.is_some()
                || self.is_remembered(node, &self.memory.marked)
                || !says(&node.conditions, "Ready");
            going += usize::from(is_leaving);
        }
        (total, going)
    }

    /// How many more nodes of a pool budgets let go for a reason.
    pub(crate) fn left(self, pool: &NodePool, method: Method) -> usize {
        let (total, going) = self.counted(&pool.name);
        let mut least = usize::MAX;
        for budget in &pool.disruption.budgets {
            if !self.is_open(budget) {
                continue;
            }
            let nodes = match budget.nodes.strip_suffix('%') {
                Some(share) => share.parse::<usize>().map(|share| (total * share).div_ceil(100)),
                None => budget.nodes.parse(),
            };
            // What nobody can read allows nothing, whatever it is for.
            let Ok(nodes) = nodes else { return 0 };
            let names = budget.reasons.as_ref();
            if names.is_none_or(|names| names.iter().any(|name| name == reason(method))) {
                least = least.min(nodes);
            }
        }
        least.saturating_sub(going)
    }

    /// Whether the window of a budget holds; worlds have two kinds of windows.
    fn is_open(self, budget: &Budget) -> bool {
        let day = self.snapshot.now.unix_seconds().rem_euclid(86_400);
        match budget.schedule.as_deref() {
            Some("@hourly") => day % 3_600 < 1_800,
            Some("0 9 * * *") => (9 * 3_600..13 * 3_600).contains(&day),
            // Worlds have no others; one that is not known here would show as a budget that allows too little.
            None | Some(_) => true,
        }
    }

    /// Whether a pod asks not to be disrupted.
    fn is_protected(self, pod: &Pod) -> bool {
        let runs = !matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed)
            && pod.status.deleting_since.is_none();
        let now = self.snapshot.now.unix_seconds();
        runs && match pod.annotations.get(label::DO_NOT_DISRUPT).map(String::as_str) {
            Some("true") => true,
            Some("1h") => {
                let since = pod.status.started_at.map(|since| now - since.unix_seconds());
                since.is_none_or(|since| since < 3_600)
            }
            _ => false,
        }
    }

    /// Whether budgets keep a pod from being evicted; for good, or as things are.
    fn is_kept(self, pod: &Pod, for_good: bool) -> bool {
        let ended = matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed);
        let of_kubelet = pod.owners.iter().any(|owner| owner.kind == "Node");
        let stays_anyway = pod.spec.tolerations.iter().any(|toleration| {
            toleration.tolerates(&karp_core::model::Taint::new(
                label::DISRUPTED_TAINT,
                karp_core::model::Effect::NoSchedule,
            ))
        });
        if ended || of_kubelet || stays_anyway || pod.status.deleting_since.is_some() {
            return false;
        }
        let selects = |budget: &&PodDisruptionBudget| {
            budget.id.namespace() == pod.id.namespace()
                && budget.selector.as_ref().is_some_and(|own| own.matches(&pod.labels))
        };
        let budgets = self.snapshot.pod_disruption_budgets.iter().map(|budget| &**budget);
        let own: Vec<&PodDisruptionBudget> = budgets.filter(selects).collect();
        let [only] = own.as_slice() else { return own.len() > 1 };
        if only.always_allows_unhealthy && pod.status.ready == Some(false) {
            return false;
        }
        if for_good {
            let none = [Some(IntOrPercent::Int(0)), Some(IntOrPercent::Percent(0))];
            return none.contains(&only.max_unavailable)
                || only.min_available == Some(IntOrPercent::Percent(100));
        }
        only.disruptions_allowed == 0
    }

    /// Whether a pod needs another place when its node goes.
    fn moves(pod: &Pod) -> bool {
        let ended = matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed);
        let comes_back = pod.owners.iter().any(|owner| owner.kind == "StatefulSet");
        let going = pod.status.deleting_since.is_some();
        let is_there = if going { comes_back } else { !ended };
        let stays = pod.owners.iter().any(|own| own.kind == "DaemonSet" || own.kind == "Node");
        is_there && !stays
    }

    /// What must not be so about a command.
    pub(crate) fn objection(self, command: &Command) -> Option<String> {
        let nodes = command.nodes.iter().find_map(|name| {
            let Some(node) = self.node(name) else { return Some(format!("{name} is not there")) };
            let objection = self.objection_to_node(node, command.method)?;
            Some(format!("{name}: {objection}"))
        });
        nodes
            .or_else(|| self.objection_to_money(command))
            .or_else(|| self.objection_to_limits(command))
    }

    fn objection_to_node(self, node: &Node, method: Method) -> Option<&'static str> {
        let Some(claim) = self.claim(node) else { return Some("belongs to nobody") };
        let pool = node.labels.get(label::NODE_POOL).and_then(|name| self.pool(name));
        let Some(pool) = pool else { return Some("has no pool") };
        let consolidates = matches!(method, Method::MultiNode | Method::SingleNode);
        let graceful = consolidates || method == Method::Emptiness;
        let pods = || {
            let all = self.snapshot.pods.iter().map(|pod| &**pod);
            all.filter(|pod| pod.status.node.as_ref() == Some(&node.name))
        };
        let is_bounded = claim.termination_grace_period.is_some() && !graceful;
        let is_blocked =
            pods().any(|pod| self.is_protected(pod) || self.is_kept_now(pod)) && !is_bounded;
        let rules = [
            (node.labels.get(label::INITIALIZED).is_none_or(|own| own != "true"), "incomplete"),
            (claim.deleting_since.is_some(), "its claim goes already"),
            (says(&claim.status.conditions, "InstanceTerminating"), "its machine goes already"),
            (self.is_remembered(node, &self.memory.marked), "its removal is decided already"),
            (self.is_remembered(node, &self.memory.queued), "another command has it"),
            (self.is_remembered(node, &self.memory.nominated), "pods were promised to it"),
            (
                node.annotations.get(label::DO_NOT_DISRUPT).is_some_and(|own| own == "true"),
                "it asks not to be disrupted",
            ),
            (is_blocked, "one of its pods must not go"),
            (graceful && pool.replicas.is_some(), "its pool is static"),
            (graceful && !says(&claim.status.conditions, "Consolidatable"), "it is not quiet"),
            (graceful && pool.disruption.consolidate_after.is_never(), "never consolidated"),
            (
                consolidates && pool.disruption.consolidation_policy == "WhenEmpty",
                "only empty nodes of its pool go",
            ),
            (!graceful && !says(&claim.status.conditions, "Drifted"), "it has not drifted"),
            (
                (method == Method::StaticDrift) != pool.replicas.is_some() && !graceful,
                "the pool is of the other kind",
            ),
            (
                method == Method::Emptiness && pods().any(|pod| Self::moves(pod) && is_dear(pod)),
                "it is not empty",
            ),
        ];
        rules.into_iter().find(|(is_so, _)| *is_so).map(|(_, text)| text)
    }

    fn is_kept_now(self, pod: &Pod) -> bool {
        !self.is_protected(pod) && self.is_kept(pod, false)
    }

    fn objection_to_money(self, command: &Command) -> Option<String> {
        if !matches!(command.method, Method::MultiNode | Method::SingleNode) {
            return None;
        }
        if command.replacements.len() > 1 {
            return Some(format!("{} replacements", command.replacements.len()));
        }
        let prices = command.nodes.iter().filter_map(|node| self.node(node));
        let before = prices.map(|node| self.price(node)).fold(Price::ZERO, Price::saturating_add);
        if before != command.price_before {
            return Some(format!("{} is not {before}", command.price_before));
        }
        let is_dearer = !command.replacements.is_empty() && command.price_after >= before;
        is_dearer.then(|| format!("{} instead of {before}", command.price_after))
    }

    fn price(self, node: &Node) -> Price {
        let value = |key: &str| node.labels.get(key).map(String::as_str);
        let kinds = self.snapshot.instance_types.get(value(label::NODE_POOL).unwrap_or_default());
        let mut kinds = kinds.into_iter().flat_map(|kinds| kinds.iter());
        let kind = kinds.find(|kind| Some(kind.name.as_str()) == value(label::INSTANCE_TYPE));
        let mut offers = kind.into_iter().flat_map(|kind| &kind.offerings);
        let own = offers.find(|offer| {
            offer.single(label::ZONE) == value(label::ZONE)
                && offer.single(label::CAPACITY_TYPE) == value(label::CAPACITY_TYPE)
        });
        own.map_or(Price::ZERO, |offer| offer.price)
    }

    /// With the nodes gone and the replacements there, whichever type each becomes, no pool may have more than its limits, in those
    /// resources that the replacements have.
    fn objection_to_limits(self, command: &Command) -> Option<String> {
        for pool in &self.snapshot.node_pools {
            let Some(limits) = &pool.limits else { continue };
            let own: Vec<_> =
                command.replacements.iter().filter(|own| own.node_pool == pool.name).collect();
            if own.is_empty() {
                continue;
            }
            let types = self.snapshot.instance_types.get(&pool.name)?;
            let mut used = self.used(&pool.name, command);
            for machine in &own {
                let listed =
                    types.iter().filter(|kind| machine.instance_types.contains(&kind.name));
                let largest = Resources::max_of(listed.map(|kind| &kind.capacity));
                used = used.merge(&largest).merge(&Resources::new().with("nodes", 1));
            }
            for (name, limit) in limits.iter() {
                // A static pool has a limit on nodes only, held by `replicas` tests.
                if used.amount(name) > limit && command.method != Method::StaticDrift {
                    return Some(format!("{}: {name} {} of {limit}", pool.name, used.amount(name)));
                }
            }
        }
        None
    }

    /// What machines of a pool have that stay.
    fn used(self, pool: &NodePoolName, command: &Command) -> Resources {
        let mut used = Resources::new();
        for claim in &self.snapshot.node_claims {
            let node = self.snapshot.nodes.iter().find(|node| {
                !node.provider_id.is_empty() && node.provider_id == claim.status.provider_id
            });
            let goes = claim.deleting_since.is_some()
                || says(&claim.status.conditions, "InstanceTerminating")
                || node.is_some_and(|node| {
                    command.nodes.contains(&node.name)
                        || self.is_remembered(node, &self.memory.marked)
                });
            if claim.pool().as_ref() == Some(pool) && !goes {
                let capacity = node.map_or(&claim.status.capacity, |node| &node.capacity);
                used = used.merge(capacity).merge(&Resources::new().with("nodes", 1));
            }
        }
        used
    }
}

/// Whether it costs anything to move a pod.
fn is_dear(pod: &Pod) -> bool {
    let text = pod.annotations.get("controller.kubernetes.io/pod-deletion-cost");
    let deletion: i64 = text.and_then(|text| text.parse().ok()).unwrap_or(0);
    // 1 + deletion cost / 2²⁷ + priority / 2²⁵, in units of 2⁻²⁷.
    (1_i64 << 27) + deletion + i64::from(pod.spec.priority) * 4 > 0
}
