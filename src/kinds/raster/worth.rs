//! What each step of preparing is worth: pages of the corpus whose digital original is known, read by tesseract with
//! all steps, with each one left out, and without any. Prints the table of docs/verdicts.md; needs `tesseract`,
//! `pdftotext` and the corpus, takes minutes, and is therefore run by hand:
//! `cargo test --release --lib worth_of_each_step -- --ignored --nocapture`.

use super::{
    Rendered, draw,
    grey::Grey,
    prepare::{Steps, prepare},
};
use crate::domain::{limits::Limits, path::RawName};
use std::{
    fs,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Languages whose packs are installed beside English, by the first letters of a file.
const PACKS: &[(&str, &str)] =
    &[("en", "eng"), ("de", "deu"), ("fr", "fra"), ("es", "spa"), ("it", "ita"), ("pt", "por"), ("ru", "rus")];

/// Prints the share of words that are read, and the pixels that are handed over, by step and by kind of page.
#[test]
#[ignore = "measures, and proves nothing"]
fn worth_of_each_step() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/text");
    let pages = pages(&corpus);
    let without = |change: fn(&mut Steps)| {
        let mut steps = Steps::ALL;
        change(&mut steps);
        Some(steps)
    };
    let ways = [
        ("as it came", None),
        ("all steps", Some(Steps::ALL)),
        ("without sheet", without(|steps| steps.sheet = false)),
        ("without flattening", without(|steps| steps.flatten = false)),
        ("without scaling", without(|steps| steps.scale = false)),
        ("without median", without(|steps| steps.median = false)),
        ("without deskewing", without(|steps| steps.deskew = false)),
        ("without stretching", without(|steps| steps.stretch = false)),
    ];
    for (way, steps) in ways {
        for level in ["scan-L1", "scan-L2", "photo-L1", "photo-L2", "g4"] {
            let chosen = pages.iter().filter(|page| page.file.to_string_lossy().contains(level));
            let shares: Vec<f64> = chosen.map(|page| page.read(steps)).collect();
            let mean = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
            writeln!(std::io::stdout(), "{way:20} {level:10} {mean:.3} of {} pages", shares.len()).expect("a line");
        }
    }
}

struct Page {
    file: PathBuf,
    pack: &'static str,
    words: Vec<String>,
}

#[expect(clippy::disallowed_methods, reason = "measures on the developer's machine, beside the product")]
fn pages(corpus: &Path) -> Vec<Page> {
    let mut pages = Vec::new();
    for folder in ["scan", "photo"] {
        for entry in fs::read_dir(corpus.join(folder)).into_iter().flatten().flatten() {
            let file = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(end) = ["-scan-L", "-photo-L", "-g4"].iter().find_map(|end| name.find(end)) else { continue };
            let original = corpus.join("pdf").join(format!("{}.pdf", &name[..end]));
            let pack = PACKS.iter().find(|(start, _)| name.starts_with(start));
            if let Some((_, pack)) = pack.filter(|_| !name.ends_with(".heic")) {
                let text = run(Command::new("pdftotext").args(["-l", "1"]).arg(original).arg("-"), &[]);
                pages.push(Page { file, pack, words: words(&text) });
            }
        }
    }
    pages
}

impl Page {
    /// Share of the words of the original that are read, in their order.
    #[expect(clippy::disallowed_methods, reason = "measures on the developer's machine, beside the product")]
    fn read(&self, steps: Option<Steps>) -> f64 {
        let bytes = fs::read(&self.file).expect("a page of the corpus");
        let name = RawName(b"page".to_vec());
        let drawn = draw(&mut Cursor::new(bytes), 1, (&name, &[], &Limits::default())).expect("a page");
        let grey = match steps {
            None => drawn.grey,
            Some(steps) => match prepare(drawn, steps) {
                Rendered::Page { bitmap, .. } => {
                    Grey::from_rows(bitmap.width as usize, bitmap.height as usize, bitmap.grey.0).expect("a bitmap")
                }
                _ => return 0.0,
            },
        };
        let mut picture = format!("P5 {} {} 255\n", grey.width(), grey.height()).into_bytes();
        picture.extend_from_slice(grey.pixels());
        let mut tesseract = Command::new("tesseract");
        tesseract.args(["stdin", "stdout", "-l", self.pack, "--psm", "3"]).env("OMP_THREAD_LIMIT", "1");
        let read = words(&run(&mut tesseract, &picture));
        in_order(&self.words, &read) as f64 / self.words.len().max(1) as f64
    }
}

fn run(command: &mut Command, input: &[u8]) -> String {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("an installed program");
    // It reads everything before it writes.
    child.stdin.take().expect("a pipe").write_all(input).expect("a program that reads");
    let output = child.wait_with_output().expect("a program that ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn words(text: &str) -> Vec<String> {
    let all = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    all.map(str::to_lowercase).collect()
}

/// Length of the longest common subsequence.
fn in_order(one: &[String], other: &[String]) -> usize {
    let mut lengths = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (at, found) in other.iter().enumerate() {
            let above = lengths[at + 1];
            lengths[at + 1] = if word == found { diagonal + 1 } else { above.max(lengths[at]) };
            diagonal = above;
        }
    }
    lengths[other.len()]
}
