//! Sheets to a table: what a laboratory's export puts around its list. Titles above the header, a header on two lines,
//! cells merged over several rows, headings between rows, totals and notes below.
//!
//! Hidden rows and columns are read like others: they are in the file, whoever opens it can show them, and what they
//! name may belong to somebody else.

use super::{
    fields,
    table::{COLUMNS_MAX, Table, take_row},
};

/// Rows before the header that a laboratory's export may have: an address, a title, filters, blanks.
const HEADER_WITHIN_ROWS: usize = 30;

/// Cells that a row of totals has: the word and one or two sums.
const TOTALS_CELLS_MAX: usize = 3;

/// How a row of totals begins, in small letters.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "grand total",
    "sum",
    "count",
    "number of slides",
    "no. of slides",
    "gesamt",
    "summe",
    "anzahl",
    "totale",
    "totaal",
    "suma",
    "razem",
    "toplam",
    "somme",
    "итого",
    "всего",
    "合计",
    "总计",
    "合計",
    "합계",
];

/// A row of a sheet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// Cells as shown; those merged over several rows hold their value in each.
    pub values: Vec<String>,
    /// First and last column of cells that are merged across.
    pub spans: Vec<(usize, usize)>,
}

/// The list that a sheet holds; `None` if no row near the top is the header of a manifest.
pub(super) fn table(rows: &[Row], rows_max: u64) -> Option<Table> {
    let (header, first) = header(rows)?;
    let mut table = Table::default();
    let columns = header.len();
    let listed = rows[first..].iter().enumerate().filter(|(_, row)| !is_heading(row, &header));
    let listed: Vec<(usize, &Row)> = listed.collect();
    take_row(&mut table, 0, header, rows_max);
    for (index, row) in listed {
        let mut values: Vec<String> =
            row.values.iter().take(COLUMNS_MAX).map(|value| value.trim().to_owned()).collect();
        // Sheets leave out empty cells at the end of a row.
        values.resize(values.len().max(columns), String::new());
        if !take_row(&mut table, index + 1, values, rows_max) {
            break;
        }
    }
    while table.rows.last().is_some_and(|(_, values)| is_footer(values)) {
        table.rows.pop();
    }
    Some(table)
}

/// The header, and the row behind it.
fn header(rows: &[Row]) -> Option<(Vec<String>, usize)> {
    let near = &rows[..rows.len().min(HEADER_WITHIN_ROWS)];
    near.iter().enumerate().find_map(|(at, row)| {
        let trimmed = || row.values.iter().take(COLUMNS_MAX).map(|value| value.trim().to_owned()).collect::<Vec<_>>();
        let below = near.get(at + 1).filter(|_| !row.spans.is_empty());
        let both = below.map(|below| joined(row, below));
        let alone = fields::is_manifest(row.values.iter().map(String::as_str));
        let below_alone = below.is_some_and(|below| fields::is_manifest(below.values.iter().map(String::as_str)));
        match both {
            // A title merged across stands above a header that is whole without it.
            Some(_) if below_alone && !alone => None,
            Some(both) if fields::is_manifest(both.iter().map(String::as_str)) && is_grouped(row) => {
                Some((both, at + 2))
            }
            _ => alone.then(|| (trimmed(), at + 1)),
        }
    })
}

/// Does a row head groups of columns? A title is one group.
fn is_grouped(row: &Row) -> bool {
    row.values.iter().filter(|value| !value.trim().is_empty()).count() > 1
}

/// A header of two lines in one: under `File`, `Name` is `File Name`.
fn joined(above: &Row, below: &Row) -> Vec<String> {
    let columns = above.values.len().max(below.values.len()).min(COLUMNS_MAX);
    let name = |column: usize| {
        let span = above.spans.iter().find(|(first, last)| (*first..=*last).contains(&column));
        let group = above.values.get(span.map_or(column, |(first, _)| *first)).map_or("", |value| value.trim());
        let own = below.values.get(column).map_or("", |value| value.trim());
        if own.is_empty() || own == group {
            return group.to_owned();
        }
        let long = format!("{group} {own}");
        if fields::field_of(&long).is_none() && fields::field_of(own).is_some() {
            own.to_owned()
        } else {
            long.trim().to_owned()
        }
    };
    (0..columns).map(name).collect()
}

/// Is it a heading between rows: merged across most of the table, or the header once more on a new page?
fn is_heading(row: &Row, header: &[String]) -> bool {
    let wide = header.len().div_ceil(2).max(3);
    let merged = row.spans.iter().any(|(first, last)| last - first + 1 >= wide);
    let mut filled = row.values.iter().zip(header).filter(|(value, _)| !value.trim().is_empty()).peekable();
    let repeated = filled.peek().is_some() && filled.all(|(value, heading)| value.trim() == heading);
    merged || repeated
}

/// Is the last row no row of the list: a total, or a note in one cell?
fn is_footer(values: &[String]) -> bool {
    let mut filled = values.iter().filter(|value| !value.is_empty());
    let (Some(first), others) = (filled.next(), filled.count()) else { return true };
    let text = first.to_lowercase();
    let is_total = TOTALS.iter().any(|word| {
        text.strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_')))
    });
    if is_total {
        return others < TOTALS_CELLS_MAX;
    }
    let mut words = first.split_whitespace();
    let opening = words.next().unwrap_or_default();
    let prose = words.next().is_some_and(|word| word.chars().any(char::is_alphabetic));
    // `S15 2041` is an identifier, `Printed 2024-03-05` and `5 slides` are not.
    let opens = !opening.chars().any(|c| c.is_ascii_digit()) && opening.chars().count() > 1;
    others == 0 && values.len() > 2 && first.contains(char::is_whitespace) && (prose || opens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &str) -> Row {
        Row { values: cells.split('|').map(str::to_owned).collect(), spans: Vec::new() }
    }

    fn across(cells: &str, span: (usize, usize)) -> Row {
        Row { spans: vec![span], ..row(cells) }
    }

    fn numbers(table: &Table) -> Vec<u32> {
        table.rows.iter().map(|(number, _)| *number).collect()
    }

    /// Proves that titles, headings between rows, a repeated header, totals and notes are no rows of the list.
    #[test]
    fn exports_are_read_without_their_frame() {
        let rows = [
            across("Department of Pathology||||", (0, 4)),
            row("Printed 2024-03-05"),
            row("Slide ID|Stain|Block|File|Size"),
            across("Case 1||||", (0, 4)),
            row("S1|HE|A1|a.svs|10"),
            row("Slide ID|Stain|Block|File|Size"),
            row("S2|HE|A2||"),
            row("Total: 2|||10|"),
            row("Prepared by J. Roe"),
        ];
        let table = table(&rows, 100).unwrap();
        assert_eq!(table.header.len(), 5);
        assert_eq!((numbers(&table), table.flaws.as_slice()), (vec![2, 4], [].as_slice()));
    }

    /// Proves that a header on two lines is one, by groups that are merged across.
    #[test]
    fn headers_on_two_lines() {
        let rows = [across("Slide ID|File||Stain", (1, 2)), row("Slide ID|Name|Size|Stain"), row("S1|a.svs|10|HE")];
        let table = table(&rows, 100).unwrap();
        assert_eq!(table.header, ["Slide ID", "File Name", "File Size", "Stain"]);
        assert_eq!(numbers(&table), [1]);
    }

    /// Proves that identifiers at the end of a list are not taken for notes, and that lists of one cell stay.
    #[test]
    fn identifiers_are_no_notes() {
        let last =
            |cells: &str| table(&[row("Slide ID|File|Stain"), row("S1|a.svs|HE"), row(cells)], 9).unwrap().rows.len();
        assert_eq!(last("S15 2041||"), 2);
        assert_eq!(last("Total-7|b.svs|HE"), 2);
        assert_eq!(last("SUMMIT-2||"), 2);
        assert_eq!(last("||"), 1);
        assert_eq!(last("2 slides||"), 1);
        assert_eq!(last("Totals|2|"), 1);
        assert_eq!(last("End of list||"), 1);
    }

    /// Proves that a sheet of other things is no list of slides.
    #[test]
    fn other_sheets() {
        assert_eq!(table(&[row("Patient|Test|Result"), row("x|y|z")], 9), None);
        assert_eq!(table(&[], 9), None);
    }
}
