//! Asks the language process: a jailed child of its own that lives long, because its models take long to load, and
//! sees text only.

use super::{
    inmate::{Broken, Inmate},
    nursery::Nursery,
};
use crate::domain::{
    facts::{LanguageLines, NamedPerson, PageLanguages, PageText},
    limits::{
        FACTS_ITEMS_MAX, FACTS_PARTS_MAX, FACTS_ROWS_MAX, FRAME_BYTES_MAX, LANGUAGE_LINES_MAX,
        LANGUAGE_MEMORY_BYTES_MAX, LANGUAGE_REQUEST_BYTES_MAX, LANGUAGE_REQUESTS_MAX,
    },
};
use crate::jail::{
    JailError,
    bounds::{clip_person, cut_before},
    protocol::{Bounds, FromChild, ToChild},
    sandbox::Walls,
    worker::{JailMode, Probes, Role, Terms},
};
use std::time::Duration;
use tokio::{sync::Mutex, time::timeout};

/// Bytes of a BCP 47 tag that are believed (RFC 5646, 4.4.1: 35 suffice).
const TAG_BYTES_MAX: usize = 35;

/// The one language process, started when first asked.
pub(super) struct Languages {
    child: Mutex<Option<Inmate>>,
    seconds_max: u64,
    mode: JailMode,
}

/// A piece of a page's text.
struct Piece<'a> {
    page: usize,
    /// Lines of the page before it.
    lines_before: u32,
    text: &'a str,
}

impl Languages {
    /// `seconds_max` is the time, of the wall and of the processor, that a request may take.
    pub(super) fn new(seconds_max: u64, mode: JailMode) -> Self {
        Self { child: Mutex::new(None), seconds_max, mode }
    }

    /// Ends the process.
    pub(super) async fn close(&self) {
        self.child.lock().await.take();
    }

    /// For each page, its languages; empty where it has no letters, or where its text twice ended the process.
    pub(super) async fn of_pages(
        &self,
        nursery: &Nursery,
        pages: &[PageText],
    ) -> Result<Vec<PageLanguages>, JailError> {
        let mut languages = vec![PageLanguages::default(); pages.len()];
        for request in requests(pages) {
            let mut answer = self.ask(nursery, &request).await?;
            if answer.is_none() {
                answer = self.ask(nursery, &request).await?;
            }
            let Some(answer) = answer else {
                tracing::warn!(texts = request.len(), "the language process ended twice over the same texts");
                continue;
            };
            for (piece, found) in request.iter().zip(answer) {
                add(&mut languages[piece.page], found, piece);
            }
        }
        languages.iter_mut().for_each(|of_page| of_page.shares.sort_by_key(|share| std::cmp::Reverse(share.letters)));
        Ok(languages)
    }

    /// The people that labels on these pages name. Pages whose text twice ended the process name nobody.
    pub(super) async fn people(&self, nursery: &Nursery, pages: &[PageText]) -> Result<Vec<NamedPerson>, JailError> {
        let mut all = Vec::new();
        for page in pages {
            let text = page.text[..cut_before(&page.text, LANGUAGE_REQUEST_BYTES_MAX)].to_owned();
            let question = ToChild::People(vec![PageText { page: page.page, text }]);
            let mut answer = self.exchange(nursery, &question).await?;
            if answer.is_none() {
                answer = self.exchange(nursery, &question).await?;
            }
            if let Some(FromChild::People(mut people)) = answer {
                people.truncate(FACTS_ROWS_MAX.saturating_sub(all.len()));
                people.iter_mut().for_each(clip_person);
                all.append(&mut people);
            }
        }
        Ok(all)
    }

    /// One request; `None`: the process ended over it.
    async fn ask(&self, nursery: &Nursery, request: &[Piece<'_>]) -> Result<Option<Vec<PageLanguages>>, JailError> {
        let texts = ToChild::Texts(request.iter().map(|piece| piece.text.to_owned()).collect());
        match self.exchange(nursery, &texts).await? {
            Some(FromChild::Languages(languages)) if languages.len() == request.len() => Ok(Some(languages)),
            _ => Ok(None),
        }
    }

    /// Asks and takes the answer; `None`: the process ended over it, or said something that is no answer, and is ended.
    async fn exchange(&self, nursery: &Nursery, question: &ToChild) -> Result<Option<FromChild>, JailError> {
        let mut place = self.child.lock().await;
        // Taken out of its place, so that a request that is given up midway ends the process with it.
        let mut child = match place.take() {
            Some(child) => child,
            None => self.start(nursery).await?,
        };
        child.begin_document(self.seconds_max);
        let talk = async {
            child.send(question).await?;
            child.receive().await
        };
        let answer = timeout(Duration::from_secs(self.seconds_max), talk).await.unwrap_or(Err(Broken::Late));
        let fits = match (question, &answer) {
            (ToChild::Texts(texts), Ok(FromChild::Languages(languages))) => languages.len() == texts.len(),
            (ToChild::People(_), Ok(FromChild::People(_))) => true,
            _ => false,
        };
        if fits && child.documents() < LANGUAGE_REQUESTS_MAX {
            *place = Some(child);
        }
        Ok(answer.ok().filter(|_| fits))
    }

    async fn start(&self, nursery: &Nursery) -> Result<Inmate, JailError> {
        let walls = Walls { memory_bytes: LANGUAGE_MEMORY_BYTES_MAX, cpu_seconds: self.seconds_max };
        let terms = Terms { walls, mode: self.mode, probes: Probes::Ignored };
        let bounds = Bounds { message_bytes_max: FRAME_BYTES_MAX, message_items_max: FACTS_ITEMS_MAX };
        Inmate::start(nursery, Role::Language, terms, bounds).await
    }
}

/// Pages cut into pieces, and pieces put together into requests of at most [`LANGUAGE_REQUEST_BYTES_MAX`].
fn requests(pages: &[PageText]) -> Vec<Vec<Piece<'_>>> {
    let mut requests: Vec<Vec<Piece<'_>>> = Vec::new();
    let mut room = 0;
    for (page, text) in pages.iter().enumerate() {
        let mut lines_before = 0;
        for text in pieces(&text.text) {
            let piece = Piece { page, lines_before, text };
            lines_before += u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX);
            // Each text costs a few bytes and an answer of its own.
            let cost = text.len() + 64;
            match requests.last_mut() {
                Some(request) if cost <= room => request.push(piece),
                _ => {
                    room = LANGUAGE_REQUEST_BYTES_MAX;
                    requests.push(vec![piece]);
                }
            }
            room = room.saturating_sub(cost);
        }
    }
    requests
}

/// Cuts a text after a line where it can, so that no line is told apart from its other half.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let limit = cut_before(text, LANGUAGE_REQUEST_BYTES_MAX);
        let cut = match text[..limit].rfind('\n') {
            _ if limit == text.len() => limit,
            Some(line) => line + 1,
            None => limit,
        };
        let (piece, rest) = text.split_at(cut);
        text = rest;
        Some(piece)
    })
}

/// Adds what was found in a piece, as far as it can be believed.
fn add(of_page: &mut PageLanguages, found: PageLanguages, piece: &Piece<'_>) {
    let shares = &mut of_page.shares;
    for share in found.shares.into_iter().take(FACTS_PARTS_MAX) {
        if share.letters as usize > piece.text.len() || !is_tag(&share.tag) {
            continue;
        }
        match shares.iter_mut().find(|known| known.tag == share.tag) {
            Some(known) => known.letters = known.letters.saturating_add(share.letters),
            None => shares.push(share),
        }
    }
    let lines = u32::try_from(piece.text.lines().count()).unwrap_or(u32::MAX);
    for run in found.lines.into_iter().take(LANGUAGE_LINES_MAX.saturating_sub(of_page.lines.len())) {
        if is_tag(&run.tag) && (1..=run.last).contains(&run.first) && run.last <= lines {
            let shifted = |line: u32| line.saturating_add(piece.lines_before);
            of_page.lines.push(LanguageLines { first: shifted(run.first), last: shifted(run.last), tag: run.tag });
        }
    }
}

/// Could this be a BCP 47 tag?
fn is_tag(tag: &str) -> bool {
    (1..=TAG_BYTES_MAX).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::LanguageShare;

    /// Proves that every byte of every page is asked about once, in order, within the size of a request.
    #[test]
    fn requests_cover_all_text() {
        let long = "zażółć gęślą jaźń\n".repeat(60_000);
        let texts = ["", "short", &long, "end", &"ö".repeat(700_000)];
        let pages: Vec<PageText> = texts.map(|text| PageText { page: 1, text: text.to_owned() }).into();
        let requests = requests(&pages);
        let mut back = vec![String::new(); pages.len()];
        for request in &requests {
            assert!(request.iter().map(|piece| piece.text.len()).sum::<usize>() <= LANGUAGE_REQUEST_BYTES_MAX);
            request.iter().for_each(|piece| back[piece.page].push_str(piece.text));
        }
        assert_eq!(back, texts);
        assert!(requests.len() > 2);
    }

    /// Proves that what a hijacked process could say about languages is not believed, and that lines are counted from the
    /// beginning of the page.
    #[test]
    fn implausible_languages_are_dropped() {
        let share = |tag: &str, letters| LanguageShare { tag: tag.to_owned(), letters };
        let run = |tag: &str, first, last| LanguageLines { tag: tag.to_owned(), first, last };
        let mut of_page = PageLanguages { shares: vec![share("en", 3)], lines: vec![run("en", 1, 9)] };
        let shares = vec![share("en", 4), share("<b>", 1), share("de", 99), share("", 2), share("fr", 2)];
        let lines = vec![run("de", 1, 2), run("en", 0, 1), run("en", 2, 1), run("<b>", 1, 1), run("en", 2, 3)];
        let piece = Piece { page: 0, lines_before: 9, text: "eins\nzwei\n" };
        add(&mut of_page, PageLanguages { shares, lines }, &piece);
        assert_eq!(of_page.shares, [share("en", 7), share("fr", 2)]);
        assert_eq!(of_page.lines, [run("en", 1, 9), run("de", 10, 11)]);
        let many = PageLanguages { shares: Vec::new(), lines: vec![run("en", 1, 1); 900] };
        add(&mut of_page, many, &piece);
        assert_eq!(of_page.lines.len(), LANGUAGE_LINES_MAX);
    }
}
