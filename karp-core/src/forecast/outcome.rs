//! Days that were forecast, in data; not how they come about.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Assumptions, Event, Happening, Held, Wait};
use crate::{
    disrupt::Command,
    model::{NodeName, Price, Span, Timestamp},
    snapshot::Snapshot,
};

/// What would happen over days.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// First instant.
    pub from: Timestamp,
    /// Last instant.
    pub to: Timestamp,
    /// What was assumed.
    pub assumptions: Assumptions,
    /// What happens, in the order of time.
    pub events: Vec<Event>,
    /// The machines from the first instant on, wherever that changes.
    pub curve: Vec<Point>,
    /// When budgets held something back.
    pub held: Vec<Held>,
    /// How it ends.
    pub end: End,
    /// The cluster at the last instant.
    #[serde(skip)]
    pub cluster: Snapshot,
}

/// Machines of pools, those on their way in and out included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Fleet {
    /// How many.
    pub machines: usize,
    /// What they cost per hour; those without a known price count nothing.
    pub price: Price,
}

/// The machines from an instant on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The instant.
    pub at: Timestamp,
    /// The machines.
    #[serde(flatten)]
    pub fleet: Fleet,
}

/// How a forecast ends.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// Whether the most passes were made before the time was over.
    pub ended_early: bool,
    /// Whether the last pass found nothing to do, with nothing under way.
    pub is_settled: bool,
    /// What would be waited for, the earliest of each reason.
    pub waits: Vec<Wait>,
    /// Pods without a node that wait for one.
    pub pods_waiting: usize,
}

impl Forecast {
    /// Commands that were started, with their instants.
    pub fn commands(&self) -> impl Iterator<Item = (Timestamp, &Command)> {
        self.events.iter().filter_map(|event| {
            let Happening::Disrupted { command, .. } = &event.what else { return None };
            Some((event.at, &**command))
        })
    }

    /// The first event of a node.
    pub fn first_event_of(&self, node: &NodeName) -> Option<&Event> {
        self.events.iter().find(|event| event.what.nodes().contains(node))
    }

    /// Nodes that are removed, by whatever cause, in name order.
    pub fn removed(&self) -> BTreeSet<&NodeName> {
        let removed = self.events.iter().filter_map(|event| {
            let Happening::Removed { node, .. } = &event.what else { return None };
            Some(node)
        });
        removed.collect()
    }

    /// How often pods are moved, in all: those of machines that are gone.
    pub fn moves(&self) -> usize {
        let moved = self.events.iter().filter_map(|event| {
            let Happening::Removed { pods, .. } = &event.what else { return None };
            Some(*pods)
        });
        moved.sum()
    }

    /// What all machines cost from the first to the last instant, in 10⁻¹² dollars.
    pub fn spent_pico(&self) -> i128 {
        let ends = self.curve.iter().skip(1).map(|point| point.at).chain([self.to]);
        let parts = self.curve.iter().zip(ends);
        parts.map(|(point, end)| cost(point.fleet.price, end.since(point.at))).sum()
    }

    /// What they would cost in that time if everything stayed as it is.
    pub fn unchanged_pico(&self) -> i128 {
        let first = self.curve.first().map_or(Price::ZERO, |point| point.fleet.price);
        cost(first, self.to.since(self.from))
    }
}

/// Price per hour over a time.
fn cost(price: Price, time: Span) -> i128 {
    const NANOS_PER_HOUR: i128 = 3_600_000_000_000;
    i128::from(price.pico()).saturating_mul(i128::from(time.as_nanos())) / NANOS_PER_HOUR
}
