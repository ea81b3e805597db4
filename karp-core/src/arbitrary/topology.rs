//! What pods want of other pods, and ports on the host; not where the others are.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::word::TEAM;
use crate::model::{
    HostPort, InclusionPolicy, LabelSelector, PodAffinityTerm, PodSpec, PodTerms, Protocol,
    SelectorExpression, SelectorOperator, TopologySpread, WeightedPodAffinityTerm,
    WhenUnsatisfiable, label,
};

/// Wishes about other pods, to be added to a pod's spec.
#[derive(Clone, Debug, Default)]
pub(super) struct Company {
    spread: Vec<TopologySpread>,
    near: PodTerms,
    away: PodTerms,
}

impl Company {
    pub(super) fn apply(self, spec: &mut PodSpec) {
        spec.topology_spread = self.spread;
        spec.pod_affinity = self.near;
        spec.pod_anti_affinity = self.away;
    }
}

/// Half of all pods want nothing of others.
pub(super) fn company() -> impl Strategy<Value = Company> {
    let wanting = (vec(spread(), 0..=2), terms(), terms());
    prop_oneof![
        1 => (vec(spread(), 0..1), none(), none()),
        1 => wanting,
    ]
    .prop_map(|(spread, near, away)| Company { spread, near, away })
}

/// One in four pods takes a port.
pub(super) fn host_ports() -> impl Strategy<Value = Vec<HostPort>> {
    let port = (select(&[8080_u16, 9090][..]), select(&[Protocol::Tcp, Protocol::Udp][..]))
        .prop_map(|(port, protocol)| HostPort::new(port, protocol));
    prop_oneof![3 => vec(port.clone(), 0..1), 1 => vec(port, 1..2)]
}

fn none() -> BoxedStrategy<PodTerms> {
    Just(PodTerms::default()).boxed()
}

fn terms() -> BoxedStrategy<PodTerms> {
    let preferred = (select(&[1, 50, 100][..]), term()).prop_map(|(weight, pod_affinity_term)| {
        WeightedPodAffinityTerm { weight, pod_affinity_term }
    });
    let required = prop_oneof![2 => vec(term(), 0..1), 1 => vec(term(), 1..2)];
    let preferred = prop_oneof![3 => vec(preferred.clone(), 0..1), 1 => vec(preferred, 1..3)];
    (required, preferred).prop_map(|(required, preferred)| PodTerms { required, preferred }).boxed()
}

fn term() -> impl Strategy<Value = PodAffinityTerm> + Clone {
    let namespaces = prop_oneof![4 => Just(Vec::new()), 1 => Just(vec!["shop".to_owned()])];
    let everywhere = option::weighted(0.1, Just(LabelSelector::default()));
    (key(), selector(), namespaces, everywhere).prop_map(
        |(key, label_selector, namespaces, namespace_selector)| {
            let mut term = PodAffinityTerm::new(key, LabelSelector::default());
            term.label_selector = label_selector;
            term.namespaces = namespaces;
            term.namespace_selector = namespace_selector;
            term
        },
    )
}

fn spread() -> impl Strategy<Value = TopologySpread> {
    let policy = || select(&[InclusionPolicy::Honor, InclusionPolicy::Ignore][..]);
    let when = select(&[WhenUnsatisfiable::DoNotSchedule, WhenUnsatisfiable::ScheduleAnyway][..]);
    let domains = option::weighted(0.2, 1_u32..=4);
    let match_keys = prop_oneof![5 => Just(Vec::new()), 1 => Just(vec!["app".to_owned()])];
    (key(), 1_u32..=2, when, selector(), domains, (policy(), policy()), match_keys).prop_map(
        |(key, skew, when, label_selector, min_domains, (affinity, taints), match_label_keys)| {
            let mut spread = TopologySpread::new(key, skew);
            spread.when_unsatisfiable = when;
            spread.label_selector = label_selector;
            spread.min_domains = min_domains.filter(|_| when == WhenUnsatisfiable::DoNotSchedule);
            spread.node_affinity_policy = affinity;
            spread.node_taints_policy = taints;
            spread.match_label_keys = match_label_keys;
            spread
        },
    )
}

fn key() -> impl Strategy<Value = &'static str> + Clone {
    prop_oneof![
        4 => Just(label::ZONE),
        4 => Just(label::HOSTNAME),
        1 => Just(label::CAPACITY_TYPE),
        1 => Just(label::ARCH),
        1 => Just(TEAM),
    ]
}

/// Pods of one app, of one app or another, all, or (rarely) none.
fn selector() -> impl Strategy<Value = Option<LabelSelector>> + Clone {
    let app = select(&["a", "b"][..]);
    let one_of = |operator| {
        let expression = move |value: &str| SelectorExpression {
            key: "app".to_owned(),
            operator,
            values: vec![value.to_owned()],
        };
        app.clone().prop_map(move |value| {
            let mut selector = LabelSelector::default();
            selector.match_expressions.push(expression(value));
            Some(selector)
        })
    };
    prop_oneof![
        8 => app.clone().prop_map(|app| Some(LabelSelector::label("app", app))),
        1 => one_of(SelectorOperator::In),
        1 => one_of(SelectorOperator::NotIn),
        2 => Just(Some(LabelSelector::default())),
        1 => Just(None),
    ]
}
