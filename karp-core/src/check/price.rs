//! Rule: types stand in the order of their cheapest offering, ties in the order of their names, and the first one's offering is named.

use super::{
    Violation, size,
    world::{Kind, World, requirements_of},
};
use crate::{
    decision::CheapestOffering,
    model::{Offering, Price, Requirements, Vocabulary, label},
};

pub(super) fn types_are_in_price_order(world: &World<'_>, found: &mut Vec<Violation>) {
    let vocabulary = &world.snapshot.vocabulary;
    for (machine, pool) in world.machines() {
        let is = requirements_of(machine);
        let kinds: Vec<&Kind> =
            machine.instance_types.iter().filter_map(|name| pool.kinds.get(name)).collect();
        let rank = |kind: &Kind| {
            let cheapest = cheapest(kind, &is, vocabulary);
            (
                cheapest.map_or(Price::MAX, |offering| offering.price),
                kind.instance_type.name.clone(),
            )
        };
        for pair in kinds.windows(2) {
            if let [first, second] = pair
                && rank(first) > rank(second)
            {
                found.push(Violation::TypeOrder {
                    machine: machine.name.clone(),
                    instance_type: first.instance_type.name.clone(),
                });
            }
        }
        let expected = kinds.first().and_then(|kind| named(kind, &is, vocabulary));
        if machine.cheapest != expected {
            found.push(Violation::Cheapest { machine: machine.name.clone(), expected });
        }
    }
}

/// The cheapest available offering that the machine could be; of equal price the first by zone, then by capacity type.
fn cheapest<'k>(
    kind: &'k Kind,
    machine: &'k Requirements,
    vocabulary: &'k Vocabulary,
) -> Option<&'k Offering> {
    size::sold(&kind.instance_type, machine, vocabulary).min_by(|a, b| {
        let ways = |offering: &Offering| {
            [label::ZONE, label::CAPACITY_TYPE].map(|key| offering.single(key).map(str::to_owned))
        };
        a.price.cmp(&b.price).then_with(|| ways(a).cmp(&ways(b)))
    })
}

fn named(kind: &Kind, machine: &Requirements, vocabulary: &Vocabulary) -> Option<CheapestOffering> {
    let offering = cheapest(kind, machine, vocabulary)?;
    Some(CheapestOffering::new(
        kind.instance_type.name.clone(),
        offering.single(label::ZONE).unwrap_or_default(),
        offering.single(label::CAPACITY_TYPE).unwrap_or_default(),
        offering.price,
    ))
}
