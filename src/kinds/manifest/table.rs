//! Separated values to a table: which separator, which line is the header, which rows do not fit.

use super::fields;

/// Lines before the header that a laboratory's export may have: a title, a date, a blank.
const HEADER_WITHIN_LINES: usize = 10;

/// Columns of a table.
pub(super) const COLUMNS_MAX: usize = 64;

/// A table as read, with what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Table {
    pub(super) header: Vec<String>,
    /// Rows behind the header, blank ones left out, each with its number.
    pub(super) rows: Vec<(u32, Vec<String>)>,
    /// In words, each once.
    pub(super) flaws: Vec<String>,
}

/// Reads separated values; `None` if no line near the top is the header of a manifest.
pub(super) fn separated(text: &str, rows_max: u64) -> Option<Table> {
    let (skipped, separator) = header_line(text)?;
    let body: &str = lines_from(text, skipped);
    let unclosed = body.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    let mut reader = csv::ReaderBuilder::new();
    // With a quote left open everything behind it would be one value: then each line is taken for itself.
    reader.delimiter(separator).has_headers(false).flexible(true).quoting(!unclosed);
    let mut reader = reader.from_reader(body.as_bytes());
    let mut table = Table::default();
    if unclosed {
        table.flaws.push("a quotation mark is never closed".to_owned());
    }
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            table.flaws.push(format!("row {index} cannot be read"));
            continue;
        };
        let values: Vec<String> = record.iter().take(COLUMNS_MAX).map(|value| value.trim().to_owned()).collect();
        if !take_row(&mut table, index, values, rows_max) {
            break;
        }
    }
    Some(table)
}

/// Takes one row, the first being the header; false when there are enough.
pub(super) fn take_row(table: &mut Table, index: usize, values: Vec<String>, rows_max: u64) -> bool {
    if index == 0 {
        table.header = values;
        return true;
    }
    if table.rows.len() as u64 >= rows_max {
        table.flaws.push(format!("only the first {rows_max} rows are read"));
        return false;
    }
    if values.iter().all(String::is_empty) {
        return true;
    }
    // A separator at the end of each line is common and harms nothing.
    let filled = values.iter().rposition(|value| !value.is_empty()).map_or(0, |last| last + 1);
    if filled > table.header.len() || values.len() < table.header.len() {
        table.flaws.push(format!("row {index} has {} values for {} columns", values.len(), table.header.len()));
    }
    let mut values = values;
    values.truncate(table.header.len());
    table.rows.push((u32::try_from(index).unwrap_or(u32::MAX), values));
    true
}

/// How many lines stand before the header, and its separator.
fn header_line(text: &str) -> Option<(usize, u8)> {
    text.lines().take(HEADER_WITHIN_LINES).enumerate().find_map(|(index, line)| {
        if line.len() > 16 * 1024 {
            return None;
        }
        let separators = [b',', b';', b'\t', b'|'];
        let fits = |separator: &u8| {
            let headings = line.split(char::from(*separator)).map(|value| value.trim().trim_matches('"'));
            fields::is_manifest(headings)
        };
        separators.into_iter().find(fits).map(|separator| (index, separator))
    })
}

fn lines_from(text: &str, skipped: usize) -> &str {
    (0..skipped).fold(text, |rest, _| rest.split_once('\n').map_or("", |(_, rest)| rest))
}

/// Lines of `md5sum`, `sha1sum`, `sha256sum` (GNU coreutils: hash, blank, blank or `*`, name): all lines, or it is
/// not that format.
pub(super) fn checksums(text: &str, rows_max: u64) -> Option<Table> {
    let mut table = Table { header: vec![fields::CHECKSUM.to_owned(), "file".to_owned()], ..Table::default() };
    let mut strays = 0;
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let pair = line.trim_start_matches('\\').split_once([' ', '\t']);
        let named = pair.filter(|(hash, name)| fields::checksum_field(hash).is_some() && !name.trim().is_empty());
        let Some((hash, name)) = named else {
            strays += 1;
            continue;
        };
        if table.rows.len() as u64 >= rows_max {
            table.flaws.push(format!("only the first {rows_max} rows are read"));
            break;
        }
        let name = name.trim_start().trim_start_matches('*').trim_end_matches('\r');
        let row = u32::try_from(index + 1).unwrap_or(u32::MAX);
        table.rows.push((row, vec![hash.to_owned(), name.to_owned()]));
    }
    if strays > 0 {
        table.flaws.push(format!("{strays} lines are no hash and name"));
    }
    (table.rows.len() > strays * 4).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that the separator and a header below a title are found, and values keep their quotes' content.
    #[test]
    fn separators_and_titles() {
        for separator in [",", ";", "\t", "|"] {
            let text = format!("Export of 14 March\n\nslide_id{separator}stain\nA1{separator}\"H{separator}E\"\n\n");
            let table = separated(&text, 10).unwrap();
            assert_eq!(table.rows, [(1, vec!["A1".to_owned(), format!("H{separator}E")])]);
            assert_eq!(table.flaws, Vec::<String>::new());
        }
    }

    /// Proves that short rows, long rows and open quotes are named and no row is lost.
    #[test]
    fn rows_that_do_not_fit() {
        let table = separated("slide_id,stain,file\nA1,HE\n\"A2,HE,a.svs\nA3,HE,b.svs,x\nA4,HE,c.svs\n", 10).unwrap();
        assert_eq!(table.rows.len(), 4);
        assert_eq!(table.flaws.len(), 3, "{:?}", table.flaws);
    }

    /// Proves that sums in the three lengths are read, with names that hold blanks, and prose is not.
    #[test]
    fn sums() {
        let text = format!("{} *a b.svs\n{}  c.svs\n", "0".repeat(32), "F".repeat(64));
        let table = checksums(&text, 10).unwrap();
        assert_eq!(table.rows[0].1[1], "a b.svs");
        assert_eq!(table.rows[1].1[1], "c.svs");
        assert_eq!(checksums("The slides were sent by courier.\nThey are ten.\n", 10), None);
        assert_eq!(checksums("", 10), None);
    }

    /// Proves that the number of rows is bounded and that this is said.
    #[test]
    fn rows_are_bounded() {
        let text = format!("slide_id,stain\n{}", "A,B\n".repeat(50));
        let table = separated(&text, 20).unwrap();
        assert_eq!((table.rows.len(), table.flaws.len()), (20, 1));
    }
}
