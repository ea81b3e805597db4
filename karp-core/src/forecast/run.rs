//! The loop of a forecast: let things happen, make a pass, jump to what comes next; not what happens.

use super::{
    Assumptions, End, Forecast, Happening, Point,
    held::HeldBack,
    timers::{BudgetChanges, Wait, waits},
    world::World,
};
use crate::{
    disrupt::{Command, Disruption, Found, Method},
    model::{NodeName, Pod, Timestamp, pod_rules},
    policy::Policy,
    snapshot::{Snapshot, state_nodes},
};

/// A forecast in the making.
pub(super) struct Run<'p> {
    world: World<'p>,
    from: Timestamp,
    end: Timestamp,
    budgets: BudgetChanges,
    /// A command that is looked at again, and when.
    found: Option<(Command, Timestamp)>,
    /// Nodes of the command that was refused last.
    refused: Option<Vec<NodeName>>,
    held: HeldBack,
    curve: Vec<Point>,
    passes: usize,
    /// What is waited for, as of the last instant.
    waits: Vec<Wait>,
}

/// What a pass makes of the cluster.
enum Step {
    /// Nothing more can be decided at this instant.
    Wait,
    /// Something was done, and the next pass comes at once.
    Again,
}

impl<'p> Run<'p> {
    pub(super) fn new(snapshot: &Snapshot, policy: &'p Policy, assumptions: &Assumptions) -> Self {
        let world = World::new(snapshot, policy, *assumptions);
        let (from, end) = (snapshot.now, snapshot.now + assumptions.horizon);
        Self {
            budgets: BudgetChanges::new(&world, end),
            world,
            from,
            end,
            found: None,
            refused: None,
            held: HeldBack::default(),
            curve: Vec::new(),
            passes: 0,
            waits: Vec::new(),
        }
    }

    /// Lets the days go by.
    pub(super) fn finish(mut self) -> Forecast {
        let mut now = Some(self.from);
        while let Some(instant) = now {
            now = self.at(instant);
        }
        self.into_forecast()
    }

    /// All that happens at an instant; yields the next one, none at the end.
    fn at(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.world.advance(now);
        while self.passes < self.world.assumed.most_passes {
            match self.pass() {
                Step::Again => self.world.advance(now),
                Step::Wait => break,
            }
        }
        self.draw();
        if self.passes >= self.world.assumed.most_passes {
            return None;
        }
        self.waits = waits(&self.world, &self.budgets, self.held.pools());
        let first = self.waits.first().map(|wait| wait.until);
        let confirmed = self.found.as_ref().map(|(_, at)| *at);
        first.into_iter().chain(confirmed).min().filter(|next| *next < self.end)
    }

    /// One pass of all methods, or the second look at what the last one found.
    fn pass(&mut self) -> Step {
        if let Some((command, at)) = self.found.take() {
            if at > self.world.now() {
                self.found = Some((command, at));
                return Step::Wait;
            }
            return self.confirm(&command);
        }
        self.passes += 1;
        let all = find(&self.world);
        let Some(found) = all.last().filter(|found| !found.commands.is_empty()) else {
            self.held.note(&self.world.snapshot, &state_nodes(&self.world.snapshot), &all);
            return Step::Wait;
        };
        self.held.release(self.world.now());
        if found.method.is_consolidation() {
            let at = self.world.now() + self.world.assumed.confirm;
            self.found = found.commands.first().map(|command| (command.clone(), at));
            return Step::Again;
        }
        let mut is_started = false;
        for command in &found.commands {
            is_started |= self.world.start(command);
        }
        // What can't be had now can't be had until something changes.
        if is_started { Step::Again } else { Step::Wait }
    }

    fn confirm(&mut self, command: &Command) -> Step {
        let World { snapshot, policy, memory, .. } = &self.world;
        match Disruption::new(snapshot, policy, memory).confirm(command) {
            Ok(command) => {
                self.refused = None;
                if self.world.start(&command) { Step::Again } else { Step::Wait }
            }
            Err(why) => {
                let fleet = self.world.fleet();
                let (method, nodes) = (command.method, command.nodes.clone());
                self.world.log(Happening::Unconfirmed { method, nodes, why }, fleet, fleet);
                // Another pass may find something else; one that finds the same is refused again.
                let is_repeated =
                    self.refused.replace(command.nodes.clone()) == Some(command.nodes.clone());
                if is_repeated { Step::Wait } else { Step::Again }
            }
        }
    }

    fn draw(&mut self) {
        let fleet = self.world.fleet();
        if self.curve.last().is_none_or(|point| point.fleet != fleet) {
            self.curve.push(Point { at: self.world.now(), fleet });
        }
    }

    fn into_forecast(self) -> Forecast {
        let Self { world, from, end, found, held, curve, passes, waits, .. } = self;
        let ended_early = passes >= world.assumed.most_passes;
        let to = if ended_early { world.now() } else { end };
        let is_settled = !ended_early
            && found.is_none()
            && world.booting.is_empty()
            && world.leaving.values().all(|until| *until == Timestamp::MAX);
        let mut first: Vec<Wait> = Vec::new();
        for wait in waits {
            if first.iter().all(|other| other.reason != wait.reason) {
                first.push(wait);
            }
        }
        let waiting = world.snapshot.pods.iter().filter(|pod| waits_for_place(pod));
        Forecast {
            from,
            to,
            assumptions: world.assumed,
            end: End { ended_early, is_settled, waits: first, pods_waiting: waiting.count() },
            held: held.into_past(to),
            curve,
            cluster: world.snapshot,
            events: world.events,
        }
    }
}

/// Whether a pod wants a node and has none.
fn waits_for_place(pod: &Pod) -> bool {
    let is_made = !pod.is_daemon() && !pod.is_mirror();
    pod.status.node.is_none() && pod_rules::is_active(pod) && is_made
}

/// What methods find, up to the first that finds something, or that can't be tried.
fn find(world: &World<'_>) -> Vec<Found> {
    let look = Disruption::new(&world.snapshot, world.policy, &world.memory);
    let mut all: Vec<Found> = Vec::new();
    for method in Method::ALL {
        let Ok(found) = look.find(method) else { break };
        let is_last = !found.commands.is_empty();
        all.push(found);
        if is_last {
            break;
        }
    }
    all
}
