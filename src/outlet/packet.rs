//! The release packet.

use crate::{
    control::Reply,
    domain::{ids::CaseId, origin::Actor},
    pipeline::{Trouble, Workshop},
};
use std::path::Path;

/// Writes the packet.
///
/// # Errors
/// Not written yet.
pub async fn write(_shop: &Workshop, _case: CaseId, _to: (&Path, &str), _actor: &Actor) -> Result<Reply, Trouble> {
    Err(Trouble::Refused("export is being built".to_owned()))
}
