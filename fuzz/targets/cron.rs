//! A schedule that can be read shows itself as text that can be read again, and its hits come after the instant asked about.
#![no_main]

use karp_core::{Timestamp, model::Cron};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, i64)| {
    let (text, nanos) = input;
    let Ok(cron) = text.parse::<Cron>() else { return };
    assert!(cron.as_str().parse::<Cron>().is_ok());
    let instant = Timestamp::from_unix_nanos(nanos);
    if let Some(hit) = cron.next_after(instant) {
        assert!(hit > instant);
    }
});
