//! Arguments of what the desk says of findings: accepted, or set.

use crate::domain::reason::Reason;
use clap::Args;

/// `casegate case waive`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Waive {
    /// The case's id, or its beginning
    pub case: String,
    /// The document's id, or a path as `case show --json` has it; with everything that came in it
    pub document: String,
    /// The code to accept, such as wrong_patient or not_english
    #[arg(long, value_name = "CODE")]
    pub finding: Reason,
    /// Only what was found on this page
    #[arg(long, value_name = "N")]
    pub page: Option<u32>,
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
    /// The case's id, or its beginning
    pub case: String,
    /// The document that was named when it was accepted: its id, or its path
    pub document: String,
    /// The code that was accepted
    #[arg(long, value_name = "CODE")]
    pub finding: Reason,
    /// Only acceptances that have this page; each is taken back whole
    #[arg(long, value_name = "N")]
    pub page: Option<u32>,
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
    /// The case's id, or its beginning
    pub case: String,
    /// The document's id, or a path as `case show --json` has it; with everything that came in it
    pub document: String,
    /// The code to set, such as poor_translation, illegible or wrong_patient
    #[arg(long, value_name = "CODE")]
    pub finding: Reason,
    /// The page it is about
    #[arg(long, value_name = "N", conflicts_with = "study")]
    pub page: Option<u32>,
    /// Of the whole study that the image belongs to
    #[arg(long)]
    pub study: bool,
    /// What you see; `-` reads standard input. Sealed, is never shown to a family; whose a document is stays in the house
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
    /// The case's id, or its beginning
    pub case: String,
    /// The document that was named when it was set: its id, or its path
    pub document: String,
    /// The code that was set
    #[arg(long, value_name = "CODE")]
    pub finding: Reason,
    /// Only what was set of this page
    #[arg(long, value_name = "N")]
    pub page: Option<u32>,
    /// Why; `-` reads standard input. Kept sealed in the audit trail
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// {"flags":["ID"],"documents":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}
