//! What several kinds of tests share: a site that runs the real program on a folder of its own, its daemon, people who
//! upload to it, a browser, ledgers that can be compared, a look at the stores from outside, and waiting for something to become
//! true.

pub(crate) mod browser;
pub(crate) mod daemon;
pub(crate) mod deep;
pub(crate) mod delivery;
pub(crate) mod family;
pub(crate) mod http;
pub(crate) mod lacking;
pub(crate) mod ledger;
pub(crate) mod oracle;
pub(crate) mod random;
pub(crate) mod site;
pub(crate) mod socket;
pub(crate) mod tools;
pub(crate) mod watch;
