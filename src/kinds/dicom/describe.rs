//! The facts of a data set that later steps compare: identity of study, series and instance, geometry, words to search.

use super::{data_set::DataSet, image::Shape, layout::Layout, slicing};
use crate::domain::facts::{DicomFacts, NamedPerson, SearchField};
use dicom_dictionary_std::tags;

/// Fills the facts from the top level; the meta group stands in where it is silent.
pub(super) fn facts(layout: &Layout, data_set: &DataSet, shape: &Shape) -> DicomFacts {
    let or_meta = |tag, in_meta| {
        let own = data_set.ascii(tag);
        if own.is_empty() { layout.meta.ascii(in_meta) } else { own }
    };
    let has_image = shape.rows > 0 || shape.columns > 0;
    DicomFacts {
        study: data_set.ascii(tags::STUDY_INSTANCE_UID),
        series: data_set.ascii(tags::SERIES_INSTANCE_UID),
        sop_instance: or_meta(tags::SOP_INSTANCE_UID, tags::MEDIA_STORAGE_SOP_INSTANCE_UID),
        sop_class: or_meta(tags::SOP_CLASS_UID, tags::MEDIA_STORAGE_SOP_CLASS_UID),
        transfer_syntax: layout.transfer_syntax.clone(),
        modality: data_set.ascii(tags::MODALITY),
        study_date: data_set.ascii(tags::STUDY_DATE),
        study_description: data_set.text(tags::STUDY_DESCRIPTION),
        series_description: data_set.text(tags::SERIES_DESCRIPTION),
        body_part: data_set.ascii(tags::BODY_PART_EXAMINED),
        accession: data_set.text(tags::ACCESSION_NUMBER),
        series_number: data_set.ascii(tags::SERIES_NUMBER),
        instance_number: data_set.ascii(tags::INSTANCE_NUMBER),
        rows: shape.rows,
        columns: shape.columns,
        frames: if has_image { shape.frames } else { 0 },
        bits_allocated: shape.bits_allocated,
        samples_per_pixel: if has_image { shape.samples } else { 0 },
        image_type: data_set.texts(tags::IMAGE_TYPE),
        slicing: slicing::facts(data_set),
        burned_in: data_set.ascii(tags::BURNED_IN_ANNOTATION) == "YES",
        coerced: data_set.has(tags::ORIGINAL_ATTRIBUTES_SEQUENCE),
        ..geometry(data_set)
    }
}

/// Position, orientation, spacing and thickness, from the top level or the functional groups of the first frame
/// (PS3.3 C.7.6.16).
fn geometry(data_set: &DataSet) -> DicomFacts {
    let numbers = |sequence, tag| {
        let own = data_set.numbers(tag);
        if !own.is_empty() { own } else { functional(data_set, sequence).map_or_else(Vec::new, |i| i.numbers(tag)) }
    };
    let measures = tags::PIXEL_MEASURES_SEQUENCE;
    DicomFacts {
        position: numbers(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT).try_into().ok(),
        orientation: numbers(tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT).try_into().ok(),
        spacing: numbers(measures, tags::PIXEL_SPACING).try_into().ok(),
        thickness: numbers(measures, tags::SLICE_THICKNESS).first().copied(),
        ..DicomFacts::default()
    }
}

/// The first item of a functional group, shared or of the first frame.
pub(super) fn functional(data_set: &DataSet, sequence: dicom_core::Tag) -> Option<&DataSet> {
    let shared = data_set.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let own = data_set.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    shared.iter().chain(own).find_map(|group| group.items(sequence).first())
}

/// Words to search beside the pages.
pub(super) fn search(data_set: &DataSet, facts: &DicomFacts, people: &[NamedPerson]) -> Vec<SearchField> {
    let regions = data_set.items(tags::ANATOMIC_REGION_SEQUENCE).iter().map(|item| item.text(tags::CODE_MEANING));
    let body_part: Vec<String> = std::iter::once(facts.body_part.clone()).chain(regions).collect();
    let study = [facts.study_description.clone(), data_set.text(tags::STUDY_ID), facts.study_date.clone()];
    let series = [facts.series_description.clone(), data_set.text(tags::PROTOCOL_NAME)];
    let mut fields = vec![
        field("study", &study),
        field("series", &series),
        field("modality", std::slice::from_ref(&facts.modality)),
        field("body_part", &body_part),
        field("accession", std::slice::from_ref(&facts.accession)),
    ];
    fields.extend(people.iter().map(about));
    fields.retain(|field| !field.text.is_empty());
    fields
}

/// A field of several words.
pub(super) fn field(name: &str, words: &[String]) -> SearchField {
    let filled: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    SearchField { field: name.to_owned(), text: filled.join(" ") }
}

/// A person's names and ids.
pub(super) fn about(person: &NamedPerson) -> SearchField {
    let names = person.names.iter().map(|name| name.replace('^', " "));
    let ids = person.ids.iter().map(|(id, _)| id.clone());
    field("patient", &names.chain(ids).collect::<Vec<_>>())
}
