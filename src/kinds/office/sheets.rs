//! Cells of a workbook (ECMA-376 Part 1, 18), read one after the other; a sheet's claimed dimensions are never
//! believed, since a table of all of them would not fit any memory.

use crate::{
    domain::limits::Limits,
    kinds::{Source, manifest::Row},
};
use calamine::{DataRef, Dimensions, Reader, Xlsx};

/// Cells of a workbook that are read.
const CELLS_MAX: usize = 2_000_000;

/// Columns of a row that are kept in their places.
const COLUMNS_MAX: u32 = 512;

/// Merged cells of a sheet that are looked at.
const MERGED_MAX: usize = 10_000;

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Rows that have cells, in order.
    pub(super) rows: Vec<Row>,
    /// Their numbers in the sheet, from 0.
    numbers: Vec<u32>,
}

/// The sheets of a workbook, and what kept the rest from being read.
pub(super) fn sheets(source: &mut dyn Source, limits: &Limits) -> (Vec<Sheet>, Option<String>) {
    let mut book = match Xlsx::new(source) {
        Ok(book) => book,
        Err(error) => return (Vec::new(), Some(error.to_string())),
    };
    let (mut sheets, mut fault) = (Vec::new(), None);
    let mut room = Room { cells: CELLS_MAX, bytes: limits.document_text_bytes_max };
    for name in book.sheet_names().into_iter().take(limits.document_pages_max as usize) {
        let mut sheet = Sheet { name: name.clone(), ..Sheet::default() };
        fault = fault.or(fill(&mut book, &mut sheet, &mut room));
        // A sheet whose merged cells cannot be read is read without them.
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut rows_left = CELLS_MAX;
        merged.iter().take(MERGED_MAX).for_each(|region| merge(&mut sheet, region, &mut rows_left));
        sheets.push(sheet);
    }
    (sheets, fault)
}

struct Room {
    cells: usize,
    bytes: u64,
}

fn fill(book: &mut Xlsx<&mut dyn Source>, sheet: &mut Sheet, room: &mut Room) -> Option<String> {
    let mut cells = match book.worksheet_cells_reader(&sheet.name) {
        Ok(cells) => cells,
        // Sheets of charts have no cells.
        Err(calamine::XlsxError::NotAWorksheet(_) | calamine::XlsxError::WorksheetNotFound(_)) => return None,
        Err(error) => return Some(error.to_string()),
    };
    let mut row_number = None;
    loop {
        let cell = match cells.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => return None,
            Err(error) => return Some(error.to_string()),
        };
        let written = written(cell.get_value());
        let (row, column) = cell.get_position();
        if written.is_empty() || column >= COLUMNS_MAX {
            continue;
        }
        if room.cells == 0 || room.bytes < written.len() as u64 {
            return Some(format!("more than {CELLS_MAX} cells or too much text"));
        }
        room.cells -= 1;
        room.bytes -= written.len() as u64;
        if row_number != Some(row) {
            row_number = Some(row);
            sheet.rows.push(Row::default());
            sheet.numbers.push(row);
        }
        if let Some(Row { values, .. }) = sheet.rows.last_mut() {
            if values.len() <= column as usize {
                values.resize(column as usize + 1, String::new());
            }
            values[column as usize] = written;
        }
    }
}

/// Merged cells show one value: it counts in each row, and stands once in a row however wide it is.
fn merge(sheet: &mut Sheet, region: &Dimensions, rows_left: &mut usize) {
    let ((top, left), (bottom, right)) = (region.start, region.end);
    if left >= COLUMNS_MAX || right < left || bottom < top {
        return;
    }
    let (left, right) = (left as usize, right.min(COLUMNS_MAX) as usize);
    let first = sheet.numbers.partition_point(|number| *number < top);
    let end = sheet.numbers.partition_point(|number| *number <= bottom);
    // Regions that lie over one another would touch the same rows again and again.
    *rows_left = rows_left.saturating_sub(end - first);
    let Some(shown) = sheet.rows.get(first).filter(|_| *rows_left > 0 && sheet.numbers[first] == top) else { return };
    let shown = shown.values.get(left).cloned().unwrap_or_default();
    for row in &mut sheet.rows[first..end] {
        if row.values.len() <= left {
            row.values.resize(left + 1, String::new());
        }
        row.values[left].clone_from(&shown);
        if right > left {
            row.spans.push((left, right));
        }
    }
}

fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            match (hour, minute) {
                (0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
            }
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
    }
}
