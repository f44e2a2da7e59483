//! Languages of pages and documents, from the letters counted for each.

pub use crate::kinds::text::language::{page_language as of_page, roll_up as of_document};

/// Is a page with this share of letters that are not English foreign?
pub fn is_foreign(share_non_english: f32) -> bool {
    share_non_english >= 0.2
}
