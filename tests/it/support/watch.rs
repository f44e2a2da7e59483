//! Waiting for something to become true: never for a fixed time, always with an end.

use std::time::{Duration, Instant};

/// How long anything may take before a test gives up. Generous, since the machine may be busy with much else: whoever
/// waits for something proves that it happens, not how soon.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Between two looks: short against everything that is waited for, long against what a look costs.
const PAUSE: Duration = Duration::from_millis(4);

/// Looks until there is an answer; stops the test after `limit`.
pub(crate) fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < limit, "waited {limit:?} for {what}");
        std::thread::park_timeout(PAUSE);
    }
}

/// Looks until it is so.
pub(crate) fn until_true(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    until(what, limit, || look().then_some(()));
}

/// Lets a moment pass in which something else is to be hit at random; the moment itself is what is tested.
pub(crate) fn moment(length: Duration) {
    let end = Instant::now() + length;
    while let Some(rest) = end.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
        std::thread::park_timeout(rest);
    }
}
