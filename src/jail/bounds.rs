//! Keeps what an inspector says within its limits. Runs in the child, to keep messages small, and again in the host,
//! which believes nobody.

use crate::domain::{
    facts::{DicomFacts, Facts, NamedPerson, Observation, PageText},
    imaging::Slicing,
    limits::{FACTS_PARTS_MAX, FACTS_ROWS_MAX, FACTS_TEXT_BYTES_MAX, FRAMES_PLACED_MAX, Limits},
    reason::Reason,
};

/// How much text may still be handed over.
#[derive(Debug)]
pub(super) struct TextBudget {
    bytes_left: usize,
    pages_left: u32,
    cut: bool,
}

impl TextBudget {
    pub(super) fn new(limits: &Limits) -> Self {
        let bytes_left = usize::try_from(limits.document_text_bytes_max).unwrap_or(usize::MAX);
        Self { bytes_left, pages_left: limits.document_pages_max, cut: false }
    }

    /// The page as far as the budget goes; `None` where nothing of it is left.
    pub(super) fn take(&mut self, mut page: PageText) -> Option<PageText> {
        if self.pages_left == 0 || (self.bytes_left == 0 && !page.text.is_empty()) {
            self.cut = true;
            return None;
        }
        self.pages_left -= 1;
        self.cut |= shorten(&mut page.text, self.bytes_left);
        self.bytes_left -= page.text.len();
        Some(page)
    }

    /// Says in the facts that text was left out.
    pub(super) fn report(&self, facts: &mut Facts) {
        if self.cut {
            let detail = "the text is longer than the limit: only its beginning can be searched";
            facts.observe(Reason::UnsupportedFormat, detail);
        }
    }
}

/// Cuts lists and texts of facts to their limits.
pub fn clip(facts: &mut Facts, limits: &Limits) {
    facts.observations.truncate(FACTS_ROWS_MAX);
    facts.observations.iter_mut().for_each(clip_observation);
    facts.pages.truncate(limits.document_pages_max as usize);
    for page in &mut facts.pages {
        page.languages.clear();
        page.language_lines.clear();
    }
    // Made by the host from the text it was given.
    facts.text_print = None;
    facts.people.truncate(FACTS_ROWS_MAX);
    facts.people.iter_mut().for_each(clip_person);
    facts.search.truncate(FACTS_ROWS_MAX);
    for field in &mut facts.search {
        clip_text(&mut field.field);
        clip_text(&mut field.text);
    }
    facts.dicom.iter_mut().for_each(clip_dicom);
    clip_lists(facts, limits);
    facts.slide.iter_mut().for_each(|slide| clip_text(&mut slide.vendor));
    facts.container.iter_mut().for_each(|container| clip_text(&mut container.format));
}

/// The same for one observation.
pub(super) fn clip_observation(observation: &mut Observation) {
    clip_text(&mut observation.detail);
}

fn clip_lists(facts: &mut Facts, limits: &Limits) {
    if let Some(directory) = &mut facts.dicomdir {
        directory.references.truncate(limit(limits.container_entries_max));
        for reference in &mut directory.references {
            clip_texts(&mut reference.file_id);
            clip_text(&mut reference.sop_instance);
            clip_text(&mut reference.record_type);
            clip_text(&mut reference.series);
        }
    }
    if let Some(manifest) = &mut facts.manifest {
        clip_texts(&mut manifest.fields);
        manifest.rows.truncate(limit(limits.manifest_rows_max));
        for row in &mut manifest.rows {
            row.values.truncate(FACTS_PARTS_MAX);
            for (field, value) in &mut row.values {
                clip_text(field);
                clip_text(value);
            }
        }
    }
}

/// The same for one person.
pub(super) fn clip_person(person: &mut NamedPerson) {
    clip_texts(&mut person.names);
    person.birth_date.iter_mut().for_each(clip_text);
    person.sex.iter_mut().for_each(clip_text);
    person.ids.truncate(FACTS_PARTS_MAX);
    for (id, issuer) in &mut person.ids {
        clip_text(id);
        issuer.iter_mut().for_each(clip_text);
    }
    clip_text(&mut person.place);
}

fn clip_dicom(dicom: &mut DicomFacts) {
    let texts = [
        &mut dicom.study,
        &mut dicom.series,
        &mut dicom.sop_instance,
        &mut dicom.sop_class,
        &mut dicom.transfer_syntax,
        &mut dicom.modality,
        &mut dicom.study_date,
        &mut dicom.study_description,
        &mut dicom.series_description,
        &mut dicom.body_part,
        &mut dicom.accession,
        &mut dicom.series_number,
        &mut dicom.instance_number,
    ];
    texts.into_iter().for_each(clip_text);
    clip_texts(&mut dicom.image_type);
    dicom.flat_eighths = dicom.flat_eighths.filter(|eighths| *eighths <= 8);
    clip_slicing(&mut dicom.slicing);
}

fn clip_slicing(slicing: &mut Slicing) {
    let texts = [
        &mut slicing.frame_of_reference,
        &mut slicing.echo,
        &mut slicing.temporal_position,
        &mut slicing.acquisition,
        &mut slicing.acquisition_time,
        &mut slicing.kernel,
        &mut slicing.stack,
        &mut slicing.conversion,
        &mut slicing.concatenation,
    ];
    texts.into_iter().for_each(clip_text);
    slicing.frame_positions.truncate(FRAMES_PLACED_MAX);
    slicing.frame_rows.truncate(FRAMES_PLACED_MAX);
    slicing.frame_numbers.truncate(FRAMES_PLACED_MAX);
}

fn clip_texts(texts: &mut Vec<String>) {
    texts.truncate(FACTS_PARTS_MAX);
    texts.iter_mut().for_each(clip_text);
}

fn clip_text(text: &mut String) {
    shorten(text, FACTS_TEXT_BYTES_MAX);
}

/// Cuts at a character; true where something was cut.
fn shorten(text: &mut String, bytes_max: usize) -> bool {
    if text.len() <= bytes_max {
        return false;
    }
    text.truncate(cut_before(text, bytes_max));
    true
}

/// The last place between two characters that is not beyond `bytes_max`.
pub(super) fn cut_before(text: &str, bytes_max: usize) -> usize {
    let mut cut = bytes_max.min(text.len());
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    cut
}

fn limit(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::PageFacts;

    /// Proves that text beyond the budget is cut at a character, that later pages are dropped, and that facts say so.
    #[test]
    fn text_is_cut_at_its_budget() {
        let limits = Limits { document_text_bytes_max: 5, ..Limits::default() };
        let mut budget = TextBudget::new(&limits);
        let page = |page, text: &str| PageText { page, text: text.to_owned() };
        assert_eq!(budget.take(page(1, "abc")), Some(page(1, "abc")));
        let mut facts = Facts::default();
        budget.report(&mut facts);
        assert!(facts.observations.is_empty());
        assert_eq!(budget.take(page(2, "däe")), Some(page(2, "d")));
        assert_eq!(budget.take(page(3, "longer")).map(|p| p.text), Some("l".to_owned()));
        assert_eq!(budget.take(page(4, "x")), None);
        budget.report(&mut facts);
        assert!(facts.has(Reason::UnsupportedFormat));
    }

    /// Proves that facts beyond every limit come back within them.
    #[test]
    fn facts_are_clipped() {
        let long = Observation::new(Reason::Damaged, "x".repeat(FACTS_TEXT_BYTES_MAX + 9));
        let mut facts = Facts {
            observations: vec![long; FACTS_ROWS_MAX + 1],
            people: vec![NamedPerson { names: vec![String::new(); 5_000], ..NamedPerson::default() }],
            pages: vec![PageFacts::default(); 6_000],
            ..Facts::default()
        };
        clip(&mut facts, &Limits::default());
        assert_eq!(facts.observations.len(), FACTS_ROWS_MAX);
        assert_eq!(facts.observations[0].detail.len(), FACTS_TEXT_BYTES_MAX);
        assert_eq!(facts.people[0].names.len(), FACTS_PARTS_MAX);
        assert_eq!(facts.pages.len(), 5_000);
    }
}
