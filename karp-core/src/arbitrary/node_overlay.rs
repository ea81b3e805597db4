//! Node overlays; not what becomes of the types.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{demand::overlay_entry, object::ObjectStrategy, word::DEVICE};
use crate::model::{NodeOverlay, ResourceName, Resources};

/// Overlays `o0` to `o2` of few weights, so that conflicts are common; a few are against the rules.
pub fn node_overlay() -> ObjectStrategy<NodeOverlay> {
    let name = select(&["o0", "o1", "o2"][..]);
    let entries = prop_oneof![1 => vec(overlay_entry(), 0..1), 3 => vec(overlay_entry(), 1..3)];
    let capacity = option::weighted(0.5, capacity());
    let parts = (name, select(&[0_u32, 10, 20][..]), entries, price(), capacity);
    ObjectStrategy::new(parts.prop_map(|(name, weight, entries, price, capacity)| {
        let mut overlay = NodeOverlay::new(name);
        overlay.weight = weight;
        overlay.requirements = entries;
        (overlay.price, overlay.price_adjustment) = price;
        overlay.capacity = capacity.unwrap_or_default();
        overlay
    }))
}

/// A price or a change of prices, as text.
type PriceText = (Option<String>, Option<String>);

fn price() -> impl Strategy<Value = PriceText> {
    let text = |text: &str| Some(text.to_owned());
    select(vec![
        (None, None),
        (text("0.15"), None),
        (text("2"), None),
        (None, text("-50%")),
        (None, text("+0.1")),
        (None, text("-0.3")),
        (text("cheap"), None),
    ])
}

/// Devices that types lack, or more or fewer of those that they have; one amount in eight can't be overlaid.
fn capacity() -> impl Strategy<Value = Resources> {
    let name = select(&[DEVICE, "example.com/slot"][..]);
    let amounts = vec((name, select(&[0_i64, 1, 4][..])), 1..=2);
    (amounts, prop::bool::weighted(0.125)).prop_map(|(amounts, is_wrong)| {
        let mut capacity = Resources::new();
        for (name, amount) in amounts {
            capacity.set(name, amount);
        }
        if is_wrong {
            capacity.set(ResourceName::CPU, 1000);
        }
        capacity
    })
}
