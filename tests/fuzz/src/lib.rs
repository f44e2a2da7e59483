//! What the fuzz targets share. Each target is a name in [`targets::ALL`]; `make test` calls the same functions with the
//! committed corpus (`tests/it/fuzz/replay.rs`).
//!
//! A panic of our own code is a fault and ends the run. One of a library is not: it is met by the jail, or caught where
//! a page must not cost its document. What libFuzzer finds by itself are hangs, memory without end, and accesses that
//! the address sanitizer refuses.

mod targets;

use std::{
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::Once,
};

static HOOK: Once = Once::new();

/// Gives the bytes to the target of that name.
///
/// # Panics
/// No target has that name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = targets::ALL.iter().find(|target| target.name == name).expect("the name of a target");
    HOOK.call_once(abort_on_our_own);
    // A panic of ours has ended the process already.
    let _ = catch_unwind(AssertUnwindSafe(|| target.run(bytes)));
}

/// libFuzzer's own hook would end the run at every panic, those that are caught and not ours too.
fn abort_on_our_own() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if targets::is_ours(info.location().map_or("", |place| place.file())) {
            loud(info);
            std::process::abort();
        }
    }));
}
