//! What a cloud can and can't do; not what it has.

use crate::model::Span;

/// What a cloud can and can't do.
///
/// Whatever a backend declines here, karp does without, and the conformance kit does not test. The default is a cloud that starts one
/// machine per call, in zones, at known prices, remembers tokens for ever and lists without delay.
///
/// ```
/// use karp_core::backend::Capabilities;
///
/// let capabilities = Capabilities::new().without_prices().with_batch_launch(50);
/// assert!(!capabilities.prices);
/// assert_eq!(capabilities.launches_per_call_max, 50);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is declined on its own")]
pub struct Capabilities {
    /// Whether prices of offerings mean something. Default: yes. Without, every price is 0 unless [`Pricing`](super::Pricing) knows it,
    /// and machines are compared by size.
    pub prices: bool,
    /// Whether machines are in zones. Default: yes. Without, offerings have no zone requirement.
    pub zones: bool,
    /// Most machines that one launch call may ask for. Default 1; at least 1.
    pub launches_per_call_max: usize,
    /// Whether a launch of several machines can be all or nothing. Default: no.
    pub atomic_launch: bool,
    /// Whether a launch may answer that it is under way. Default: no.
    pub asynchronous_launch: bool,
    /// How long a launch token is remembered; none = for ever. Default: for ever.
    pub token_lifetime: Option<Span>,
    /// How long a list may lag behind launches and terminations. Default: 0.
    pub listing_lag: Span,
    /// Most machines that one terminate call may name. Default 1; at least 1.
    pub terminations_per_call_max: usize,
    /// Whether machines of any size within a family can be had. Default: no.
    pub shape_families: bool,
    /// Whether shared limits (quotas, stock) are told. Default: no.
    pub capacity_pools: bool,
    /// Whether drift of machines is judged. Default: no.
    pub drift: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::new()
    }
}

impl Capabilities {
    /// The default described at the type.
    pub const fn new() -> Self {
        Self {
            prices: true,
            zones: true,
            launches_per_call_max: 1,
            atomic_launch: false,
            asynchronous_launch: false,
            token_lifetime: None,
            listing_lag: Span::ZERO,
            terminations_per_call_max: 1,
            shape_families: false,
            capacity_pools: false,
            drift: false,
        }
    }

    /// Prices of offerings mean nothing.
    #[must_use]
    pub const fn without_prices(mut self) -> Self {
        self.prices = false;
        self
    }

    /// Machines are in no zones.
    #[must_use]
    pub const fn without_zones(mut self) -> Self {
        self.zones = false;
        self
    }

    /// One call starts up to `most` machines; 0 counts as 1.
    #[must_use]
    pub const fn with_batch_launch(mut self, most: usize) -> Self {
        self.launches_per_call_max = if most == 0 { 1 } else { most };
        self
    }

    /// A launch of several machines can be all or nothing.
    #[must_use]
    pub const fn with_atomic_launch(mut self) -> Self {
        self.atomic_launch = true;
        self
    }

    /// A launch may answer that it is under way.
    #[must_use]
    pub const fn with_asynchronous_launch(mut self) -> Self {
        self.asynchronous_launch = true;
        self
    }

    /// Tokens are forgotten after `span`.
    #[must_use]
    pub const fn with_token_lifetime(mut self, span: Span) -> Self {
        self.token_lifetime = Some(span);
        self
    }

    /// Lists may lag by up to `span`.
    #[must_use]
    pub const fn with_listing_lag(mut self, span: Span) -> Self {
        self.listing_lag = span;
        self
    }

    /// One call ends up to `most` machines; 0 counts as 1.
    #[must_use]
    pub const fn with_batch_terminate(mut self, most: usize) -> Self {
        self.terminations_per_call_max = if most == 0 { 1 } else { most };
        self
    }

    /// Machines of any size within a family can be had.
    #[must_use]
    pub const fn with_shape_families(mut self) -> Self {
        self.shape_families = true;
        self
    }

    /// Shared limits are told.
    #[must_use]
    pub const fn with_capacity_pools(mut self) -> Self {
        self.capacity_pools = true;
        self
    }

    /// Drift is judged.
    #[must_use]
    pub const fn with_drift(mut self) -> Self {
        self.drift = true;
        self
    }
}
