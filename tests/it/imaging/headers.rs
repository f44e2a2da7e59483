//! Headers of real objects, parsed: the samples', and where the reference corpus lies beside the project, its scanners'.
//! Made series are dressed in them, so that what is around the geometry is what machines write.

use crate::support::random::Random;
use casegate::{
    domain::{facts::DicomFacts, limits::Limits},
    kinds::dicom,
};
use std::{fs, path::Path, sync::LazyLock};

/// Headers of single slices of the body, parsed once.
static HEADERS: LazyLock<Vec<DicomFacts>> = LazyLock::new(|| {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        project.join("samples/dicom/DICOM"),
        project.join("samples/compressed"),
        project.join("../shared/corpus/dicom/pydicom"),
        project.join("../../shared/corpus/dicom/pydicom"),
        project.join("../shared/corpus/dicom/dcm4che"),
        project.join("../../shared/corpus/dicom/dcm4che"),
    ];
    let mut files: Vec<_> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() < 2 << 20))
        .collect();
    files.sort();
    files.iter().filter_map(|path| header(path)).collect()
});

fn header(path: &Path) -> Option<DicomFacts> {
    let mut file = fs::File::open(path).ok().map(std::io::BufReader::new)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).ok()?;
    let facts = dicom::facts_from(&mut std::io::Cursor::new(bytes), &Limits::default()).dicom?;
    let slice = facts.rows > 0 && facts.frames == 1 && facts.orientation.is_some() && facts.position.is_some();
    (slice && matches!(facts.modality.as_str(), "CT" | "MR" | "PT")).then_some(facts)
}

/// How many headers there are to start from.
pub(super) fn count() -> usize {
    HEADERS.len()
}

/// Dresses a series in a parsed header: everything of it that the series does not say itself, and where its first image
/// lay. Geometry, numbers and what tells images apart stay as they were made.
pub(super) fn dressed(series: Vec<DicomFacts>, random: &mut Random) -> Vec<DicomFacts> {
    let modality = series[0].modality.clone();
    let alike: Vec<&DicomFacts> = HEADERS.iter().filter(|header| header.modality == modality).collect();
    let from = if alike.is_empty() { HEADERS.iter().collect() } else { alike };
    let Some(header) = from.get(usize::try_from(random.below(from.len() as u64)).unwrap()) else { return series };
    series.into_iter().map(|image| dress(image, header)).collect()
}

fn dress(made: DicomFacts, header: &DicomFacts) -> DicomFacts {
    let or = |own: &String, theirs: &String| if own.is_empty() { theirs.clone() } else { own.clone() };
    let origin = header.position.unwrap_or_default();
    // To the last digit that a writer of sixteen characters keeps.
    let moved = |place: [f64; 3]| [0, 1, 2].map(|axis| ((place[axis] + origin[axis]) * 1e6).round() / 1e6);
    let mut slicing = made.slicing.clone();
    slicing.echo = or(&slicing.echo, &header.slicing.echo);
    slicing.echo_time = slicing.echo_time.or(header.slicing.echo_time);
    slicing.acquisition = or(&slicing.acquisition, &header.slicing.acquisition);
    slicing.acquisition_time = or(&slicing.acquisition_time, &header.slicing.acquisition_time);
    slicing.temporal_position = or(&slicing.temporal_position, &header.slicing.temporal_position);
    slicing.kernel = or(&slicing.kernel, &header.slicing.kernel);
    slicing.conversion = or(&slicing.conversion, &header.slicing.conversion);
    // A count speaks of its own series, so none is taken over from another one.
    slicing.frame_positions = slicing.frame_positions.into_iter().map(moved).collect();
    DicomFacts {
        position: made.position.map(moved),
        rows: if made.rows == 256 { header.rows } else { made.rows },
        columns: if made.columns == 256 { header.columns } else { made.columns },
        spacing: if made.spacing == Some([0.7, 0.7]) { header.spacing } else { made.spacing },
        thickness: made.thickness,
        study_date: header.study_date.clone(),
        study_description: header.study_description.clone(),
        body_part: header.body_part.clone(),
        bits_allocated: header.bits_allocated,
        samples_per_pixel: header.samples_per_pixel,
        transfer_syntax: header.transfer_syntax.clone(),
        coerced: header.coerced,
        slicing,
        ..made
    }
}
