//! Rule: types stand in the order of their cheapest offering, ties in the order of their names, and the first one's offering is named.

use super::{
    Violation, size,
    world::{Kind, World},
};
use crate::{
    decision::CheapestOffering,
    model::{InstanceTypeName, Offering, Price, Requirements, Vocabulary, label},
};

pub(super) fn types_are_in_price_order(world: &World<'_>, found: &mut Vec<Violation>) {
    let vocabulary = &world.snapshot.vocabulary;
    for alike in world.alike() {
        let rank = |kind: &&Kind| {
            let cheapest = cheapest(kind, &alike.is, vocabulary);
            let price = cheapest.map_or(Price::MAX, |offering| offering.price);
            (price, kind.instance_type.name.clone())
        };
        let ranks: Vec<(Price, InstanceTypeName)> = alike.kinds.iter().map(rank).collect();
        let pairs = ranks.iter().zip(ranks.iter().skip(1));
        let too_early: Vec<&InstanceTypeName> =
            pairs.filter(|(first, second)| first > second).map(|(first, _)| &first.1).collect();
        let first = alike.kinds.first();
        let expected = first.and_then(|kind| named(kind, &alike.is, vocabulary));
        for machine in &alike.machines {
            found.extend(too_early.iter().map(|instance_type| Violation::TypeOrder {
                machine: machine.name.clone(),
                instance_type: (*instance_type).clone(),
            }));
            if machine.cheapest != expected {
                let (machine, expected) = (machine.name.clone(), expected.clone());
                found.push(Violation::Cheapest { machine, expected });
            }
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
