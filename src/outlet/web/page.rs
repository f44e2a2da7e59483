//! The pages themselves: what is told, as templates want it.

use super::status::{File, Group, Need, Note, State, Status};
use crate::domain::reason::Severity;
use askama::Template;

/// Lines shown of one list; the rest is counted. A page of a hundred thousand lines helps nobody.
const LINES_MAX: usize = 500;

/// Files named beside one thing to do; the rest is counted.
const NEED_FILES_MAX: usize = 5;

/// What came of a form, for the page that answers it.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Was a form sent at all?
    pub asked: bool,
    /// Names and bytes of what is durable.
    pub lines: Vec<(String, u64)>,
    /// Why not everything is.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    programme: &'a str,
    expires: String,
    sent: &'a Sent,
    sent_words: String,
    working: bool,
    needed: Vec<NeedLine<'a>>,
    groups: Vec<GroupLine<'a>>,
    groups_more: usize,
    unfinished: Vec<(&'a str, String)>,
    files: usize,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    title: &'static str,
    words: &'static str,
    next: &'static str,
}

struct GroupLine<'a> {
    name: &'a str,
    tag: Tag,
    files: Vec<FileLine<'a>>,
    more: usize,
    /// One file that is shown by itself, not as a group.
    alone: bool,
    count: String,
}

struct FileLine<'a> {
    name: &'a str,
    tag: Tag,
    about: String,
    notes: Vec<NoteLine<'a>>,
}

/// Something to do, and some of the files that it is about.
struct NeedLine<'a> {
    wrong: &'a str,
    next: &'a str,
    files: Vec<String>,
    more: usize,
}

struct NoteLine<'a> {
    pages: String,
    note: &'a Note,
}

/// A state as a word, a colour and a shape.
#[derive(Clone, Copy)]
struct Tag {
    word: &'static str,
    class: &'static str,
    shape: &'static str,
}

/// The page of a link.
///
/// # Errors
/// The template cannot be written: a bug.
pub fn link(status: &Status, sent: &Sent) -> Result<String, askama::Error> {
    let page = LinkPage {
        programme: &status.programme,
        expires: date(&status.expires),
        sent,
        sent_words: received(sent),
        working: status.working,
        needed: status.needed.iter().map(need_line).collect(),
        groups: status.sent.iter().take(LINES_MAX).map(group_line).collect(),
        groups_more: status.sent.len().saturating_sub(LINES_MAX),
        unfinished: status.unfinished.iter().map(|one| (one.path.as_str(), arrived(one.bytes, one.length))).collect(),
        files: status.files,
    };
    page.render()
}

/// The page for everything that is not there.
///
/// # Errors
/// The template cannot be written: a bug.
pub fn not_found() -> Result<String, askama::Error> {
    MessagePage {
        title: "There is nothing here",
        words: "This link does not work. It may have ended, or a part of it was lost when it was copied.",
        next: "Check that you copied the whole link. If it still does not work, ask the people who sent it to you \
               for a new one. What you sent before is safe.",
    }
    .render()
}

/// The page for trouble of ours.
///
/// # Errors
/// The template cannot be written: a bug.
pub fn trouble() -> Result<String, askama::Error> {
    MessagePage {
        title: "This does not work just now",
        words: "It is our fault, not yours. What you sent, and what we told you we received, is safe.",
        next: "Wait a few minutes, then open your link again.",
    }
    .render()
}

fn need_line(need: &Need) -> NeedLine<'_> {
    let files: Vec<String> = need.files.iter().take(NEED_FILES_MAX).map(|path| within(path)).collect();
    NeedLine { wrong: need.wrong, next: need.next, more: need.files.len() - files.len(), files }
}

/// A file inside of a disc or an archive by its own name and by what it came in: what lies between says nothing to a
/// family.
fn within(path: &str) -> String {
    match path.split_once("!/") {
        Some((outer, inner)) => format!("{} in {outer}", inner.rsplit('/').next().unwrap_or(inner)),
        None => path.to_owned(),
    }
}

fn group_line(group: &Group) -> GroupLine<'_> {
    let alone = group.files.len() == 1;
    GroupLine {
        name: if alone { &group.files[0].path } else { &group.name },
        tag: if alone { tag(group.state) } else { group_tag(group.state) },
        files: group.files.iter().take(LINES_MAX).map(file_line).collect(),
        more: group.files.len().saturating_sub(LINES_MAX),
        alone,
        count: format!("{} files", group.files.len()),
    }
}

fn file_line(file: &File) -> FileLine<'_> {
    // What is not there has no size.
    let mut about = if file.state == State::Missing { String::new() } else { format!(" · {}", size(file.bytes)) };
    match file.pages {
        Some(1) => about.push_str(", 1 page"),
        Some(pages) => about.push_str(&format!(", {pages} pages")),
        None => {}
    }
    // What asks nothing of anybody would only worry its reader.
    let notes = file.notes.iter().filter(|note| note.severity > Severity::Info);
    let notes = notes.map(|note| NoteLine { pages: pages(&note.pages), note }).collect();
    FileLine { name: &file.path, tag: tag(file.state), about, notes }
}

const fn tag(state: State) -> Tag {
    match state {
        State::NotNeeded => Tag { word: "Not needed", class: "quiet", shape: "–" },
        State::Same => Tag { word: "Same as another", class: "quiet", shape: "=" },
        State::Readable => Tag { word: "Received, readable", class: "good", shape: "✔" },
        State::Settled => Tag { word: "Nothing more to do", class: "good", shape: "✔" },
        State::Noted => Tag { word: "Received, with a note", class: "note", shape: "i" },
        State::Checking => Tag { word: "Received, being checked", class: "wait", shape: "…" },
        State::Held => Tag { word: "Received, we are looking at it", class: "wait", shape: "…" },
        State::NeedsYou => Tag { word: "Needs you", class: "warn", shape: "!" },
        State::Missing => Tag { word: "Missing", class: "bad", shape: "?" },
        State::Unreadable => Tag { word: "Cannot be read", class: "bad", shape: "✖" },
    }
}

/// Of several files the weightiest state speaks of some, not of all.
const fn group_tag(state: State) -> Tag {
    match state {
        State::NeedsYou | State::Missing | State::Unreadable => {
            Tag { word: "Some of these need you", class: "warn", shape: "!" }
        }
        State::Noted => Tag { word: "Received, some with a note", class: "note", shape: "i" },
        State::Checking | State::Held => Tag { word: "Received, being checked", class: "wait", shape: "…" },
        State::NotNeeded | State::Same | State::Readable | State::Settled => tag(state),
    }
}

fn received(sent: &Sent) -> String {
    match sent.lines.len() {
        0 => "No file was received.".to_owned(),
        1 => "1 file was received and is safe.".to_owned(),
        count => format!("{count} files were received and are safe."),
    }
}

fn arrived(bytes: u64, length: Option<u64>) -> String {
    match length {
        Some(length) => format!("{} of {} arrived", size(bytes), size(length)),
        None => format!("{} arrived", size(bytes)),
    }
}

fn pages(pages: &[u32]) -> String {
    match pages {
        [] => String::new(),
        [one] => format!("Page {one}: "),
        [first, .., last] if usize::try_from(last - first + 1).is_ok_and(|all| all == pages.len()) => {
            format!("Pages {first} to {last}: ")
        }
        [first, ..] => format!("{} pages, the first is page {first}: ", pages.len()),
    }
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            let (whole, tenth) = (bytes / unit, bytes % unit * 10 / unit);
            return if whole < 10 && tenth > 0 { format!("{whole}.{tenth} {name}") } else { format!("{whole} {name}") };
        }
    }
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

/// A date in words, so that day and month cannot be taken for each other.
fn date(rfc3339: &str) -> String {
    match rfc3339.parse::<jiff::Timestamp>() {
        Ok(at) => at.strftime("%-d %B %Y").to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reason::Reason;

    fn status(path: &str) -> Status {
        let note = Note {
            code: Reason::PasswordRequired,
            severity: Severity::Block,
            pages: vec![2, 3],
            wrong: "It is locked.",
            next: "Send an unlocked copy.",
        };
        let file =
            File { path: path.to_owned(), bytes: 2_048, state: State::Unreadable, pages: Some(3), notes: vec![note] };
        Status {
            programme: "A programme".to_owned(),
            audience: "family".to_owned(),
            expires: "2026-03-05T10:00:00.000Z".to_owned(),
            working: false,
            needed: vec![Need {
                code: Reason::PasswordRequired,
                wrong: "It is locked.",
                next: "Send an unlocked copy.",
                files: vec![path.to_owned()],
            }],
            sent: vec![Group { name: path.to_owned(), state: file.state, files: vec![file] }],
            unfinished: vec![],
            files: 1,
        }
    }

    /// Proves T21: a name that is markup is shown as text, wherever it stands.
    #[test]
    fn t21_names_render_inert() {
        let evil = "<script>alert(1)</script>\"'><img src=x onerror=y>.pdf";
        let sent = Sent { asked: true, lines: vec![(evil.to_owned(), 1)], problem: None };
        let html = link(&status(evil), &sent).expect("renders");
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(!html.contains("<img src=x"), "{html}");
        assert!(html.contains("&#60;script&#62;alert(1)"), "{html}");
    }

    /// Proves that what is in an archive is named by itself and its archive, and that what is missing has no size.
    #[test]
    fn needs_name_what_a_family_knows() {
        let mut told = status("disc.zip!/PT0/SE0/IM3");
        told.sent[0].files[0].state = State::Missing;
        let html = link(&told, &Sent::default()).expect("renders");
        assert!(html.contains("IM3 in disc.zip") && !html.contains("2 KB"), "{html}");
        assert_eq!(within("letters/a.pdf"), "letters/a.pdf");
    }

    /// Proves that dates, sizes and pages are said in words.
    #[test]
    fn words_for_numbers() {
        assert_eq!(date("2026-03-05T10:00:00.000Z"), "5 March 2026");
        assert_eq!([size(1), size(1_023), size(1_536), size(5 << 30)], ["1 byte", "1023 bytes", "1.5 KB", "5 GB"]);
        assert_eq!([pages(&[]), pages(&[4])], [String::new(), "Page 4: ".to_owned()]);
        assert_eq!(pages(&[2, 3, 4]), "Pages 2 to 4: ");
        assert_eq!(pages(&[2, 9]), "2 pages, the first is page 2: ");
    }
}
