//! The actors of these tests: a warder who runs misdeeds and honest programs, and the pages that are read.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up may end")]

use crate::support::lacking::{Lack, skip};
use casegate::{
    domain::{bulk::Bulk, reading::Bitmap},
    jail::{
        ToolError, Tools,
        tools::{
            ToolHost, ToolsConfig,
            programs::{Program, Programs},
            run::{Allowance, Errand, Ran},
        },
        worker::JailMode,
    },
};
use std::path::{Path, PathBuf};

/// A warder whose programs are those of this machine.
pub(super) struct Warder {
    pub(super) host: ToolHost,
}

/// Room enough for anything honest.
pub(super) const ALLOWANCE: Allowance =
    Allowance { memory_bytes: 2 << 30, cpu_seconds: 30, wall_seconds: 120, output_bytes: 1 << 20 };

impl Warder {
    pub(super) async fn new() -> Self {
        Self { host: ToolHost::open(config(Programs::find())).await.unwrap() }
    }

    /// A warder who has no programs but what each test brings.
    pub(super) async fn without_programs() -> Self {
        Self { host: ToolHost::open(config(Programs::none())).await.unwrap() }
    }

    /// A warder who can read, or `None` with a message where tesseract is not installed.
    pub(super) async fn reading() -> Option<Self> {
        let warder = Self::new().await;
        if warder.host.packs().iter().any(|pack| pack == "eng") {
            return Some(warder);
        }
        skip(Lack::Installable, "tesseract with its English pack is not installed");
        None
    }

    /// Lets this binary try a misdeed as an outside program.
    pub(super) async fn lets(&self, misdeed: &str, allowance: Allowance) -> Result<Ran, ToolError> {
        let program = Program { name: "misdeed", path: Some(std::env::current_exe().unwrap()) };
        let errand = Errand {
            program: &program,
            arguments: misdeed_arguments(misdeed),
            environment: vec!["CASEGATE_TOLD=1".to_owned()],
            readable: Vec::new(),
            input: [b"", b""],
            allowance,
        };
        self.host.run(errand).await
    }

    /// What the misdeed says came of it.
    pub(super) async fn hears(&self, misdeed: &str) -> String {
        let ran = self.lets(misdeed, ALLOWANCE).await.unwrap();
        let output = String::from_utf8_lossy(&ran.output).into_owned();
        let said = output.lines().find_map(|line| line.split_once("SAID: ")).map(|(_, said)| said.to_owned());
        said.unwrap_or_else(|| panic!("{misdeed}: exit code {}: {output}", ran.code))
    }

    /// The misdeed must end the program, with these words.
    pub(super) async fn is_fatal(&self, misdeed: &str, allowance: Allowance, words: &str) {
        match self.lets(misdeed, allowance).await {
            Err(ToolError::Failed(_, why) | ToolError::TooLong(_, why)) => {
                assert!(why.contains(words), "{misdeed}: {why}")
            }
            other => panic!("{misdeed}: {other:?}"),
        }
    }
}

/// The arguments with which this binary tries one misdeed.
pub(super) fn misdeed_arguments(misdeed: &str) -> Vec<String> {
    let test = format!("jail::tools::inside::{misdeed}");
    ["--ignored", "--exact", &test, "--nocapture", "--test-threads=1"].into_iter().map(str::to_owned).collect()
}

pub(super) fn config(programs: Programs) -> ToolsConfig {
    ToolsConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
        mode: JailMode::Strict,
        at_once: 2,
        page_seconds: 60,
        programs,
    }
}

/// A PDF of our own making, without foreign fonts.
pub(super) fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let mut objects = vec![String::new(), String::new()];
    objects.push("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned());
    let mut kids = Vec::new();
    for lines in pages {
        let shown: String =
            lines.iter().enumerate().map(|(n, line)| format!("1 0 0 1 72 {} Tm ({line}) Tj\n", 740 - n * 24)).collect();
        let stream = format!("BT /F1 14 Tf\n{shown}ET");
        objects.push(format!("<</Length {}>>\nstream\n{stream}\nendstream", stream.len()));
        let contents = objects.len();
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {contents} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        ));
        kids.push(format!("{} 0 R", objects.len()));
    }
    objects[0] = "<</Type/Catalog/Pages 2 0 R>>".to_owned();
    objects[1] = format!("<</Type/Pages/Count {}/Kids[{}]>>", kids.len(), kids.join(" "));
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let table = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    places.iter().for_each(|place| bytes.extend(format!("{place:010} 00000 n \n").bytes()));
    bytes.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes());
    bytes
}

/// A white page.
pub(super) fn blank(width: u32, height: u32) -> Bitmap {
    Bitmap { width, height, dpi: 300, grey: Bulk(vec![255; width as usize * height as usize]) }
}

/// The page, turned by quarter turns clockwise.
pub(super) fn turned(page: &Bitmap, quarter_turns: u8) -> Bitmap {
    (0..quarter_turns).fold(page.clone(), |page, _| {
        let (width, height) = (page.width as usize, page.height as usize);
        let mut grey = Vec::with_capacity(page.grey.0.len());
        for x in 0..width {
            grey.extend((0..height).rev().map(|y| page.grey.0[y * width + x]));
        }
        Bitmap { width: page.height, height: page.width, dpi: page.dpi, grey: Bulk(grey) }
    })
}

/// Whether the programs of poppler are here; says so where they are not.
pub(super) fn has_poppler() -> bool {
    let here = Path::new("/usr/bin/pdftoppm").exists();
    if !here {
        skip(Lack::Installable, "poppler-utils is not installed");
    }
    here
}
