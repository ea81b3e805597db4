//! What lints can't read from manifests: habits of people, promises of a cloud; not what is looked for.

use crate::{
    budget::Window,
    model::{LabelSelector, Span},
};

/// What lints measure against.
///
/// ```
/// use karp_core::{lint::Settings, model::Span};
///
/// let mut settings = Settings::default();
/// assert_eq!(settings.spot_notice, Span::minutes(2));
/// settings.spot_notice = Span::seconds(30);
/// settings.business_hours = None; // nobody is disturbed at any hour
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// When people work, in UTC; none = never. Default: Monday to Friday from 8 to 18.
    pub business_hours: Option<Window>,
    /// Time between the notice that a spot machine is taken back and its end. Default: 2 minutes, as on EC2.
    pub spot_notice: Span,
    /// Fewest types that spot needs: below it a spot machine is never replaced by a cheaper one, and a shortage of few types is a shortage
    /// of all. Default: 15.
    pub spot_types: usize,
    /// Pods of the controller that buys the machines. Default: those labelled `app.kubernetes.io/name: karpenter`.
    pub controller: LabelSelector,
}

impl Default for Settings {
    fn default() -> Self {
        let weekdays = "0 8 * * mon-fri".parse().ok();
        Self {
            business_hours: weekdays
                .map(|schedule| Window::Scheduled { schedule, duration: Span::hours(10) }),
            spot_notice: Span::minutes(2),
            spot_types: 15,
            controller: LabelSelector::label("app.kubernetes.io/name", "karpenter"),
        }
    }
}
