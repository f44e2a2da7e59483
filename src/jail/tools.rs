//! Outside programs, each run in a jail of its own: tesseract reads pages, poppler is a second drawer of PDFs.
//!
//! `programs` says what is here, `run` runs one of them once, `launch`, `walls` and `calls` are the child's side,
//! `tesseract` and `poppler` know what to ask and what the answers mean. A program has the system's libraries and its
//! own data to read, three pipes, and nothing else; it sees one page or one document and is gone. What it answers is
//! checked like any other foreign bytes; what it says of its troubles is not passed on, since it may quote the document.

mod calls;
pub mod launch;
pub mod poppler;
pub mod programs;
pub mod run;
pub mod tesseract;
mod walls;

use super::{JailError, Layout, ReadOrder, Stands, ToolError, Tools, host::nursery::Nursery, worker::JailMode};
use crate::domain::{
    limits::{BITMAP_PIXELS_MAX, PACKS_AT_ONCE_MAX, SAMPLE_TIME_PART, TOOL_MEMORY_BYTES_MAX, TOOL_TEXT_BYTES_MAX},
    reading::{Bitmap, ReadWord},
};
use async_trait::async_trait;
use programs::{Program, Programs};
use run::{Allowance, Errand, Ran};
use std::path::PathBuf;
use tesseract::Library;
use tokio::sync::Semaphore;

/// Wall-clock seconds for each second of processor time that a run may use: a program has a tenth of a processor where the
/// fast path wants all of it, and a page that waits is not to be taken for one without end.
const PATIENCE: u64 = 20;

/// Where packages put language packs: enough to ask tesseract for its folder.
const PACK_FOLDERS: &[&str] = &["/usr/share", "/usr/local/share"];

/// Beside its name, what tesseract is told by its environment: one thread, since pages are read side by side.
const ONE_THREAD: &str = "OMP_THREAD_LIMIT=1";

/// How outside programs are run.
#[derive(Clone, Debug)]
pub struct ToolsConfig {
    /// The program that is executed again to build the jail: this one.
    pub executable: PathBuf,
    /// What is done on a kernel that cannot give every wall.
    pub mode: JailMode,
    /// Programs at work at once.
    pub at_once: usize,
    /// Seconds of processor time for one page, or one question about a document.
    pub page_seconds: u64,
    /// What is here.
    pub programs: Programs,
}

/// Runs outside programs.
pub struct ToolHost {
    config: ToolsConfig,
    nursery: Nursery,
    room: Semaphore,
    library: Library,
    missing_walls: Vec<String>,
}

impl ToolHost {
    /// Asks tesseract, in its jail, what it can read; that it answers also shows that this kernel can jail it.
    ///
    /// # Errors
    /// [`JailError::Unavailable`]: no program can be jailed here. That none is installed is no error.
    pub async fn open(config: ToolsConfig) -> Result<Self, JailError> {
        let mut host = Self::untried(config)?;
        match host.list().await {
            Ok(ran) => {
                host.missing_walls.extend(ran.missing_walls);
                host.library = Library::parse(&String::from_utf8_lossy(&ran.output)).unwrap_or_default();
            }
            Err(ToolError::Missing(_)) => {}
            // It is there and does not work: nothing can be read, which is said for each page.
            Err(ToolError::Failed(..) | ToolError::TooLong(..)) => {}
            Err(error @ ToolError::Unavailable(..)) => return Err(JailError::Unavailable(error.to_string())),
        }
        Ok(host)
    }

    /// Starts nothing and knows no pack: for who will not read pixels.
    ///
    /// # Errors
    /// [`JailError::Unavailable`]: no thread can be started.
    pub fn untried(config: ToolsConfig) -> Result<Self, JailError> {
        let nursery = Nursery::new(config.executable.clone());
        let nursery = nursery.map_err(|error| JailError::Unavailable(error.to_string()))?;
        let room = Semaphore::new(config.at_once.max(1));
        Ok(Self { config, nursery, room, library: Library::default(), missing_walls: Vec::new() })
    }

    /// Walls that this kernel could not give.
    pub fn missing_walls(&self) -> &[String] {
        &self.missing_walls
    }

    /// Runs any program within the walls, when there is room.
    ///
    /// # Errors
    /// [`ToolError`].
    pub async fn run(&self, errand: Errand<'_>) -> Result<Ran, ToolError> {
        let closed = |_| ToolError::Unavailable(errand.program.name, "the daemon ends".to_owned());
        let _room = self.room.acquire().await.map_err(closed)?;
        run::run(&self.nursery, self.config.mode, errand).await
    }

    /// Waits until every program that was started has ended. For shutdown, after the last was asked.
    pub async fn quiesce(&self) {
        self.nursery.emptied().await;
    }

    fn allowance(&self, output_bytes: usize) -> Allowance {
        Self::allowance_of(self.config.page_seconds, output_bytes)
    }

    fn allowance_of(cpu_seconds: u64, output_bytes: usize) -> Allowance {
        let wall_seconds = cpu_seconds.saturating_mul(PATIENCE);
        Allowance { memory_bytes: TOOL_MEMORY_BYTES_MAX, cpu_seconds, wall_seconds, output_bytes }
    }

    async fn list(&self) -> Result<Ran, ToolError> {
        let errand = Errand {
            program: &self.config.programs.tesseract,
            arguments: vec!["--list-langs".to_owned()],
            environment: vec![ONE_THREAD.to_owned()],
            readable: PACK_FOLDERS.iter().map(PathBuf::from).collect(),
            input: [&[], &[]],
            allowance: self.allowance(TOOL_TEXT_BYTES_MAX),
        };
        self.run(errand).await
    }

    /// Gives tesseract a page, for so many seconds of processor time.
    async fn tesseract(&self, bitmap: &Bitmap, (arguments, cpu_seconds): (Vec<String>, u64)) -> Result<Ran, ToolError> {
        let program = &self.config.programs.tesseract;
        let head = tesseract::head(bitmap).map_err(|why| ToolError::Failed(program.name, why))?;
        let errand = Errand {
            program,
            arguments,
            environment: vec![ONE_THREAD.to_owned(), format!("TESSDATA_PREFIX={}", self.library.folder.display())],
            readable: vec![self.library.folder.clone()],
            input: [&head, &bitmap.grey.0],
            allowance: Self::allowance_of(cpu_seconds, TOOL_TEXT_BYTES_MAX),
        };
        self.run(errand).await
    }

    /// Gives a program of poppler a document.
    async fn poppler(
        &self,
        program: &Program,
        (arguments, bytes): (Vec<String>, &[u8]),
        output_bytes: usize,
    ) -> Result<Vec<u8>, ToolError> {
        let errand = Errand {
            program,
            arguments,
            environment: Vec::new(),
            readable: poppler::READABLE.iter().map(PathBuf::from).collect(),
            input: [bytes, &[]],
            allowance: self.allowance(output_bytes),
        };
        whole(program, self.run(errand).await?)
    }
}

/// The output of a program that says that it could do all.
fn whole(program: &Program, ran: Ran) -> Result<Vec<u8>, ToolError> {
    match ran.code {
        0 => Ok(ran.output),
        code => Err(ToolError::Failed(program.name, format!("it ended with code {code}"))),
    }
}

#[async_trait]
impl Tools for ToolHost {
    fn packs(&self) -> &[String] {
        &self.library.packs
    }

    async fn read(&self, order: ReadOrder<'_>) -> Result<Vec<ReadWord>, ToolError> {
        let program = &self.config.programs.tesseract;
        if program.path.is_none() {
            return Err(ToolError::Missing(program.name));
        }
        let installed = |pack: &&str| self.library.packs.iter().any(|it| it == pack);
        if order.packs.is_empty() || order.packs.len() > PACKS_AT_ONCE_MAX || !order.packs.iter().all(installed) {
            return Err(ToolError::Failed(
                program.name,
                "a language pack that is asked for is not installed".to_owned(),
            ));
        }
        let cpu_seconds = match order.layout {
            Layout::Block => (self.config.page_seconds / SAMPLE_TIME_PART).max(1),
            Layout::Page | Layout::Scattered => self.config.page_seconds,
        };
        let ran = self.tesseract(order.bitmap, (tesseract::reading(&order), cpu_seconds)).await?;
        let table = whole(program, ran)?;
        Ok(tesseract::words(&String::from_utf8_lossy(&table), order.bitmap))
    }

    async fn stands(&self, bitmap: &Bitmap) -> Result<Option<Stands>, ToolError> {
        if !self.library.orientation {
            return Err(ToolError::Missing("tesseract-ocr-osd"));
        }
        // It ends with an error where there are too few letters; any other answer is read if it makes sense.
        let ran = self.tesseract(bitmap, (tesseract::standing(bitmap), self.config.page_seconds)).await?;
        Ok(tesseract::stands(&String::from_utf8_lossy(&ran.output)))
    }

    async fn pdf_page(&self, bytes: &[u8], page: u32, dpi: u32) -> Result<Bitmap, ToolError> {
        let program = &self.config.programs.pdftoppm;
        // The head of the grey map has two numbers of five digits.
        let output_bytes = BITMAP_PIXELS_MAX as usize + 64;
        let answer = self.poppler(program, (poppler::picture_of(page, dpi), bytes), output_bytes).await?;
        poppler::bitmap(answer, dpi).ok_or_else(|| ToolError::Failed(program.name, "no page came out".to_owned()))
    }
}
