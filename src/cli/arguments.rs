//! The arguments of the command line.

mod case;
mod rulings;

pub use case::{Case, Discard};
pub use rulings::{Flag, Named, Unflag, Unwaive, Waive};

use crate::{control::Until, domain::limits::QUERY_HITS_MAX};
use clap::{Args, Parser, Subcommand, ValueEnum, builder::RangedU64ValueParser};
use std::path::PathBuf;

/// Hits that one may ask for.
const HITS_MAX: u64 = QUERY_HITS_MAX as u64;

/// What the exit code of every command says.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and something blocks the case or is wrong
  2  not done: the command, the configuration or what was named has to be changed
  3  the world failed, as disk or daemon do; or not all that was named could be read";

/// Takes in whatever families and hospitals send to a paediatric second-opinion programme: accounts for every entry,
/// seals it, judges it and makes it searchable.
#[derive(Parser, Debug)]
#[command(name = "casegate", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The data folder (default: casegate-data, or as configured)
    #[arg(long, global = true, env = "CASEGATE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A configuration file, laid over the shipped pipeline.toml
    #[arg(long, global = true, env = "CASEGATE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub enum Command {
    /// Make keys, data folder and catalog; says what to back up and what to move offline
    Init(Init),
    /// Run the daemon: inlets, workers, pages
    Serve(Serve),
    /// Give verdicts on files, folders, disc images and archives without storing anything
    Inspect(Inspect),
    /// Measure verdicts against what people say of the same files
    Evaluate(Evaluate),
    /// Open, list, show and close cases
    #[command(subcommand)]
    Case(Case),
    /// Take files, folders and discs into a case
    Ingest(Ingest),
    /// Import a disc at the desk: shows who is on it and what is missing, asks, takes it in
    Disc(Disc),
    /// Search cases
    Search(Search),
    /// Write the release packet of a case
    Export(Export),
    /// Make an upload link, shown once; list links, or end one
    Link(Link),
    /// Copy catalog and objects to a folder
    Backup(Backup),
    /// Make a data folder from a backup
    Restore(Restore),
    /// Read every object, seal and audit event again, and name what is wrong
    Verify(Verify),
    /// Keys: list, rotate, add a recovery recipient
    #[command(subcommand)]
    Keys(Keys),
    /// The audit trail
    #[command(subcommand)]
    Audit(Audit),
    /// Check the configuration
    CheckConfig(CheckConfig),
}

/// `casegate init`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Init {
    /// Where to write the recovery identity (default: beside the site key; move it away afterwards)
    #[arg(long, value_name = "FILE", conflicts_with = "no_recovery")]
    pub recovery_out: Option<PathBuf>,
    /// Make no recovery identity: if the site key is lost, everything is lost
    #[arg(long)]
    pub no_recovery: bool,
}

/// `casegate serve`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Serve {
    /// A configuration file (the same as the global option)
    #[arg(skip)]
    pub config: Option<PathBuf>,
}

/// `casegate inspect`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Inspect {
    /// One JSON object an entry on standard output
    #[arg(long)]
    pub json: bool,
    /// Judge as this programme would
    #[arg(long, value_name = "NAME", default_value = "childrens-national-domestic")]
    pub programme: String,
    /// The child the records should be about: TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub patient: Option<PathBuf>,
    /// Passwords to try, one a line; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Answer at once: leave scans and photos unread (they take a few seconds a page)
    #[arg(long)]
    pub no_reading: bool,
    /// Files, folders, disc images, archives
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// `casegate evaluate`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Evaluate {
    /// A folder of files with an `expected.tsv` (see docs/evaluate.md)
    pub corpus: PathBuf,
    /// Everything as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write a page that shows what was missed; it shows documents, and is readable for you only
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Exit with 1 where a measure falls short, as in unreadable_f1=0.95; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub require: Vec<String>,
    /// Ask language and likeness only of files whose text needs no reading of pixels
    #[arg(long)]
    pub digital: bool,
    /// Compare what `inspect --json` wrote earlier, from within the folder, instead of inspecting again
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Judge as this programme would
    #[arg(long, value_name = "NAME", default_value = "childrens-national-domestic")]
    pub programme: String,
}

/// `casegate ingest`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Ingest {
    /// The case's id, or its beginning
    #[arg(long)]
    pub case: String,
    /// One JSON object an entry on standard output
    #[arg(long)]
    pub json: bool,
    /// When to come back
    #[arg(long, value_enum, default_value_t = UntilArgument::Filed)]
    pub until: UntilArgument,
    /// Files, folders, disc images, archives
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// When `ingest` comes back.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum UntilArgument {
    /// Everything is durable
    Received,
    /// Everything is judged and searchable, but for slow reading
    Filed,
    /// Slow reading is done as well
    Read,
}

impl From<UntilArgument> for Until {
    fn from(argument: UntilArgument) -> Self {
        match argument {
            UntilArgument::Received => Self::Received,
            UntilArgument::Filed => Self::Filed,
            UntilArgument::Read => Self::Read,
        }
    }
}

/// `casegate disc`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Disc {
    /// The case's id, or its beginning
    #[arg(long)]
    pub case: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// One JSON object an entry on standard output
    #[arg(long)]
    pub json: bool,
    /// /dev/sr0, an image file or a folder
    pub medium: PathBuf,
}

/// `casegate search`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Search {
    /// A case's id, or its beginning; may be given several times
    #[arg(long, required = true)]
    pub case: Vec<String>,
    /// One JSON object a hit
    #[arg(long)]
    pub json: bool,
    /// Why you look: kept sealed in the audit trail. Needed where no daemon runs
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// Hits shown, 1 to 1000
    #[arg(long, default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..=HITS_MAX))]
    pub limit: usize,
    /// Words, "a phrase", prefix*, fuzzy~, field:word, -not
    pub query: String,
}

/// `casegate export`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Export {
    /// The case's id, or its beginning
    #[arg(long)]
    pub case: String,
    /// A folder that does not exist yet, or a file ending in .zip
    #[arg(long)]
    pub to: PathBuf,
    /// Why: kept sealed in the audit trail. Needed where no daemon runs
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// {"files":N,"bytes":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}

/// `casegate link`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Link {
    /// The case's id, or its beginning
    #[arg(long, required = true, value_name = "CASE")]
    pub case: Option<String>,
    /// family, physician or imaging
    #[arg(long = "for", value_name = "WHO", default_value = "family")]
    pub audience: String,
    /// How long it holds, a year at most: 14d, 12h, 30m
    #[arg(long, default_value = "14d")]
    pub expires: String,
    /// {"link":"ID","address":"…"}
    #[arg(long)]
    pub json: bool,
    /// Instead of making one
    #[command(subcommand)]
    pub action: Option<LinkAction>,
}

/// `casegate link …`
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub enum LinkAction {
    /// List the links of a case: their ids, not their addresses
    List {
        /// The case's id, or its beginning
        #[arg(long)]
        case: String,
        /// One JSON object a link
        #[arg(long)]
        json: bool,
    },
    /// End a link: from the next request on there is nothing at its address
    Revoke {
        /// The link's id
        link: String,
        /// {"link":"ID","state":"revoked"}
        #[arg(long)]
        json: bool,
    },
}

/// `casegate backup`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Backup {
    /// A folder that does not exist yet
    #[arg(long)]
    pub to: PathBuf,
    /// {"files":N,"bytes":N,"not_copied":[…]}
    #[arg(long)]
    pub json: bool,
}

/// `casegate restore`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Restore {
    /// A folder that `backup` wrote
    #[arg(long)]
    pub from: PathBuf,
    /// {"files":N,"bytes":N,"not_whole":[…]}
    #[arg(long)]
    pub json: bool,
}

/// `casegate verify`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Verify {
    /// Also decrypt every chunk of every object
    #[arg(long)]
    pub deep: bool,
    /// A checkpoint of the audit trail that was kept elsewhere: its line, or all that was printed with it
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `casegate keys …`
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub enum Keys {
    /// The same as `casegate init`
    Init(Init),
    /// List the site's recipient, recovery recipients and cases with keys
    List,
    /// Wrap every case's key to a new site key; the old one is destroyed. The daemon must not run
    Rotate,
    /// Wrap every case's key to one more recovery recipient. The daemon must not run
    AddRecovery {
        /// age1…
        recipient: String,
    },
}

/// `casegate audit …`
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub enum Audit {
    /// Check the chain, against a checkpoint where one is given
    Verify {
        /// A checkpoint that was kept elsewhere: its line, or all that was printed with it
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write every event as a JSON line
    Export,
}

/// `casegate check-config`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct CheckConfig {
    /// List every reason code with its severity and texts
    #[arg(long)]
    pub reasons: bool,
}
