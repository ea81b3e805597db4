//! What a pod asks of places, and what they answer; not the search.

use crate::compile::{
    PodIx,
    algebra::SetId,
    attachments::Attached,
    forms::{ClassId, FacetId},
    ports::PortsId,
    topology::Topology,
    volumes::Alternative,
};

/// What is asked for, of one attempt.
#[derive(Debug)]
pub(super) struct Ask<'p> {
    pub(super) pod: PodIx,
    pub(super) id: ClassId,
    pub(super) is_moved: bool,
    pub(super) facet: FacetId,
    /// What the place must be.
    pub(super) full: SetId,
    /// Where its volumes can be used; at least one place.
    pub(super) alternatives: &'p [Alternative],
    /// Volumes that count against limits of existing machines.
    pub(super) attached: &'p [Attached],
    pub(super) request: &'p [i64],
    pub(super) ports: PortsId,
    pub(super) topology: &'p Topology,
}

/// How far machines that are bought anyway may grow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Growth {
    /// As far as the type goes that they were opened for, if they were.
    WithinAnchors,
    /// As far as any type goes.
    BeyondAnchors,
}

/// What becomes of a pod in one form.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Placed,
    /// Every place refused it, and would refuse every pod of its class.
    Failed(Attempt),
    /// Every place refused it; a pod of its class with other volumes may fit.
    FailedForItsVolumes(Attempt),
}

/// What becomes of a pod.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attempt {
    Placed,
    /// It could be on reserved capacity that others hold: it waits rather than gives something up.
    Deferred,
    Refused,
}

/// What a claim says to a pod.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verdict {
    Accepted,
    Refused,
    /// For its amounts or types, whatever the groups say.
    RefusedForGood,
}
