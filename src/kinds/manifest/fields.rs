//! The fields of a slide manifest and the words they go by.

/// A canonical field and how it is headed, normalised: small letters and digits only.
struct Field {
    name: &'static str,
    aliases: &'static [&'static str],
    weight: Weight,
}

/// What a column says about the table it stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    /// Only a list of slides or files has it.
    Telling,
    /// Others have it too.
    Common,
}

/// The field that a checksum column belongs to, until its values are seen.
pub(super) const CHECKSUM: &str = "checksum";

/// The family name of a patient whose given name stands in a column of its own, until both are put together.
pub(super) const FAMILY_NAME: &str = "family_name";

/// Its other half.
pub(super) const GIVEN_NAME: &str = "given_name";

const FIELDS: &[Field] = &[
    common(
        "accession_number",
        &[
            "accessionnumber",
            "accession",
            "accessionno",
            "accessionid",
            "caseid",
            "casenumber",
            "caseno",
            "case",
            "surgicalnumber",
            "surgicalno",
            "surgicalpathologynumber",
            "specimennumber",
            "specimenid",
            "pathologynumber",
            "pathno",
            "pathnumber",
            "reportnumber",
            "labnumber",
            "labno",
            "snumber",
            "fallnummer",
        ],
    ),
    common(
        "patient_id",
        &[
            "patientid",
            "patient",
            "mrn",
            "medicalrecordnumber",
            "medicalrecordno",
            "patientnumber",
            "patientno",
            "patientidentifier",
            "subjectid",
            "subject",
            "participantid",
            "hospitalnumber",
            "casesubmitterid",
            "pid",
        ],
    ),
    common(
        "patient_name",
        &[
            "patientname",
            "patientfullname",
            "nameofpatient",
            "childname",
            "nameofchild",
            "subjectname",
            "patientenname",
        ],
    ),
    common(
        FAMILY_NAME,
        &[
            "lastname",
            "surname",
            "familyname",
            "patientlastname",
            "patientsurname",
            "patientfamilyname",
            "lastnameofpatient",
            "nachname",
            "familienname",
        ],
    ),
    common(
        GIVEN_NAME,
        &[
            "firstname",
            "givenname",
            "forename",
            "patientfirstname",
            "patientgivenname",
            "patientforename",
            "firstnameofpatient",
            "vorname",
        ],
    ),
    common(
        "birth_date",
        &["birthdate", "dateofbirth", "dob", "patientbirthdate", "patientdob", "patientdateofbirth", "geburtsdatum"],
    ),
    common("part_id", &["partid", "part", "partlabel", "partdesignation", "partnumber", "specimenpart", "jar"]),
    telling(
        "block_id",
        &["blockid", "block", "blocklabel", "blocknumber", "blockno", "cassette", "cassetteid", "paraffinblock"],
    ),
    telling(
        "slide_id",
        &[
            "slideid",
            "slide",
            "slidename",
            "slidenumber",
            "slideno",
            "slidelabel",
            "slideidentifier",
            "imageid",
            "wsiid",
            "slides",
            "glassslideid",
            "slidesubmitterid",
            "scanid",
        ],
    ),
    telling("barcode", &["barcode", "slidebarcode", "barcodeid", "barcodevalue", "slidebarcodeid"]),
    common("level", &["level", "levelnumber", "section", "sectionnumber", "cut", "slidelevel"]),
    telling("stain", &["stain", "staining", "stainname", "staintype", "antibody", "stainorantibody", "stainprotocol"]),
    common(
        "specimen_type",
        &[
            "specimentype",
            "specimen",
            "tissue",
            "tissuetype",
            "sampletype",
            "organ",
            "anatomicsite",
            "site",
            "specimendescription",
            "tissuesite",
            "bodysite",
        ],
    ),
    telling(
        "magnification",
        &["magnification", "mag", "appmag", "objective", "objectivepower", "scanmagnification", "power"],
    ),
    telling(
        "mpp_x",
        &[
            "mppx",
            "mpp",
            "micronsperpixel",
            "micronsperpixelx",
            "pixelsizex",
            "pixelsize",
            "resolution",
            "micrometersperpixel",
            "umperpixel",
        ],
    ),
    telling("mpp_y", &["mppy", "micronsperpixely", "pixelsizey"]),
    common("width_px", &["widthpx", "width", "imagewidth", "pixelwidth", "widthpixels", "sizex"]),
    common("height_px", &["heightpx", "height", "imageheight", "pixelheight", "heightpixels", "sizey"]),
    telling("scanner_vendor", &["scannervendor", "scanner", "scannermanufacturer", "scannermake"]),
    telling("scanner_model", &["scannermodel", "scannertype", "scannername"]),
    common(
        "scan_date",
        &[
            "scandate",
            "scanneddate",
            "dateofscan",
            "scantime",
            "dateofscanning",
            "scanneddatetime",
            "scandatetime",
            "digitizeddate",
        ],
    ),
    telling(
        "file_name",
        &[
            "filename",
            "file",
            "path",
            "filepath",
            "imagepath",
            "image",
            "imagefile",
            "imagefilename",
            "imagename",
            "slidefile",
            "slidepath",
            "slidefilename",
            "wsifile",
            "wsi",
            "wsipath",
            "relativepath",
            "originalfilename",
            "dateiname",
            "nomdufichier",
            "nombredelarchivo",
            "nombredearchivo",
            "nomedelfile",
            "nomedoarquivo",
            "bestandsnaam",
            "files",
            "location",
            "url",
            "svsfile",
            "slideimage",
        ],
    ),
    common(
        "file_size",
        &["filesize", "size", "bytes", "sizebytes", "filesizebytes", "sizeinbytes", "filesizeinbytes", "length"],
    ),
    telling("md5", &["md5", "md5sum", "md5checksum", "md5hash", "filemd5", "filemd5sum"]),
    telling("sha1", &["sha1", "sha1sum", "sha1hash"]),
    telling("sha256", &["sha256", "sha256sum", "sha256checksum", "sha256hash", "filesha256"]),
    telling(CHECKSUM, &["checksum", "hash", "hashvalue", "filehash", "filechecksum", "digest"]),
    common("comments", &["comments", "comment", "notes", "note", "remarks", "remark", "description"]),
];

const fn telling(name: &'static str, aliases: &'static [&'static str]) -> Field {
    Field { name, aliases, weight: Weight::Telling }
}

const fn common(name: &'static str, aliases: &'static [&'static str]) -> Field {
    Field { name, aliases, weight: Weight::Common }
}

/// The canonical field of a column heading.
pub(super) fn field_of(heading: &str) -> Option<(&'static str, Weight)> {
    let heading = normalised(heading);
    let found = FIELDS.iter().find(|field| field.aliases.contains(&heading.as_str()))?;
    Some((found.name, found.weight))
}

/// Could a table with these columns be a list of slides? Two known fields at least, one of which is about a slide
/// or file. A lone `id` beside them is the slide's.
pub(super) fn is_manifest<'a>(headings: impl Iterator<Item = &'a str>) -> bool {
    let mut names: Vec<&str> = Vec::new();
    let mut telling = 0;
    for (name, weight) in headings.filter_map(field_of) {
        if !names.contains(&name) {
            names.push(name);
            telling += usize::from(weight == Weight::Telling);
        }
    }
    // `path` or `resolution` alone beside common columns make no slide list: something must name slide, file or hash.
    let anchored =
        ["slide_id", "barcode", "file_name", "md5", "sha1", "sha256", CHECKSUM].iter().any(|n| names.contains(n));
    names.len() >= 2 && anchored && (telling >= 2 || names.contains(&"slide_id") || names.contains(&"barcode"))
}

/// Small letters and digits of a heading; what stands in brackets is a unit. `µ` reads as `u`.
pub(super) fn normalised(heading: &str) -> String {
    let bare = heading.split(['(', '[']).next().unwrap_or("");
    let bare = if bare.trim().is_empty() { heading } else { bare };
    bare.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if matches!(c, 'µ' | 'μ') { 'u' } else { c })
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The field of a checksum by its length in hexadecimal digits.
pub(super) fn checksum_field(value: &str) -> Option<&'static str> {
    if !value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match value.len() {
        32 => Some("md5"),
        40 => Some("sha1"),
        64 => Some("sha256"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headings: &str, expected: bool) {
        assert_eq!(is_manifest(headings.split(',')), expected, "{headings}");
    }

    /// Proves that headings are known in the spellings in use, and that no alias names two fields.
    #[test]
    fn headings_are_known() {
        for (heading, field) in [
            ("Slide ID", "slide_id"),
            ("\u{FEFF}MRN", "patient_id"),
            ("Surgical Number", "accession_number"),
            ("File-Name", "file_name"),
            ("Size (bytes)", "file_size"),
            ("SHA-256", "sha256"),
            ("Objective", "magnification"),
        ] {
            assert_eq!(field_of(heading).map(|(name, _)| name), Some(field), "{heading}");
        }
        let mut aliases: Vec<_> = FIELDS.iter().flat_map(|field| field.aliases).collect();
        aliases.sort_unstable();
        assert!(aliases.windows(2).all(|pair| pair[0] != pair[1]));
    }

    /// Proves that lists of slides are told from other tables of a hospital.
    #[test]
    fn manifests_are_told_from_tables() {
        check("slide_id,case_id,stain", true);
        check("id,filename,md5,size,state", true);
        check("Image Path,Stain,Block", true);
        check("Patient,Date of birth,Test,Result", false);
        check("Date,Size,Weight,Comments", false);
        check("name,size", false);
        check("slide_id", false);
        check("file,description", false);
    }
}
