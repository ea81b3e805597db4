//! A strategy that can be narrowed step by step; not what it makes.

use std::fmt;

use proptest::{
    strategy::{BoxedStrategy, NewTree, Strategy},
    test_runner::TestRunner,
};

/// Makes objects of one kind; [`with`](Self::with) fixes what matters to a property.
///
/// # Example: pods of one workload
///
/// ```
/// use karp_core::arbitrary;
/// use proptest::prelude::*;
///
/// let web = arbitrary::pod().with(|pod| pod.label("app", "web").request("cpu", "1"));
/// proptest!(ProptestConfig::with_cases(16), |(pod in web)| {
///     prop_assert_eq!(pod.labels["app"].as_str(), "web");
/// });
/// ```
#[derive(Clone)]
#[must_use]
pub struct ObjectStrategy<T: fmt::Debug>(BoxedStrategy<T>);

impl<T: fmt::Debug + 'static> ObjectStrategy<T> {
    pub(super) fn new(strategy: impl Strategy<Value = T> + 'static) -> Self {
        Self(strategy.boxed())
    }

    /// Changes every object made; shrunk ones are changed, too.
    pub fn with(self, change: impl Fn(T) -> T + 'static) -> Self {
        Self::new(self.0.prop_map(change))
    }
}

impl<T: fmt::Debug> fmt::Debug for ObjectStrategy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStrategy").finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> Strategy for ObjectStrategy<T> {
    type Tree = <BoxedStrategy<T> as Strategy>::Tree;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        self.0.new_tree(runner)
    }
}
