//! The hash of a pool's template on the pool and its claims when the way to compute it changes; not whether claims have drifted.

use super::HashStamp;
use crate::{
    lifecycle::{Action, ClaimChange, Next, PoolChange, Settings, change::added, conditions},
    model::{Labels, NodeClaim, NodePool, label},
};

/// Writes the pool's stamp as it is computed now.
///
/// `stored` is what the pool's annotations say. When its version is another one, the claims of the pool follow, lest a new way of counting
/// make the whole fleet drift: those that have drifted already keep their hash, as nobody can tell whether they still would have.
pub fn roll_out_hash<'a>(
    pool: &NodePool,
    stored: &HashStamp,
    computed: &HashStamp,
    claims: impl IntoIterator<Item = &'a NodeClaim>,
    settings: &Settings,
) -> Next {
    let mut next = Next::done();
    if !settings.classes.manage_pool(pool) {
        return next;
    }
    if stored.version != computed.version {
        let mut own: Vec<&NodeClaim> =
            claims.into_iter().filter(|claim| claim.pool().as_ref() == Some(&pool.name)).collect();
        own.sort_by(|a, b| a.name.cmp(&b.name));
        for claim in own {
            let mut change = ClaimChange::of(claim);
            change.annotations = followed(claim, computed);
            next.update_claim(change);
        }
    }
    if stored != computed {
        let mut change = PoolChange::of(pool);
        change.annotations = added(&stored.annotations(), &computed.annotations());
        next.act(Action::UpdatePool(Box::new(change)));
    }
    next
}

/// What changes on a claim of another version.
fn followed(claim: &NodeClaim, computed: &HashStamp) -> Labels {
    if HashStamp::of(&claim.annotations).version == computed.version {
        return Labels::new();
    }
    let mut annotations = computed.annotations();
    if conditions::find(&claim.status.conditions, conditions::DRIFTED).is_some() {
        annotations.remove(label::NODE_POOL_HASH);
    }
    added(&claim.annotations, &annotations)
}
