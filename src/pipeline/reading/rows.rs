//! Words of a page put together row by row, across its columns: labels at the left, what they are labels of at the right.

use crate::domain::reading::ReadWord;

/// Words are in one row where their middles differ by less than this part of the lower one's height.
const ROW_PART: f32 = 0.6;

/// A gap of so many heights of a word begins another column.
const COLUMN_HEIGHTS: f32 = 1.5;

/// Words that a label has at most.
const LABEL_WORDS_MAX: usize = 4;

/// The text, a line for each row. Behind a label that stands in a column of its own a colon is set, as letters have it.
pub(super) fn text_of(words: &[ReadWord]) -> String {
    let lines: Vec<String> = rows(words).iter().map(|row| line(row)).collect();
    lines.join("\n")
}

/// Words by rows from the top, each from the left.
fn rows(words: &[ReadWord]) -> Vec<Vec<&ReadWord>> {
    let mut by_middle: Vec<&ReadWord> = words.iter().collect();
    by_middle.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    let mut rows: Vec<Vec<&ReadWord>> = Vec::new();
    for word in by_middle {
        let within = |row: &&mut Vec<&ReadWord>| {
            let last = row[row.len() - 1];
            middle(word) - middle(last) < ROW_PART * height(word).min(height(last))
        };
        match rows.last_mut().filter(within) {
            Some(row) => row.push(word),
            None => rows.push(vec![word]),
        }
    }
    rows.iter_mut().for_each(|row| row.sort_by_key(|word| word.place[0]));
    rows
}

fn line(row: &[&ReadWord]) -> String {
    let mut text = String::new();
    let (mut words, mut labelled) = (0, false);
    for pair in row.windows(2) {
        text.push_str(&pair[0].text);
        words += 1;
        let gap = f32::from(pair[1].place[0]) - f32::from(pair[0].place[0]) - f32::from(pair[0].place[2]);
        let is_column = gap > COLUMN_HEIGHTS * height(pair[0]);
        if is_column && !labelled && words <= LABEL_WORDS_MAX && !pair[0].text.ends_with(':') {
            text.push(':');
        }
        labelled |= is_column;
        text.push(' ');
    }
    text.push_str(row.last().map_or("", |word| &word.text));
    text
}

fn middle(word: &ReadWord) -> f32 {
    f32::from(word.place[1]) + f32::from(word.place[3]) / 2.0
}

fn height(word: &ReadWord) -> f32 {
    f32::from(word.place[3]).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, place: [u16; 4]) -> ReadWord {
        ReadWord { text: text.to_owned(), place, ..ReadWord::default() }
    }

    /// Proves that labels and values which were read column by column come together, with a colon where there was none, and
    /// that words of one column stay as they are.
    #[test]
    fn columns_come_together() {
        let words = [
            word("Patient", [500, 1_000, 600, 100]),
            word("Born:", [500, 1_205, 400, 100]),
            word("OLIVER", [3_000, 1_005, 500, 100]),
            word("BENNETT", [3_600, 998, 600, 110]),
            word("2016-07-22", [3_000, 1_200, 800, 100]),
        ];
        assert_eq!(text_of(&words), "Patient: OLIVER BENNETT\nBorn: 2016-07-22");
        assert_eq!(text_of(&[word("one", [0, 0, 300, 100]), word("line", [380, 10, 300, 90])]), "one line");
        assert_eq!(text_of(&[]), "");
    }
}
