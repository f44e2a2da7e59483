//! Writes a PDF of one page with plain lines of text in a standard font (ISO 32000-1, 7.5 and 9.4), or of pages that are
//! pictures (8.9), as scanners make them.

/// A page with these lines, compressed by nobody.
pub(crate) fn page(lines: &[&str]) -> Vec<u8> {
    let text: String = lines.iter().map(|line| format!("({line}) Tj 0 -16 Td\n")).collect();
    let content = format!("BT /F1 12 Tf 72 720 Td\n{text}ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    assemble(&objects.map(String::into_bytes))
}

/// Objects, numbered from 1, the first being the catalog, as a file.
fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (number, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n", number + 1).into_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.extend(
        format!("xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    file
}

/// A picture in grey: width, height and its pixels.
pub(crate) struct Grey {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

/// A page that is a picture.
pub(crate) struct Sheet<'a> {
    /// The picture; where `coding` says how it is coded, its pixels are that code.
    pub(crate) picture: &'a Grey,
    /// Name of a filter (ISO 32000-1, 7.4).
    pub(crate) coding: Option<&'static str>,
    /// A line of text over it.
    pub(crate) stamp: &'a str,
}

/// A document whose pages are these pictures and nothing else, as a scanner makes it: an inch for every `dpi` pixels.
pub(crate) fn scan(pages: &[Grey], dpi: u32) -> Vec<u8> {
    let sheets: Vec<Sheet<'_>> = pages.iter().map(|picture| Sheet { picture, coding: None, stamp: "" }).collect();
    sheets_of(&sheets, dpi)
}

/// The same of pages that may be coded, rightly or wrongly, and stamped.
pub(crate) fn sheets_of(pages: &[Sheet<'_>], dpi: u32) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 3 + page * 3)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()).into_bytes(),
    ];
    for (at, sheet) in pages.iter().enumerate() {
        let page = sheet.picture;
        let (content, picture) = (4 + at * 3, 5 + at * 3);
        let (width, height) = (page.width * 72 / dpi, page.height * 72 / dpi);
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {content} 0 R \
                 /Resources << /XObject << /Im {picture} 0 R >> /Font << /F1 << /Type /Font /Subtype /Type1 \
                 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>"
            )
            .into_bytes(),
        );
        let stamp = match sheet.stamp {
            "" => String::new(),
            stamp => format!(" BT /F1 8 Tf 20 20 Td ({stamp}) Tj ET"),
        };
        let draw = format!("q {width} 0 0 {height} 0 0 cm /Im Do Q{stamp}");
        let coding = sheet.coding.map(|filter| format!("/Filter /{filter} ")).unwrap_or_default();
        objects.push(format!("<< /Length {} >>\nstream\n{draw}\nendstream", draw.len()).into_bytes());
        let mut image = format!(
            "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceGray /BitsPerComponent 8 \
             {coding}/Length {} >>\nstream\n",
            page.width,
            page.height,
            page.pixels.len()
        )
        .into_bytes();
        image.extend_from_slice(&page.pixels);
        image.extend_from_slice(b"\nendstream");
        objects.push(image);
    }
    assemble(&objects)
}
