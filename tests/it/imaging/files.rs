//! The same on real files, through the program.

use crate::make::dicom::{CHILD, Writer, ct_slice, part10};
use casegate::{domain::limits::Limits, kinds::dicom};
use serde_json::Value;
use std::{fs, io::Cursor, path::Path, process::Command};

/// What `inspect --json` says of a folder.
pub(super) fn inspect(folder: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casegate"));
    command.args(["inspect", "--json", "."]).current_dir(folder).env_remove("CASEGATE_DATA");
    let output = command.env_remove("CASEGATE_CONFIG").output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Paths of the rows with this code, with its weight and detail.
pub(super) fn with(rows: &[Value], code: &str) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |row: &Value| {
        let reasons = row["reasons"].as_array().cloned().unwrap_or_default();
        let path = text(&row["path"]).trim_start_matches("./").to_owned();
        reasons
            .into_iter()
            .filter(|reason| reason["code"] == code)
            .map(move |reason| (path.clone(), text(&reason["severity"]), text(&reason["detail"])))
            .collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

fn write(folder: &Path, number: u32, bytes: &[u8]) {
    fs::write(folder.join(format!("CT{number:03}.dcm")), bytes).unwrap();
}

/// Proves that a missing slice, black ones anywhere inside and a half-filled one are found in files, and that a whole
/// series has nothing said of it.
#[test]
fn a_series_of_files() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=14 {
        write(folder.path(), number, &ct_slice(&CHILD, number));
    }
    let rows = inspect(folder.path());
    assert!(with(&rows, "series_incomplete").is_empty() && with(&rows, "blank").is_empty());
    fs::remove_file(folder.path().join("CT006.dcm")).unwrap();
    for number in [4, 11] {
        let mut black = ct_slice(&CHILD, number);
        let pixels = black.len() - 512;
        black[pixels..].fill(0);
        write(folder.path(), number, &black);
    }
    let mut half = ct_slice(&CHILD, 9);
    let middle = half.len() - 256;
    half[middle..].fill(0);
    write(folder.path(), 9, &half);
    let rows = inspect(folder.path());
    let told = with(&rows, "series_incomplete");
    let sentence =
        "Series 2 'Axial 5 mm', 13 of 14 slices: one is missing between instances 5 and 7 (25.0 to 35.0 mm)".to_owned();
    assert_eq!(told, [("CT001.dcm".to_owned(), "block".to_owned(), sentence)]);
    // No file of those that are decoded in any case: the first, the middle and the last.
    assert_eq!(
        with(&rows, "blank").iter().map(|(path, ..)| path.as_str()).collect::<Vec<_>>(),
        ["CT004.dcm", "CT011.dcm"]
    );
    let damaged = with(&rows, "damaged");
    assert!(damaged.len() == 1 && damaged[0].0 == "CT009.dcm" && damaged[0].1 == "warn", "{damaged:?}");
}

fn items(each: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    each.flat_map(|set| [&[0xFE, 0xFF, 0x00, 0xE0][..], &(set.len() as u32).to_le_bytes(), &set].concat()).collect()
}

fn sequence(tag: (u16, u16), item: &Writer) -> Writer {
    let mut set = Writer::default();
    set.put(tag, "SQ", &items(std::iter::once(item.0.clone())));
    set
}

/// Proves that the positions of frames are read from their functional groups, and what tells images apart from the top
/// level.
#[test]
fn frames_are_placed() {
    let frame = |at: usize| {
        let mut position = Writer::default();
        position.text((0x20, 0x32), "DS", &format!("-10\\-20\\{}", at as f64 * 2.5));
        let mut content = Writer::default();
        content.text((0x20, 0x9056), "SH", "1").put((0x20, 0x9057), "UL", &(at as u32 + 1).to_le_bytes());
        let mut diffusion = Writer::default();
        diffusion.put((0x18, 0x9087), "FD", &if at < 4 { 0.0_f64 } else { 800.0 }.to_le_bytes());
        let diffusion = sequence((0x18, 0x9117), &diffusion).0;
        [diffusion, sequence((0x20, 0x9111), &content).0, sequence((0x20, 0x9113), &position).0].concat()
    };
    let mut orientation = Writer::default();
    orientation.text((0x20, 0x37), "DS", "1\\0\\0\\0\\1\\0");
    let mut set = Writer::default();
    set.text((8, 0x16), "UI", "1.2.840.10008.5.1.4.1.1.4.1")
        .text((8, 0x18), "UI", "1.2.3")
        .text((0x18, 0x81), "DS", "12.5")
        .text((0x18, 0x86), "IS", "2")
        .put((0x18, 0x9087), "FD", &1000.0_f64.to_le_bytes())
        .text((0x20, 0xD), "UI", "1.2")
        .text((0x20, 0xE), "UI", "1.2.4")
        .text((0x20, 0x52), "UI", "1.2.9")
        .text((0x20, 0x100), "IS", "4")
        .text((0x20, 0x1208), "IS", "300")
        .text((0x20, 0x1209), "IS", "40")
        .text((0x28, 8), "IS", "7")
        .short((0x28, 0x10), 4)
        .short((0x28, 0x11), 4)
        .put((0x5200, 0x9229), "SQ", &items(std::iter::once(sequence((0x20, 0x9116), &orientation).0)))
        .put((0x5200, 0x9230), "SQ", &items((0..7).map(frame)));
    let file = part10("1.2.840.10008.5.1.4.1.1.4.1", "1.2.3", &set.0);
    let facts = dicom::facts_from(&mut Cursor::new(file), &Limits::default());
    let dicom = facts.dicom.unwrap();
    let slicing = dicom.slicing;
    assert_eq!(slicing.frame_positions.len(), 7);
    assert_eq!(slicing.frame_positions[6], [-10.0, -20.0, 15.0]);
    assert_eq!(slicing.frame_numbers, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(slicing.frame_rows, [0, 0, 0, 0, 1, 1, 1], "b-values tell them apart");
    assert_eq!(dicom.orientation, Some([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
    assert_eq!((slicing.echo.as_str(), slicing.echo_time, slicing.diffusion_b_value), ("2", Some(12.5), Some(1000.0)));
    assert_eq!((slicing.frame_of_reference.as_str(), slicing.temporal_position.as_str()), ("1.2.9", "4"));
    assert_eq!((slicing.study_instances, slicing.series_instances), (Some(300), Some(40)));
}

/// Proves that what images count of themselves is read, and that reprojections of PET
/// count no slices.
#[test]
fn counts_of_images_are_read() {
    let read = |series_type: &str| {
        let mut set = Writer::default();
        set.text((8, 0x16), "UI", "1.2.840.10008.5.1.4.1.1.128")
            .text((8, 0x18), "UI", "1.2.3")
            .text((8, 0x60), "CS", "PT")
            .text((0x20, 0xE), "UI", "1.2.4")
            .text((0x20, 0x100), "IS", "2")
            .text((0x20, 0x105), "IS", "12")
            .text((0x20, 0x1002), "IS", "24")
            .put((0x20, 0x9228), "UL", &0_u32.to_le_bytes())
            .short((0x28, 0x10), 4)
            .short((0x28, 0x11), 4)
            .short((0x54, 0x71), 8)
            .short((0x54, 0x81), 47)
            .text((0x54, 0x1000), "CS", series_type);
        let file = part10("1.2.840.10008.5.1.4.1.1.128", "1.2.3", &set.0);
        dicom::facts_from(&mut Cursor::new(file), &Limits::default()).dicom.unwrap().slicing
    };
    let slicing = read("GATED\\IMAGE");
    assert_eq!((slicing.temporal_positions, slicing.images_in_acquisition), (Some(12), Some(24)));
    assert_eq!((slicing.pet_slices, slicing.pet_volumes, slicing.concatenation_offset), (Some(47), Some(8), Some(0)));
    assert_eq!(read("GATED\\REPROJECTION").pet_slices, None);
}
