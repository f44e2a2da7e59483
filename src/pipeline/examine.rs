//! Examining: the jailed inspector reads one document by ranges and says what stands in it; members go back through the
//! door meanwhile; the language process reads the text.

use super::{
    Trouble, Workshop,
    budgets::{Budgets, Root},
    door::{Arrival, Door},
    members::{Members, reason_of},
    reading,
};
use crate::{
    casework::likeness,
    catalog::Docket,
    domain::{
        entry::{EntryRecord, EntryRow, PixelsRead, Sealed},
        facts::{Facts, FileKind, LanguageShare, PageFacts, PageText, Readable, TextSource},
        ids::CaseId,
        origin::Actor,
        reading::{Reading, Rendered},
    },
    jail::{Order, Receiver, Refusal, Report, Sharing, Task, View, ViewError},
    kinds::Offer,
    seal::{CaseKeys, Place},
    vault::objects::ObjectReader,
};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};

/// An entry whose facts are known. Only [`super::judge`] takes it further.
pub struct Examined {
    /// The entry as the catalog has it.
    pub row: EntryRow,
    /// Its record as received.
    pub record: EntryRecord,
    /// What stands in it.
    pub facts: Facts,
    /// Its text by page.
    pub pages: Vec<PageText>,
    /// Pages that are to be read from their pixels behind the fast path.
    pub reading: Option<Reading>,
}

/// Examines an entry.
///
/// # Errors
/// The world failed; what stands in the document never makes this fail.
pub async fn examine(shop: &Workshop, door: &Door, docket: Docket, budgets: &Budgets) -> Result<Examined, Trouble> {
    let Docket { entry: row, case, parts, root, passwords } = docket;
    let case = case.id;
    let keys = shop.stores.keys(case)?;
    let record = shop.stores.record(&keys, &row)?;
    if record.sha256.is_none() || row.object.is_none() {
        let facts = facts_without_bytes(&row, &record);
        return Ok(Examined { row, record, facts, pages: Vec::new(), reading: None });
    }
    let view = ObjectView::new(row.bytes, shop.stores.objects.reader(keys.clone(), parts));
    let arrival = Arrival { id: row.arrival, case, actor: Actor::Daemon };
    let root = Root { id: root.0, bytes: root.1 };
    let allowance = budgets.begin(&shop.stores, (case, &row), root).await?;
    let mut members = Members::new(door.clone(), arrival, row.clone(), allowance)?;
    let passwords = opened(&keys, case, &passwords)?;
    let order =
        Order { task: Task::Examine, name: &record.name, passwords: &passwords, view: &view, sharing: sharing(&row) };
    let report = match shop.inspector.serve(order, &mut members).await {
        Ok(report) => report,
        Err(error) => return Err(members.trouble().or_else(|| view.damage()).unwrap_or_else(|| error.into())),
    };
    let Report::Facts(facts) = report else {
        return Err(Trouble::Retry {
            act: "examining a document",
            cause: "the inspector answered another question".to_owned(),
        });
    };
    let mut facts = *facts;
    let taken = members.taken();
    let (pages, stopped) = members.landed().await?;
    if let Some(reason) = stopped.and_then(reason_of)
        && !facts.has(reason)
    {
        facts.observe(reason, format!("stopped after {taken} members"));
    }
    if let Some(container) = &mut facts.container {
        container.delivered = taken;
    }
    facts.text_print = likeness::print(&pages, TextSource::Digital);
    read_languages(shop, &mut facts, &pages).await?;
    let examined = Examined { row, record, facts, pages, reading: None };
    Ok(Examined { reading: reading::plan(shop, &examined), ..examined })
}

/// Where a supplied password stands in the catalog.
pub fn password_place(case: &CaseId) -> Place<'_> {
    Place { table: "passwords", row: case.as_bytes(), field: "password" }
}

/// Passwords that were supplied for documents of the case.
pub(super) async fn passwords(shop: &Workshop, keys: &CaseKeys, case: CaseId) -> Result<Vec<String>, Trouble> {
    opened(keys, case, &shop.stores.catalog.passwords(case).await?)
}

fn opened(keys: &CaseKeys, case: CaseId, passwords: &[Sealed]) -> Result<Vec<String>, Trouble> {
    let open = |sealed| Ok(String::from_utf8_lossy(&keys.open_record(password_place(&case), sealed)?).into_owned());
    passwords.iter().map(open).collect()
}

/// Decodes the pixels of a DICOM entry.
///
/// # Errors
/// The world failed.
pub async fn pixels(shop: &Workshop, case: CaseId, row: &EntryRow) -> Result<PixelsRead, Trouble> {
    let keys = shop.stores.keys(case)?;
    let record = shop.stores.record(&keys, row)?;
    let view = view_of(shop, &keys, row).await?;
    let order = Order { task: Task::Pixels, name: &record.name, passwords: &[], view: &view, sharing: Sharing::Alone };
    match shop.inspector.serve(order, &mut Nothing).await? {
        Report::Pixels(read) => Ok(read),
        Report::Facts(_) | Report::Rendered(_) => Ok(PixelsRead::Failed),
    }
}

/// Draws a page of an entry, counted from 1, with the passwords its case knows.
///
/// # Errors
/// The world failed.
pub async fn draw(shop: &Workshop, case: CaseId, (row, page): (&EntryRow, u32)) -> Result<Rendered, Trouble> {
    let keys = shop.stores.keys(case)?;
    let record = shop.stores.record(&keys, row)?;
    let passwords = passwords(shop, &keys, case).await?;
    let view = view_of(shop, &keys, row).await?;
    let order = Order {
        task: Task::Render(page),
        name: &record.name,
        passwords: &passwords,
        view: &view,
        sharing: Sharing::Alone,
    };
    match shop.inspector.serve(order, &mut Nothing).await? {
        Report::Rendered(rendered) => Ok(*rendered),
        Report::Facts(_) | Report::Pixels(_) => Ok(Rendered::Undrawable("another question was answered".to_owned())),
    }
}

/// Facts about an entry that has no bytes: its container says why.
fn facts_without_bytes(row: &EntryRow, record: &EntryRecord) -> Facts {
    if record.sha256.is_some() && row.bytes == 0 {
        return crate::kinds::junk::facts_of_nothing(&record.name);
    }
    Facts::of(row.kind, Readable::No)
}

/// DICOM instances of one arrival may share a child; everything else is served alone.
fn sharing(row: &EntryRow) -> Sharing {
    if row.kind == FileKind::Dicom {
        Sharing::Arrival(u128::from_be_bytes(*row.arrival.as_bytes()))
    } else {
        Sharing::Alone
    }
}

pub(super) async fn view_of(shop: &Workshop, keys: &Arc<CaseKeys>, row: &EntryRow) -> Result<ObjectView, Trouble> {
    let object = row.object.ok_or_else(|| Trouble::Refused("this entry has no bytes of its own".to_owned()))?;
    let named = shop.stores.catalog.object(object).await?;
    let reader = shop.stores.objects.reader(keys.clone(), named.parts);
    Ok(ObjectView::new(row.bytes, reader))
}

/// Fills in the languages of each page from the language process.
async fn read_languages(shop: &Workshop, facts: &mut Facts, pages: &[PageText]) -> Result<(), Trouble> {
    if !facts.language_asked || pages.is_empty() {
        return Ok(());
    }
    let languages = shop.inspector.languages(pages).await?;
    for (page, languages) in pages.iter().zip(languages) {
        let of_page = page_facts(facts, page);
        (of_page.languages, of_page.language_lines) = (languages.shares, languages.lines);
    }
    Ok(())
}

fn page_facts<'a>(facts: &'a mut Facts, page: &PageText) -> &'a mut PageFacts {
    let found = facts.pages.iter().position(|known| known.page == page.page);
    let index = found.unwrap_or_else(|| {
        let words = u32::try_from(page.text.split_whitespace().count()).unwrap_or(u32::MAX);
        let languages: Vec<LanguageShare> = Vec::new();
        facts.pages.push(PageFacts { page: page.page, words, languages, ..PageFacts::default() });
        facts.pages.len() - 1
    });
    &mut facts.pages[index]
}

/// A sealed object as the inspector's host reads it.
pub(super) struct ObjectView {
    bytes: u64,
    reader: tokio::sync::Mutex<ObjectReader>,
    /// What was found damaged: it stays so, however often it is read.
    damage: OnceLock<String>,
}

impl ObjectView {
    fn new(bytes: u64, reader: ObjectReader) -> Self {
        Self { bytes, reader: tokio::sync::Mutex::new(reader), damage: OnceLock::new() }
    }

    /// What was found damaged, if something was.
    pub(super) fn damage(&self) -> Option<Trouble> {
        self.damage.get().cloned().map(Trouble::Damaged)
    }
}

#[async_trait]
impl View for ObjectView {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError> {
        self.reader.lock().await.read(offset, length).await.map_err(|error| {
            if error.is_damage() {
                let _ = self.damage.set(error.to_string());
            }
            ViewError(error.to_string())
        })
    }
}

/// A receiver for tasks that hand over nothing.
pub(super) struct Nothing;

#[async_trait]
impl Receiver for Nothing {
    async fn begin(&mut self, _member: crate::domain::facts::Member) -> Result<Offer, Refusal> {
        Ok(Offer::Skip)
    }

    async fn data(&mut self, _bytes: &[u8]) -> Result<(), Refusal> {
        Ok(())
    }

    async fn end(&mut self, _end: crate::domain::facts::MemberEnd) -> Result<(), Refusal> {
        Ok(())
    }

    async fn page(&mut self, _page: PageText) {}
}
