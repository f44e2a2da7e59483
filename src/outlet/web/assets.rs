//! Style and script of the pages, built in.

/// A file of the pages.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its name under `/assets/`.
    pub name: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

const ALL: &[Asset] = &[
    Asset { name: "casegate.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("assets/casegate.css") },
    Asset { name: "link.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("assets/link.js") },
    Asset { name: "tus.min.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("assets/tus.min.js") },
    Asset { name: "mark.svg", kind: "image/svg+xml", bytes: include_bytes!("assets/mark.svg") },
];

/// The file of that name.
pub fn find(name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name)
}
