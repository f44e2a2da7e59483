//! Ventana BIF: an `iScan` element in the XMP of one of the directories, and descriptions that name levels
//! (`level=0 mag=40 quality=95`), the label and a map of where tissue is likely.

use super::directory::{Directory, Tiff, tag};

/// What is said about the slide.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Scan {
    /// Index of the directory of the largest level.
    pub(super) base: Option<usize>,
    pub(super) levels: u32,
    pub(super) mpp: Option<f64>,
    pub(super) magnification: Option<f64>,
    pub(super) label: bool,
}

/// The XMP that holds the scanner's own element, wherever it is.
pub(super) fn scanner_xmp(tiff: &mut Tiff<'_>, directories: &[Directory]) -> Option<String> {
    // The first directories are label, map and base level; none of the others has it.
    directories.iter().take(4).map(|directory| tiff.text_of(directory, tag::XMP)).find(|xmp| xmp.contains("<iScan"))
}

/// Reads descriptions and XMP.
pub(super) fn scan(tiff: &mut Tiff<'_>, directories: &[Directory]) -> Scan {
    let mut scan = Scan::default();
    for (index, directory) in directories.iter().enumerate() {
        let description = tiff.text_of(directory, tag::DESCRIPTION);
        match level(&description) {
            Some((number, power)) => {
                scan.levels += 1;
                if number == 0 {
                    scan.base = Some(index);
                    scan.magnification = power;
                }
            }
            None => scan.label |= description.to_ascii_lowercase().starts_with("label"),
        }
    }
    let xmp = scanner_xmp(tiff, directories).unwrap_or_default();
    scan.mpp = attribute(&xmp, "ScanRes");
    scan.magnification = attribute(&xmp, "Magnification").or(scan.magnification);
    scan
}

/// Number and magnification of a level.
fn level(description: &str) -> Option<(u32, Option<f64>)> {
    let mut fields = description.split_whitespace().filter_map(|field| field.split_once('='));
    let number = fields.clone().find(|(name, _)| *name == "level")?.1.parse().ok()?;
    Some((number, fields.find(|(name, _)| *name == "mag").and_then(|(_, power)| power.parse().ok())))
}

/// `Name="number"` of the scanner's element, in either kind of quotation mark.
fn attribute(xmp: &str, name: &str) -> Option<f64> {
    let element = xmp.split("<iScan").nth(1)?.split('>').next()?;
    let value = element.split(&format!(" {name}=")).nth(1)?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()?.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that levels and the scanner's numbers are read, and nothing is made of other texts.
    #[test]
    fn levels_and_numbers() {
        assert_eq!(level("level=0 mag=40 quality=95"), Some((0, Some(40.0))));
        assert_eq!(level("level=x"), None);
        assert_eq!(level("Label_Image"), None);
        let xmp = "<EncodeInfo/><iScan BarCode1D=\"x\" Magnification=\"20\" ScanRes='0.465000'><AOI0/></iScan>";
        assert_eq!((attribute(xmp, "ScanRes"), attribute(xmp, "Magnification")), (Some(0.465), Some(20.0)));
        assert_eq!(attribute("<iScan ScanRes=\"0\">", "ScanRes"), None);
        assert_eq!(attribute("ScanRes=\"0.25\"", "ScanRes"), None);
    }
}
