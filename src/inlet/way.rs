//! What the inlets over HTTP share: the way in for who holds an upload link.

use crate::{
    domain::link::LinkRow,
    pipeline::{Stores, links::Links, uploads::Uploads},
};
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What an inlet over HTTP needs.
#[derive(Clone)]
pub struct Way {
    /// Uploads under way.
    pub uploads: Arc<Uploads>,
    /// Links and their arrivals.
    pub links: Links,
    /// Cancelled when the daemon stops: bodies are read no further, what arrived becomes durable.
    pub draining: CancellationToken,
    /// Bodies being taken. They go on where their connection is gone, and the daemon waits for them at its end.
    pub tasks: TaskTracker,
}

impl Way {
    /// A way in over these uploads.
    pub fn new(uploads: Arc<Uploads>, draining: CancellationToken) -> Self {
        let links = Links::new(uploads.door().clone());
        Self { uploads, links, draining, tasks: TaskTracker::new() }
    }

    /// The stores behind the door.
    pub fn stores(&self) -> &Stores {
        self.uploads.door().stores()
    }
}

/// Who asks: the holder of a link that lived when the request came. Without `Debug`, so that the token is in no log.
#[derive(Clone)]
pub struct Guest {
    /// The link, as it stood when the request came.
    pub link: LinkRow,
    /// The token, for looking the link up again while a long body comes in.
    pub token: String,
    /// Network address, for the sealed origin.
    pub peer: String,
}
