//! Cells of a workbook (ECMA-376 Part 1, 18), read one after the other; a sheet's claimed dimensions are never
//! believed, since a table of all of them would not fit any memory.

use crate::{domain::limits::Limits, kinds::Source};
use calamine::{DataRef, Reader, Xlsx};

/// Cells of a workbook that are read.
const CELLS_MAX: usize = 2_000_000;

/// Columns of a row that are kept in their places.
const COLUMNS_MAX: u32 = 512;

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Rows that have cells, in order.
    pub(super) rows: Vec<Vec<String>>,
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
        let mut sheet = Sheet { name: name.clone(), rows: Vec::new() };
        fault = fault.or(fill(&mut book, &mut sheet, &mut room));
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
            sheet.rows.push(Vec::new());
        }
        if let Some(values) = sheet.rows.last_mut() {
            if values.len() <= column as usize {
                values.resize(column as usize + 1, String::new());
            }
            values[column as usize] = written;
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
