//! Upload links: each was made as the trail says, is ended if the trail says so, and counts at least what came through
//! it, so that no quota is stretched.

use super::{LOOKS_MAX, Verified, readable, trail::Trail};
use crate::{
    domain::{
        ids::{CaseId, LinkId},
        link::LinkRow,
        upload::UploadState,
    },
    pipeline::{Stores, Trouble},
};
use std::collections::{HashMap, HashSet};

/// What came through a link.
#[derive(Default)]
struct Came {
    files: u64,
    bytes: u64,
    open_uploads: u64,
}

/// Looks at the links of a case.
pub(super) async fn check(
    stores: &Stores,
    case: CaseId,
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let rows = readable(stores.catalog.links(case).await, &format!("case {case}: a link"), verified);
    if rows.is_none_or(|rows| rows.is_empty()) {
        return Ok(());
    }
    let mut wrong = faults(stores, case, trail).await?;
    for _ in 0..LOOKS_MAX {
        if wrong.is_empty() {
            return Ok(());
        }
        // Something may have come through them meanwhile: what is wrong stays wrong each time.
        trail.read_on(stores, verified).await?;
        let still = faults(stores, case, trail).await?;
        wrong.retain(|fault| still.contains(fault));
    }
    verified.wrong.extend(wrong.iter().map(|(link, why)| format!("link {link}: {why}")));
    Ok(())
}

async fn faults(stores: &Stores, case: CaseId, trail: &Trail) -> Result<Vec<(LinkId, &'static str)>, Trouble> {
    // What came is counted before the links are read, so that something that comes in between is no fault.
    let Ok(came) = came(stores, case).await else { return Ok(Vec::new()) };
    let links = stores.catalog.links(case).await?;
    let nothing = Came::default();
    let fault = |link: &LinkRow| fault(link, came.get(&link.id).unwrap_or(&nothing), trail);
    Ok(links.iter().filter_map(|link| Some((link.id, fault(link)?))).collect())
}

fn fault(link: &LinkRow, came: &Came, trail: &Trail) -> Option<&'static str> {
    let Some(said) = trail.link(link.id) else { return Some("the audit trail says of no such link that it was made") };
    // Trails of earlier versions say of a link only that it was made.
    if said.case != Some(link.case) || !(said.made.is_empty() || said.made == link.made()) {
        return Some("it is not as it was made");
    }
    if said.revoked != link.revoked {
        return Some("whether it was ended is not what the audit trail says");
    }
    if link.files < came.files || link.bytes < came.bytes {
        return Some("more came through it than it counts");
    }
    (link.open_uploads != came.open_uploads).then_some("it counts other open uploads than there are")
}

/// What came through each link of a case. A row that cannot be read was said to be wrong already.
async fn came(stores: &Stores, case: CaseId) -> Result<HashMap<LinkId, Came>, Trouble> {
    let mut came: HashMap<LinkId, Came> = HashMap::new();
    let mut uploaded = HashSet::new();
    for upload in stores.catalog.uploads(case).await? {
        let Some(link) = upload.link else { continue };
        uploaded.insert(upload.entry);
        let sum = came.entry(link).or_default();
        sum.files += 1;
        if upload.state == UploadState::Open {
            sum.open_uploads += 1;
        }
        if upload.state != UploadState::Finished {
            sum.bytes += upload.offset;
        }
    }
    let arrivals = stores.catalog.arrivals(case).await?;
    let links: HashMap<_, _> = arrivals.iter().filter_map(|arrival| Some((arrival.id, arrival.link?))).collect();
    for entry in stores.catalog.entries(case).await?.iter().filter(|entry| entry.parent.is_none()) {
        let Some(link) = links.get(&entry.arrival) else { continue };
        let sum = came.entry(*link).or_default();
        sum.files += u64::from(!uploaded.contains(&entry.id));
        sum.bytes += entry.bytes;
    }
    Ok(came)
}
