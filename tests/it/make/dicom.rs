//! Writes DICOM data sets byte by byte (PS3.5 7.1, PS3.10 7.1), independently of any library: a CT-like series of one
//! child, and the DICOMDIR of its File-set with working offsets.

/// The child whom objects are about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Child {
    /// Family^Given.
    pub(crate) name: &'static str,
    /// Patient ID.
    pub(crate) id: &'static str,
    /// Issuer of Patient ID.
    pub(crate) issuer: &'static str,
    /// `YYYYMMDD`.
    pub(crate) birth_date: &'static str,
    /// `F`, `M` or `O`.
    pub(crate) sex: &'static str,
}

/// A child of nobody's.
pub(crate) const CHILD: Child =
    Child { name: "Sample^Ana María", id: "SMP-0042", issuer: "CASEGATE-DEMO", birth_date: "20190314", sex: "F" };

/// Root of the UIDs made here (PS3.5 B.2: a UUID as a number, fixed).
const UID_ROOT: &str = "2.25.2740183659102734451";

const CT_CLASS: &str = "1.2.840.10008.5.1.4.1.1.2";
const DIRECTORY_CLASS: &str = "1.2.840.10008.1.3.10";
const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";

/// A data set being written in Explicit VR Little Endian.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    /// Any element; the value is padded as its representation asks.
    pub(crate) fn put(&mut self, (group, element): (u16, u16), vr: &str, value: &[u8]) -> &mut Self {
        let mut value = value.to_vec();
        if value.len() % 2 == 1 {
            value.push(if matches!(vr, "UI" | "OB" | "UN") { 0 } else { b' ' });
        }
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr.as_bytes());
        if matches!(vr, "OB" | "OW" | "SQ" | "UN" | "UT") {
            self.0.extend([0, 0]);
            self.0.extend((value.len() as u32).to_le_bytes());
        } else {
            self.0.extend((value.len() as u16).to_le_bytes());
        }
        self.0.extend(value);
        self
    }

    /// A text.
    pub(crate) fn text(&mut self, tag: (u16, u16), vr: &str, value: &str) -> &mut Self {
        self.put(tag, vr, value.as_bytes())
    }

    /// A 16-bit number.
    pub(crate) fn short(&mut self, tag: (u16, u16), value: u16) -> &mut Self {
        self.put(tag, "US", &value.to_le_bytes())
    }

    /// A 32-bit number.
    pub(crate) fn long(&mut self, tag: (u16, u16), value: u32) -> &mut Self {
        self.put(tag, "UL", &value.to_le_bytes())
    }
}

/// Preamble, prefix, meta group, data set.
pub(crate) fn part10(sop_class: &str, sop_instance: &str, data_set: &[u8]) -> Vec<u8> {
    let mut meta = Writer::default();
    meta.put((2, 1), "OB", &[0, 1])
        .text((2, 2), "UI", sop_class)
        .text((2, 3), "UI", sop_instance)
        .text((2, 0x10), "UI", EXPLICIT_LITTLE)
        .text((2, 0x12), "UI", UID_ROOT);
    let mut length = Writer::default();
    length.long((2, 0), meta.0.len() as u32);
    [&[0; 128][..], b"DICM", &length.0, &meta.0, data_set].concat()
}

/// UID of a slice, from 1.
pub(crate) fn slice_uid(number: u32) -> String {
    format!("{UID_ROOT}.3.{number}")
}

/// One slice of 16 by 16 pixels, 5 mm behind the one before; its pixels depend on its number.
pub(crate) fn ct_slice(child: &Child, number: u32) -> Vec<u8> {
    let mut set = Writer::default();
    set.text((8, 5), "CS", "ISO_IR 192")
        .text((8, 8), "CS", "ORIGINAL\\PRIMARY\\AXIAL")
        .text((8, 0x16), "UI", CT_CLASS)
        .text((8, 0x18), "UI", &slice_uid(number))
        .text((8, 0x20), "DA", "20260105")
        .text((8, 0x50), "SH", "ACC-77")
        .text((8, 0x60), "CS", "CT")
        .text((8, 0x1030), "LO", "CT abdomen")
        .text((8, 0x103E), "LO", "Axial 5 mm")
        .text((0x10, 0x10), "PN", child.name)
        .text((0x10, 0x20), "LO", child.id)
        .text((0x10, 0x21), "LO", child.issuer)
        .text((0x10, 0x30), "DA", child.birth_date)
        .text((0x10, 0x40), "CS", child.sex)
        .text((0x18, 0x15), "CS", "ABDOMEN")
        .text((0x18, 0x50), "DS", "5")
        .text((0x20, 0xD), "UI", &format!("{UID_ROOT}.1"))
        .text((0x20, 0xE), "UI", &format!("{UID_ROOT}.2"))
        .text((0x20, 0x11), "IS", "2")
        .text((0x20, 0x13), "IS", &number.to_string())
        .text((0x20, 0x32), "DS", &format!("-40\\-40\\{}", i64::from(number) * 5))
        .text((0x20, 0x37), "DS", "1\\0\\0\\0\\1\\0")
        .short((0x28, 2), 1)
        .text((0x28, 4), "CS", "MONOCHROME2")
        .short((0x28, 0x10), 16)
        .short((0x28, 0x11), 16)
        .text((0x28, 0x30), "DS", "5\\5")
        .short((0x28, 0x100), 16)
        .short((0x28, 0x101), 12)
        .short((0x28, 0x102), 11)
        .short((0x28, 0x103), 0);
    let pixels: Vec<u8> =
        (0..256_u32).flat_map(|pixel| (((pixel * (number + 3)) % 4096) as u16).to_le_bytes()).collect();
    set.put((0x7FE0, 0x10), "OW", &pixels);
    part10(CT_CLASS, &slice_uid(number), &set.0)
}

/// File IDs and bytes of a series.
pub(crate) fn ct_series(child: &Child, slices: u32) -> Vec<(String, Vec<u8>)> {
    (1..=slices).map(|number| (format!("DICOM/CT{number:06}"), ct_slice(child, number))).collect()
}

/// The directory of that series: a patient, a study, a series and its images.
pub(crate) fn dicomdir(child: &Child, slices: u32) -> Vec<u8> {
    let file_ids: Vec<String> = (1..=slices).map(|number| format!("DICOM\\CT{number:06}")).collect();
    directory_of(child, &file_ids)
}

/// A directory whose image records reference these File IDs, as they are.
pub(crate) fn directory_of(child: &Child, file_ids: &[String]) -> Vec<u8> {
    let lay_out = |offsets: &[u32]| {
        let at = |index: usize| offsets.get(index).copied().unwrap_or(0);
        let mut records = vec![
            record(0, at(1), "PATIENT", |set| {
                set.text((0x10, 0x10), "PN", child.name).text((0x10, 0x20), "LO", child.id);
                set.text((0x10, 0x30), "DA", child.birth_date).text((0x10, 0x40), "CS", child.sex);
            }),
            record(0, at(2), "STUDY", |set| {
                set.text((8, 0x20), "DA", "20260105").text((8, 0x30), "TM", "101500").text((8, 0x50), "SH", "ACC-77");
                set.text((8, 0x1030), "LO", "CT abdomen").text((0x20, 0xD), "UI", &format!("{UID_ROOT}.1"));
                set.text((0x20, 0x10), "SH", "1");
            }),
            record(0, at(3), "SERIES", |set| {
                set.text((8, 0x60), "CS", "CT").text((0x20, 0xE), "UI", &format!("{UID_ROOT}.2"));
                set.text((0x20, 0x11), "IS", "2");
            }),
        ];
        for (index, file_id) in file_ids.iter().enumerate() {
            let next = if index + 1 < file_ids.len() { at(index + 4) } else { 0 };
            records.push(image_record(next, file_id, index as u32 + 1));
        }
        records
    };
    let head_bytes = directory_file(0, 0, &[]).len() as u32;
    let mut offsets = Vec::new();
    let mut next = head_bytes;
    for record in lay_out(&[]) {
        offsets.push(next);
        next += record.len() as u32;
    }
    directory_file(offsets[0], offsets[0], &lay_out(&offsets).concat())
}

fn image_record(next: u32, file_id: &str, number: u32) -> Vec<u8> {
    let mut set = Writer::default();
    set.long((4, 0x1400), next).short((4, 0x1410), 0xFFFF).long((4, 0x1420), 0).text((4, 0x1430), "CS", "IMAGE");
    set.text((4, 0x1500), "CS", file_id)
        .text((4, 0x1510), "UI", CT_CLASS)
        .text((4, 0x1511), "UI", &slice_uid(number))
        .text((4, 0x1512), "UI", EXPLICIT_LITTLE)
        .text((0x20, 0x13), "IS", &number.to_string());
    item(&set.0)
}

fn record(next: u32, lower: u32, kind: &str, keys: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut set = Writer::default();
    set.long((4, 0x1400), next).short((4, 0x1410), 0xFFFF).long((4, 0x1420), lower).text((4, 0x1430), "CS", kind);
    set.text((8, 5), "CS", "ISO_IR 192");
    keys(&mut set);
    item(&set.0)
}

fn item(set: &[u8]) -> Vec<u8> {
    [&[0xFE, 0xFF, 0x00, 0xE0][..], &(set.len() as u32).to_le_bytes(), set].concat()
}

fn directory_file(first: u32, last: u32, records: &[u8]) -> Vec<u8> {
    let mut set = Writer::default();
    set.text((4, 0x1130), "CS", "CASEGATE").long((4, 0x1200), first).long((4, 0x1202), last).short((4, 0x1212), 0).put(
        (4, 0x1220),
        "SQ",
        records,
    );
    part10(DIRECTORY_CLASS, &format!("{UID_ROOT}.9"), &set.0)
}
