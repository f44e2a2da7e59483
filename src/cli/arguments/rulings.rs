//! Arguments of what the desk says of findings: accepted, or set.

use crate::domain::reason::Reason;
use clap::Args;

/// Which finding.
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Named {
    /// The case's id, or its beginning
    pub case: String,
    /// The document's id, its path as `case show` has it, or the last part of that where it is unique; with everything that
    /// came in it
    pub document: String,
    /// The code, such as wrong_patient, not_english or poor_translation
    #[arg(long, value_name = "CODE")]
    pub finding: Reason,
    /// Only on this page
    #[arg(long, value_name = "N")]
    pub page: Option<u32>,
}

/// `casegate case waive`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Waive {
    #[command(flatten)]
    pub named: Named,
    /// In the whole study that the image belongs to
    #[arg(long)]
    pub study: bool,
    /// Why it is accepted; `-` reads standard input. Sealed, goes to the specialist, is never shown to a family
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// {"waivers":["ID"],"findings":N,"documents":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}

/// `casegate case unwaive`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Unwaive {
    #[command(flatten)]
    pub named: Named,
    /// Why; `-` reads standard input. Kept sealed in the audit trail
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// {"waivers":["ID"],"findings":N,"documents":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}

/// `casegate case flag`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Flag {
    #[command(flatten)]
    pub named: Named,
    /// Of the whole study that the image belongs to
    #[arg(long, conflicts_with = "page")]
    pub study: bool,
    /// What you see; `-` reads standard input. Sealed, is never shown to a family; it goes to the specialist, unless it is
    /// about whose the document is
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// {"flags":["ID"],"documents":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}

/// `casegate case unflag`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Unflag {
    #[command(flatten)]
    pub named: Named,
    /// Why; `-` reads standard input. Kept sealed in the audit trail
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// {"flags":["ID"],"documents":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}
