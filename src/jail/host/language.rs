//! Asks the language process: a jailed child of its own that lives long, because its models take long to load, and
//! sees text only.

use super::{
    inmate::{Broken, Inmate},
    nursery::Nursery,
};
use crate::domain::{
    facts::{LanguageShare, NamedPerson, PageText},
    limits::{
        FACTS_ITEMS_MAX, FACTS_PARTS_MAX, FACTS_ROWS_MAX, FRAME_BYTES_MAX, LANGUAGE_MEMORY_BYTES_MAX,
        LANGUAGE_REQUEST_BYTES_MAX, LANGUAGE_REQUESTS_MAX,
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
    pub(super) async fn shares(
        &self,
        nursery: &Nursery,
        pages: &[PageText],
    ) -> Result<Vec<Vec<LanguageShare>>, JailError> {
        let mut shares = vec![Vec::new(); pages.len()];
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
                add(&mut shares[piece.page], found, piece.text.len());
            }
        }
        shares.iter_mut().for_each(|of_page| of_page.sort_by_key(|share| std::cmp::Reverse(share.letters)));
        Ok(shares)
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
    async fn ask(
        &self,
        nursery: &Nursery,
        request: &[Piece<'_>],
    ) -> Result<Option<Vec<Vec<LanguageShare>>>, JailError> {
        let texts = ToChild::Texts(request.iter().map(|piece| piece.text.to_owned()).collect());
        match self.exchange(nursery, &texts).await? {
            Some(FromChild::Shares(shares)) if shares.len() == request.len() => Ok(Some(shares)),
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
            (ToChild::Texts(texts), Ok(FromChild::Shares(shares))) => shares.len() == texts.len(),
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
        for text in pieces(&text.text) {
            // Each text costs a few bytes and an answer of its own.
            let cost = text.len() + 64;
            match requests.last_mut() {
                Some(request) if cost <= room => request.push(Piece { page, text }),
                _ => {
                    room = LANGUAGE_REQUEST_BYTES_MAX;
                    requests.push(vec![Piece { page, text }]);
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

/// Adds what was found in a piece of so many bytes, as far as it can be believed.
fn add(shares: &mut Vec<LanguageShare>, found: Vec<LanguageShare>, bytes: usize) {
    for share in found.into_iter().take(FACTS_PARTS_MAX) {
        let plausible = share.tag.len() <= TAG_BYTES_MAX && share.letters as usize <= bytes;
        if !plausible || !share.tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            continue;
        }
        match shares.iter_mut().find(|known| known.tag == share.tag) {
            Some(known) => known.letters = known.letters.saturating_add(share.letters),
            None => shares.push(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// Proves that what a hijacked process could say about languages is not believed.
    #[test]
    fn implausible_shares_are_dropped() {
        let share = |tag: &str, letters| LanguageShare { tag: tag.to_owned(), letters };
        let mut shares = vec![share("en", 3)];
        add(&mut shares, vec![share("en", 4), share("<b>", 1), share("de", 99), share("fr", 2)], 10);
        assert_eq!(shares, [share("en", 7), share("fr", 2)]);
    }
}
