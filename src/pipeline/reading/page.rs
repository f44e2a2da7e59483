//! Reads one page: drawn in the jail, read by the outside program as `attempts` says, its languages told by the language
//! process, which sees text only.

use super::{
    attempts::{Attempts, Prospect, Step},
    copies::Copies,
    faint, lines,
    packs::{Packs, tag_of_script},
    passes::{Lines, Pass, Plan, SURE_LANGUAGE_MIN},
    sample, second,
};
use crate::{
    casework::{legibility, screens},
    domain::{
        facts::{FileKind, LanguageShare, PageText},
        path::RawName,
        reading::{Bitmap, KeptPage, Lay, PageLook, PageReading, ReadState, ReadWord, Rendered, ScreenSign},
    },
    jail::{Layout, Order, ReadOrder, Report, Sharing, Stands, Task, ToolError, View},
    pipeline::{Trouble, Workshop, examine::Nothing},
};

/// Words below this are kept neither for search nor for anybody's eyes: stains and borders read as letters. Chosen low: a
/// word too many in search costs less than one that is not found.
pub(super) const CONFIDENCE_KEPT_MIN: f32 = 0.3;

/// Words below this do not bear on the language of a page.
pub(super) const CONFIDENCE_TOLD_MIN: f32 = 0.5;

/// Letters that a page in a script which nothing here reads counts for at least.
const SCRIPT_LETTERS_MIN: u32 = 40;

/// Why a page was not read.
pub(super) enum Halt {
    /// A program is not installed here.
    Missing(&'static str),
    /// The world failed.
    Trouble(Trouble),
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// How a pass over a page ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With what words there are.
    Read,
    /// The program gave up.
    Failed,
    /// It had no end: the passes that would follow take as long, and find as little.
    OutOfTime,
}

/// A page that was read, and what is kept of its text.
pub(super) struct ReadPage {
    pub(super) reading: PageReading,
    pub(super) kept: KeptPage,
}

/// A document whose pages are read.
pub(super) struct Document<'a> {
    pub(super) shop: &'a Workshop,
    pub(super) name: &'a RawName,
    pub(super) passwords: &'a [String],
    pub(super) view: &'a dyn View,
    pub(super) kind: Option<FileKind>,
}

impl Document<'_> {
    /// Reads a page, counted from 1.
    pub(super) async fn read(&self, page: u32) -> Result<ReadPage, Halt> {
        let drawn = self.render(page, (self.name, self.view)).await?;
        let drawn = if self.kind == Some(FileKind::Pdf) { second::opinion(self, page, drawn).await? } else { drawn };
        match drawn {
            Rendered::Page { look, bitmap, lay, overlay, faint } => {
                let read = self.read_laid(page, (look, lay), (&bitmap, prospect(&look))).await?;
                drop(bitmap);
                let read = faint::with(self, read, faint).await?;
                match overlay {
                    Some(overlay) if !is_page_of_text(&read.reading) => self.read_overlay(read, &overlay).await,
                    _ => Ok(read),
                }
            }
            Rendered::Blank { look, faint } => faint::with(self, unread(page, ReadState::Blank, look), faint).await,
            // Why comes out of the jail, where the document may have had a hand in it: it is not logged.
            Rendered::Undrawable(_) => {
                tracing::debug!(page, "a page cannot be drawn");
                Ok(unread(page, ReadState::Undrawable, PageLook::default()))
            }
        }
    }

    /// Draws a page of a document, this one or one that was made of it.
    pub(super) async fn render(&self, page: u32, (name, view): (&RawName, &dyn View)) -> Result<Rendered, Halt> {
        let order = Order { task: Task::Render(page), name, passwords: self.passwords, view, sharing: Sharing::Alone };
        let report = self.shop.inspector.serve(order, &mut Nothing).await;
        match report.map_err(|error| Halt::Trouble(error.into()))? {
            Report::Rendered(rendered) => Ok(*rendered),
            Report::Facts(_) | Report::Pixels(_) => Ok(Rendered::Undrawable("another answer came".to_owned())),
        }
    }

    /// Reads what was drawn of a page; its words lie on the page as the document shows it.
    pub(super) async fn read_laid(
        &self,
        page: u32,
        (look, lay): (PageLook, Lay),
        (bitmap, prospect): (&Bitmap, Prospect),
    ) -> Result<ReadPage, Halt> {
        let mut read = self.read_drawn(page, look, (bitmap, prospect)).await?;
        let turns = read.reading.quarter_turns;
        read.kept.words.iter_mut().for_each(|word| word.place = lay.place(word.place, turns));
        Ok(read)
    }

    async fn read_drawn(
        &self,
        page: u32,
        look: PageLook,
        (bitmap, prospect): (&Bitmap, Prospect),
    ) -> Result<ReadPage, Halt> {
        let packs = Packs(self.shop.tools.packs());
        if packs.first().is_none() {
            return Err(Halt::Missing("a language pack for tesseract"));
        }
        let mut attempts = Attempts::at(prospect)
            .lined(lines_of(&look))
            .on_paper(legibility::is_like_print(&look))
            .large(sample::is_worth_a_glance(bitmap));
        let (mut copies, mut ended) = (Copies::of(bitmap), End::Read);
        while let Some(step) = attempts.next(packs) {
            ended = match step {
                Step::Stand => {
                    let stands = self.stands(copies.to_stand(&attempts)).await?;
                    attempts.stand(stands);
                    End::Read
                }
                Step::Glance(plan) => self.glance(page, plan, (&copies, &mut attempts)).await?,
                Step::Try(plan) => self.try_sample(page, plan, (&mut copies, &mut attempts)).await?,
                Step::Read(plan) => self.read_whole(page, plan, (&mut copies, &mut attempts)).await?,
            };
            if ended == End::OutOfTime {
                break;
            }
        }
        Ok(match (attempts.best(), attempts.best_trial()) {
            (Some(best), _) => told(page, (look, ended), (&attempts, best, packs)),
            (None, Some(trial)) if !attempts.has_failed() => {
                told(page, (look, ended), (&attempts, &copies.as_of_page(trial), packs))
            }
            (None, _) => unread(page, ReadState::Failed, look),
        })
    }

    /// What is written over a dark picture, where that makes it a viewer's screen.
    async fn read_overlay(&self, read: ReadPage, overlay: &Bitmap) -> Result<ReadPage, Halt> {
        let Some(first) = Packs(self.shop.tools.packs()).first() else { return Ok(read) };
        let plan = Plan { packs: vec![first.to_owned()], layout: Layout::Scattered, ..Plan::default() };
        let (words, _) = self.words(overlay, &plan).await?;
        let screen = screens::signs(&words);
        if !screens::is_screen(&screen) {
            return Ok(read);
        }
        tracing::debug!(page = read.reading.page, signs = screen.len(), "the screen of a viewer");
        Ok(with_overlay(read, (screen, words)))
    }

    async fn read_whole(
        &self,
        page: u32,
        plan: Plan,
        (copies, attempts): (&mut Copies<'_>, &mut Attempts),
    ) -> Result<End, Halt> {
        let upright = copies.upright(plan.quarter_turns);
        let (words, end) = self.words(upright, &plan).await?;
        match end {
            End::Failed => attempts.fail(plan),
            End::Read | End::OutOfTime => attempts.add(self.pass(page, plan, words).await?.on(upright)),
        }
        Ok(end)
    }

    /// A look at a part says nothing of the page where it has no end: the page is read whole then.
    async fn glance(
        &self,
        page: u32,
        plan: Plan,
        (copies, attempts): (&Copies<'_>, &mut Attempts),
    ) -> Result<End, Halt> {
        let (words, _) = self.words(&copies.glance(), &Plan { layout: Layout::Block, ..plan.clone() }).await?;
        attempts.glance(self.pass(page, plan, words).await?);
        Ok(End::Read)
    }

    /// A trial without end says that there is nothing to be had that way; where nothing else was had, of the page.
    async fn try_sample(
        &self,
        page: u32,
        plan: Plan,
        (copies, attempts): (&mut Copies<'_>, &mut Attempts),
    ) -> Result<End, Halt> {
        let part = copies.part(attempts).turned(plan.quarter_turns);
        let (words, end) = self.words(&part, &Plan { layout: Layout::Block, ..plan.clone() }).await?;
        match end {
            End::Failed => attempts.fail_trial(plan),
            End::Read | End::OutOfTime => attempts.add_trial(self.pass(page, plan, words).await?),
        }
        Ok(if attempts.best().is_none() { end } else { End::Read })
    }

    /// The words of a page, and how the pass ended.
    async fn words(&self, bitmap: &Bitmap, plan: &Plan) -> Result<(Vec<ReadWord>, End), Halt> {
        let packs: Vec<&str> = plan.packs.iter().map(String::as_str).collect();
        let order = ReadOrder { bitmap, packs: &packs, thresholding: plan.thresholding, layout: plan.layout };
        metrics::counter!("casegate_reading_passes_total").increment(1);
        match self.shop.tools.read(order).await {
            Err(ToolError::TooLong(program, why)) => {
                tracing::debug!(program, why, "a pass over a page was ended");
                Ok((Vec::new(), End::OutOfTime))
            }
            other => Ok(failed_or(other)?.map_or((Vec::new(), End::Failed), |words| (words, End::Read))),
        }
    }

    /// How the page stands; what tells that may not be installed although words can be read.
    async fn stands(&self, bitmap: &Bitmap) -> Result<Option<Stands>, Halt> {
        match self.shop.tools.stands(bitmap).await {
            Err(ToolError::Missing(_)) => Ok(None),
            other => Ok(failed_or(other)?.flatten()),
        }
    }

    async fn pass(&self, page: u32, plan: Plan, words: Vec<ReadWord>) -> Result<Pass, Halt> {
        let text = text_of(words.iter().filter(|word| word.confidence >= CONFIDENCE_TOLD_MIN));
        let languages = self.shop.inspector.languages(&[PageText { page, text }]).await;
        let languages = languages.map_err(|error| Halt::Trouble(error.into()))?.pop().unwrap_or_default();
        let language_lines = lines::as_kept(&words, languages.lines);
        let pass = Pass { language_lines, ..Pass::of(plan, words, languages.shares) };
        let (plan, measure) = (&pass.plan, &pass.measure);
        tracing::debug!(
            page,
            packs = plan.packs.join("+"),
            turns = plan.quarter_turns,
            ?measure,
            "a page or a part was read"
        );
        Ok(pass)
    }
}

fn prospect(look: &PageLook) -> Prospect {
    if legibility::is_poor(look) { Prospect::Poor } else { Prospect::Open }
}

/// Which way the lines of a page are seen to run; `None` where that is not clear.
fn lines_of(look: &PageLook) -> Option<Lines> {
    // Letters under each other make bands too, but far fewer.
    match (look.lines_across, look.lines_along) {
        (across, along) if across > 2 * along => Some(Lines::Across),
        (across, along) if along > 2 * across => Some(Lines::Along),
        _ => None,
    }
}

/// A failure over this page is a fact about it; what is missing or cannot be started is none.
pub(super) fn failed_or<T>(result: Result<T, ToolError>) -> Result<Option<T>, Halt> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ToolError::Failed(program, why) | ToolError::TooLong(program, why)) => {
            tracing::debug!(program, why, "a program failed over a page");
            Ok(None)
        }
        Err(ToolError::Missing(program)) => Err(Halt::Missing(program)),
        Err(ToolError::Unavailable(program, cause)) => {
            let cause = format!("{program}: {cause}");
            Err(Halt::Trouble(Trouble::Retry { act: "reading a page", cause }))
        }
    }
}

fn unread(page: u32, state: ReadState, look: PageLook) -> ReadPage {
    let reading = PageReading { page, state, look, ..PageReading::default() };
    ReadPage { reading, kept: KeptPage { page, ..KeptPage::default() } }
}

/// The page with what is written over its picture behind what was read of it before: each may have words that the other has
/// not, as the name in a window's title.
fn with_overlay(mut read: ReadPage, (screen, words): (Vec<ScreenSign>, Vec<ReadWord>)) -> ReadPage {
    let behind = read.kept.words.iter().map(|word| word.line + 1).max().unwrap_or(0);
    let kept = words.into_iter().filter(|word| word.confidence >= CONFIDENCE_KEPT_MIN);
    let kept: Vec<ReadWord> = kept.map(|word| ReadWord { line: word.line + behind, ..word }).collect();
    if !read.kept.text.is_empty() {
        read.kept.text.push_str("\n\n");
    }
    read.kept.text.push_str(&text_of(kept.iter()));
    read.kept.words.extend(kept);
    read.reading.screen = screen;
    read
}

/// Letters, nearly all of them sure, from which a page is one of text, as a letter photographed on a dark table: more than
/// stand on the screens of viewers, most of which have some hundred.
const TEXT_PAGE_LETTERS_MIN: u32 = 1_200;
/// See `TEXT_PAGE_LETTERS_MIN`.
const TEXT_PAGE_SURE_MIN: f32 = 0.75;

fn is_page_of_text(read: &PageReading) -> bool {
    read.letters >= TEXT_PAGE_LETTERS_MIN && read.sure >= TEXT_PAGE_SURE_MIN
}

/// What is known of a page after its passes.
fn told(page: u32, (look, ended): (PageLook, End), (attempts, best, packs): (&Attempts, &Pass, Packs<'_>)) -> ReadPage {
    let measure = best.measure;
    // A script that is certain and that nothing installed reads still says that the page is not English.
    let unread_script = attempts.unread_script(packs).filter(|_| is_hardly_read(best));
    let (languages, language_lines) = match unread_script.and_then(tag_of_script) {
        Some(tag) => {
            let letters = measure.letters.max(SCRIPT_LETTERS_MIN);
            (vec![LanguageShare { tag: tag.to_owned(), letters }], Vec::new())
        }
        None => (best.languages.clone(), best.language_lines.clone()),
    };
    let endless = measure.words == 0 && ended == End::OutOfTime;
    let plain = written(page, (look, best));
    let reading = PageReading {
        state: if endless { ReadState::Endless } else { ReadState::Read },
        script: unread_script.unwrap_or_default().to_owned(),
        languages,
        language_lines,
        ..plain.reading
    };
    ReadPage { reading, ..plain }
}

/// What a pass read.
fn written(page: u32, (look, best): (PageLook, &Pass)) -> ReadPage {
    let words: Vec<ReadWord> =
        best.words.iter().filter(|word| word.confidence >= CONFIDENCE_KEPT_MIN).cloned().collect();
    let measure = best.measure;
    let reading = PageReading {
        page,
        state: ReadState::Read,
        look,
        quarter_turns: best.plan.quarter_turns,
        words: measure.words,
        letters: measure.letters,
        confidence: measure.confidence,
        wordlike: measure.wordlike,
        sure: measure.sure,
        other_script: measure.other_script,
        script: String::new(),
        pack: best.plan.packs.join("+"),
        languages: best.languages.clone(),
        language_lines: best.language_lines.clone(),
        faint: None,
        screen: Vec::new(),
    };
    ReadPage { reading, kept: KeptPage { page, text: text_of(words.iter()), words } }
}

/// Is what was read less than half English, and most of it uncertain?
fn is_hardly_read(best: &Pass) -> bool {
    let english: u32 = best.languages.iter().filter(|share| share.tag == "en").map(|share| share.letters).sum();
    best.measure.sure < SURE_LANGUAGE_MIN && english * 2 < best.measure.letters.max(1)
}

/// Words as lines of text. Between signs of Chinese and Japanese stands no space.
pub(super) fn text_of<'a>(words: impl Iterator<Item = &'a ReadWord>) -> String {
    let mut text = String::new();
    let mut line = None;
    for word in words {
        if line.is_some_and(|line| line != word.line) {
            text.push('\n');
        } else if line.is_some() && !(text.ends_with(is_spaceless) && word.text.starts_with(is_spaceless)) {
            text.push(' ');
        }
        text.push_str(&word.text);
        line = Some(word.line);
    }
    text
}

fn is_spaceless(c: char) -> bool {
    matches!(u32::from(c), 0x3001..=0x303F | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFF60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that words come back as lines, with spaces where the script has them.
    #[test]
    fn words_become_lines() {
        let word = |text: &str, line| ReadWord { text: text.to_owned(), line, ..ReadWord::default() };
        let words = [word("Fever", 0), word("for", 0), word("头痛", 1), word("和", 1), word("CT", 1), word("end", 3)];
        assert_eq!(text_of(words.iter()), "Fever for\n头痛和 CT\nend");
        assert_eq!(text_of([].iter()), "");
    }
}
