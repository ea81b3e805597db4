//! Node pools; not what they sell.

use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};

use super::{
    demand::pool_entry,
    object::ObjectStrategy,
    word::{self, DEVICE, LEVEL, RACK, TEAM},
};
use crate::model::{Condition, ConditionStatus, NodePool, ResourceName, Resources, label};

/// Node pools `p0` to `p1`, most of them ready and without limits; weights, labels, requirements, taints and limits are common.
pub fn node_pool() -> ObjectStrategy<NodePool> {
    let weight = prop_oneof![2 => Just(0_u32), 1 => select(&[10_u32, 20][..])];
    let label = Union::new([TEAM, RACK, LEVEL].map(|key| {
        select(word::values_of(key)).prop_map(move |value| (key.to_owned(), value.to_owned()))
    }));
    let template = (
        vec(label, 0..=2),
        vec(pool_entry(), 0..=2),
        option::weighted(0.3, word::taint()),
        option::weighted(0.1, word::taint()),
    );
    let name = select(word::values_of(label::NODE_POOL));
    let state = prop_oneof![
        20 => Just(State::Ready),
        1 => Just(State::NotReady),
        1 => Just(State::Static),
        1 => Just(State::Deleting),
    ];
    let parts = (name, weight, template, option::weighted(0.4, limits()), state);
    ObjectStrategy::new(parts.prop_map(|(name, weight, template, limits, state)| {
        let (labels, entries, taint, startup_taint) = template;
        let mut pool = NodePool::new(name).weighing(weight);
        pool.template.labels.extend(labels);
        pool.template.requirements = entries;
        pool.template.taints.extend(taint);
        pool.template.startup_taints.extend(startup_taint);
        pool.limits = limits;
        state.apply(&mut pool);
        pool
    }))
}

fn limits() -> impl Strategy<Value = Resources> {
    let limit = prop_oneof![
        4 => select(&[2_i64, 4, 8, 16][..]).prop_map(|cores| (ResourceName::CPU, cores * 1000)),
        2 => select(&[4_i64, 16][..]).prop_map(|gib| (ResourceName::MEMORY, gib << 30)),
        2 => select(&[0_i64, 1, 2][..]).prop_map(|nodes| (ResourceName::NODES, nodes)),
        1 => select(&[0_i64, 1, 2][..]).prop_map(|count| (ResourceName::from(DEVICE), count)),
        1 => Just((ResourceName::PODS, 120)),
    ];
    vec(limit, 1..=2).prop_map(|limits| {
        limits.into_iter().fold(Resources::new(), |all, (name, amount)| all.with(name, amount))
    })
}

#[derive(Clone, Copy, Debug)]
enum State {
    Deleting,
    NotReady,
    Ready,
    Static,
}

impl State {
    fn apply(self, pool: &mut NodePool) {
        match self {
            Self::Ready => {}
            Self::NotReady => pool.conditions.push(Condition {
                kind: "Ready".to_owned(),
                status: ConditionStatus::False,
                reason: String::new(),
                changed_at: None,
            }),
            Self::Static => pool.replicas = Some(1),
            Self::Deleting => pool.deleting_since = Some(pool.created_at),
        }
    }
}
