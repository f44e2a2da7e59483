//! What is said about handing over the members of a container.

/// Why a container must stop handing over members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The shared budget of entries is used up: `too_many_entries`.
    Entries,
    /// The shared budget of bytes, or the ratio, is used up: `archive_bomb`.
    Bytes,
    /// Containers lie too deep: `too_deep`.
    Depth,
    /// Nobody listens any more.
    Gone,
}

/// What the host says to an offered member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offer {
    /// Send its bytes.
    Take,
    /// It is there already (a second run): go on to the next one.
    Skip,
}
