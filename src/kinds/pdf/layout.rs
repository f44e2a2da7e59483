//! From placed glyphs to lines of text in reading order.
//!
//! A page's own drawing order is its best reading order: columns and table rows come as their author wrote them. Only
//! where it jumps about (words sorted by font, forms filled in later) the pieces are sorted by place instead. Lines
//! are rebuilt from places, for a PDF knows neither spaces nor line ends. Right-to-left text is drawn in either
//! order; it is put in the order of reading by place.

use super::glyphs::Glyph;

/// A gap of this share of an em between two glyphs is a space.
const SPACE_EM: f64 = 0.17;

/// A gap of this many ems separates cells of a table; they stay on one line.
const CELL_EM: f64 = 2.0;

/// Glyphs whose baselines differ by less than this share of an em stand on one line (superscripts apart by more do too).
const BASELINE_EM: f64 = 0.45;

/// Pieces whose baselines differ by less than this share of an em stand side by side, as a label and what was filled in do.
const BESIDE_EM: f64 = 0.6;

/// A line that starts this many ems below the one before begins a paragraph.
const PARAGRAPH_EM: f64 = 1.9;

/// A piece of text on one baseline.
struct Line {
    glyphs: Vec<Glyph>,
    across: f64,
    size: f64,
    turn: u8,
    start: f64,
    end: f64,
}

/// The text of a page: lines from top to bottom, an empty line between paragraphs. Beside it its rows by place, where its
/// own order is another: labels that were drawn first and what was filled in later (`placed`, too) stand on one line there.
pub(super) fn text(glyphs: Vec<Glyph>, placed: Vec<Glyph>) -> (String, Option<String>) {
    let mut lines = pieces(glyphs);
    if is_disordered(&lines) {
        lines.sort_by(|a, b| {
            let row = |line: &Line| (line.across / (line.size * BASELINE_EM).max(1.0)).round();
            a.turn.cmp(&b.turn).then(row(a).total_cmp(&row(b))).then(a.start.total_cmp(&b.start))
        });
        lines = joined(lines);
    }
    let text = in_order(&lines);
    if placed.is_empty() && !lines.windows(2).any(|pair| is_jump(&pair[0], &pair[1])) {
        return (text, None);
    }
    lines.extend(placed.into_iter().map(alone));
    let rows = in_order(&rows(lines));
    (text, Some(rows))
}

/// Lines of text in this order.
fn in_order(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut before: Option<&Line> = None;
    for line in lines {
        let words = words(line);
        if words.trim().is_empty() {
            continue;
        }
        if let Some(before) = before {
            let apart = line.across - before.across;
            let paragraph =
                line.turn != before.turn || apart < 0.0 || apart > PARAGRAPH_EM * line.size.max(before.size);
            text.push_str(if paragraph { "\n\n" } else { "\n" });
        }
        text.push_str(words.trim());
        before = Some(line);
    }
    text
}

/// Cuts the stream of glyphs into pieces, each on one baseline and running forward.
fn pieces(glyphs: Vec<Glyph>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for glyph in glyphs {
        match lines.last_mut() {
            Some(line) if continues(line, &glyph) => {
                line.end = line.end.max(glyph.along + glyph.advance);
                line.start = line.start.min(glyph.along);
                line.glyphs.push(glyph);
            }
            _ => lines.push(alone(glyph)),
        }
    }
    lines
}

/// A piece of one glyph.
fn alone(glyph: Glyph) -> Line {
    Line {
        across: glyph.across,
        size: glyph.size.max(0.1),
        turn: glyph.turn,
        start: glyph.along,
        end: glyph.along + glyph.advance,
        glyphs: vec![glyph],
    }
}

/// Pieces that stand side by side, put on one line each.
fn rows(mut pieces: Vec<Line>) -> Vec<Line> {
    pieces.sort_by(|a, b| a.turn.cmp(&b.turn).then(a.across.total_cmp(&b.across)));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for piece in pieces {
        let beside = |row: &Line| {
            row.turn == piece.turn && (piece.across - row.across).abs() <= BESIDE_EM * row.size.min(piece.size)
        };
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(beside) => row.push(piece),
            _ => rows.push(vec![piece]),
        }
    }
    let in_row = rows.into_iter().flat_map(|mut row| {
        row.sort_by(|a, b| a.start.total_cmp(&b.start));
        let across = row.first().map_or(0.0, |first| first.across);
        row.iter_mut().for_each(|piece| piece.across = across);
        row
    });
    joined(in_row.collect())
}

/// Does a glyph stand on a line, ahead of it or, in right-to-left text, before it?
fn continues(line: &Line, glyph: &Glyph) -> bool {
    let size = line.size.max(glyph.size);
    let level = (glyph.across - line.across).abs() <= BASELINE_EM * size;
    let ahead = glyph.along >= line.end - 0.6 * size;
    let behind = glyph.along + glyph.advance <= line.start + 0.6 * size;
    // A mark over a letter has no width and stands within the line.
    let within = glyph.advance <= 0.05 * size;
    // A number in right-to-left text runs forward, back into the room that was left for it.
    let inside = glyph.along >= line.start && glyph.along <= line.end;
    let rtl = || is_rtl(&glyph.text) || ends_rtl(line);
    glyph.turn == line.turn && level && (ahead || within || (behind || inside) && rtl())
}

fn ends_rtl(line: &Line) -> bool {
    line.glyphs.iter().rev().take(40).any(|glyph| is_rtl(&glyph.text))
}

/// Do the pieces jump up the page more often than columns do?
fn is_disordered(lines: &[Line]) -> bool {
    let jumps = lines.windows(2).filter(|pair| is_jump(&pair[0], &pair[1])).count();
    jumps >= 4 && jumps * 5 > lines.len()
}

/// Does a piece stand above the one before it, or before it on its line?
fn is_jump(a: &Line, b: &Line) -> bool {
    a.turn == b.turn && (b.across < a.across - b.size || (b.across - a.across).abs() < b.size && b.start < a.start)
}

/// Joins sorted pieces that stand on one baseline.
fn joined(lines: Vec<Line>) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for line in lines {
        match all.last_mut() {
            Some(last)
                if last.turn == line.turn
                    && (last.across - line.across).abs() <= BASELINE_EM * last.size.max(line.size)
                    && line.start >= last.end - 0.6 * last.size =>
            {
                last.end = last.end.max(line.end);
                last.glyphs.extend(line.glyphs);
            }
            _ => all.push(line),
        }
    }
    all
}

/// The text of a line, with spaces where there are gaps.
fn words(line: &Line) -> String {
    if line.glyphs.iter().any(|glyph| is_rtl(&glyph.text)) {
        return rtl_words(line);
    }
    spaced(line.glyphs.iter())
}

/// Puts spaces into gaps.
fn spaced<'a>(glyphs: impl Iterator<Item = &'a Glyph>) -> String {
    let mut text = String::new();
    let mut end: Option<f64> = None;
    for glyph in glyphs {
        if let Some(end) = end {
            let gap = (glyph.along - end) / glyph.size.max(0.1);
            let blank = text.ends_with(' ') || glyph.text.starts_with(' ');
            if gap > CELL_EM {
                text.truncate(text.trim_end().len());
                text.push_str("  ");
            } else if gap > SPACE_EM && !blank {
                text.push(' ');
            }
        }
        text.push_str(&glyph.text);
        end = Some(end.map_or(f64::MIN, |end| end).max(glyph.along + glyph.advance));
    }
    text
}

/// The text of a line with right-to-left letters: by place from the left, cut into runs of one direction; the letters
/// of a right-to-left run are read backwards, and so are the runs where most letters are right-to-left.
fn rtl_words(line: &Line) -> String {
    let mut glyphs: Vec<&Glyph> = line.glyphs.iter().collect();
    glyphs.sort_by(|a, b| a.along.total_cmp(&b.along));
    let mut runs: Vec<(bool, Vec<&Glyph>)> = Vec::new();
    for glyph in glyphs {
        let rtl = is_rtl(&glyph.text);
        let neutral = !rtl && !glyph.text.chars().any(char::is_alphanumeric);
        match runs.last_mut() {
            Some((direction, run)) if neutral || *direction == rtl => run.push(glyph),
            _ => runs.push((rtl, vec![glyph])),
        }
    }
    let right: usize = runs.iter().filter(|(rtl, _)| *rtl).map(|(_, run)| run.len()).sum();
    let backwards = right * 2 >= line.glyphs.len();
    let mut texts: Vec<String> =
        runs.iter().map(|(rtl, run)| if *rtl { reversed(run) } else { spaced(run.iter().copied()) }).collect();
    if backwards {
        texts.reverse();
    }
    let texts: Vec<&str> = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}

/// A run read from the right; gaps become spaces.
fn reversed(run: &[&Glyph]) -> String {
    let mut text = String::new();
    let mut start: Option<f64> = None;
    for glyph in run.iter().rev() {
        if let Some(start) = start {
            let gap = (start - (glyph.along + glyph.advance)) / glyph.size.max(0.1);
            if gap > SPACE_EM && !text.ends_with(' ') && !glyph.text.starts_with(' ') {
                text.push(' ');
            }
        }
        text.push_str(&glyph.text);
        start = Some(start.unwrap_or(f64::MAX).min(glyph.along));
    }
    text
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
fn is_rtl(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC) && c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(text: &str, along: f64, across: f64) -> Glyph {
        Glyph { text: text.to_owned(), along, across, advance: 5.0, size: 10.0, turn: 0 }
    }

    fn line(text: &str, along: f64, across: f64) -> Vec<Glyph> {
        text.chars().enumerate().map(|(i, c)| glyph(&c.to_string(), along + 5.0 * i as f64, across)).collect()
    }

    /// Proves that gaps become spaces, cells stay on their line and wide gaps between lines become paragraphs.
    #[test]
    fn lines_are_rebuilt() {
        let mut glyphs = line("Name", 0.0, 0.0);
        glyphs.extend(line("Ana", 24.0, 0.0));
        glyphs.extend(line("12", 120.0, 0.0));
        glyphs.extend(line("next", 0.0, 12.0));
        glyphs.extend(line("below", 0.0, 60.0));
        assert_eq!(text(glyphs, Vec::new()).0, "Name Ana  12\nnext\n\nbelow");
    }

    /// Proves that Hebrew drawn from left to right and from right to left reads alike, numbers in their own order.
    #[test]
    fn right_to_left_text_is_read_from_the_right() {
        let spoken = [("א", 40.0), ("ב", 35.0), ("ג", 30.0), ("1", 15.0), ("2", 20.0)];
        let mut glyphs: Vec<_> = spoken.iter().map(|(text, along)| glyph(text, *along, 0.0)).collect();
        assert_eq!(text(glyphs.clone(), Vec::new()).0, "אבג 12");
        glyphs.sort_by(|a, b| a.along.total_cmp(&b.along));
        assert_eq!(text(glyphs, Vec::new()).0, "אבג 12");
    }

    /// Proves that words drawn in any order come out by place.
    #[test]
    fn disorder_is_sorted() {
        let places = [
            ("d", 50.0, 15.0),
            ("a", 0.0, 0.0),
            ("c", 0.0, 15.0),
            ("b", 50.0, 0.0),
            ("f", 50.0, 30.0),
            ("e", 0.0, 30.0),
        ];
        let mut glyphs: Vec<_> = places.iter().map(|(text, x, y)| glyph(text, *x, *y)).collect();
        glyphs.extend(glyphs.clone().into_iter().map(|mut glyph| {
            glyph.across += 100.0;
            glyph
        }));
        assert_eq!(text(glyphs, Vec::new()).0, "a  b\nc  d\ne  f\n\na  b\nc  d\ne  f");
    }

    /// Proves that what was drawn column by column, and what stands in fields, has its rows beside its own order.
    #[test]
    fn columns_have_rows() {
        let mut glyphs = line("Name:", 0.0, 0.0);
        glyphs.extend(line("Born:", 0.0, 15.0));
        assert_eq!(text(glyphs.clone(), Vec::new()), ("Name:\nBorn:".to_owned(), None));
        let field = Glyph { text: "2015".to_owned(), ..glyph("", 99.0, 19.0) };
        assert_eq!(text(glyphs.clone(), vec![field]).1.as_deref(), Some("Name:\nBorn:  2015"));
        glyphs.extend(line("Ana", 99.0, 3.0));
        glyphs.extend(line("2015", 99.0, 18.0));
        let (own, rows) = text(glyphs, Vec::new());
        assert_eq!(own, "Name:\nBorn:\n\nAna\n2015");
        assert_eq!(rows.as_deref(), Some("Name:  Ana\nBorn:  2015"));
    }
}
