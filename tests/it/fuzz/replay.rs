//! Every target of cargo-fuzz over its committed corpus, without cargo-fuzz.

use super::{
    seeds::{Rounds, below, root},
    targets,
};
use casegate::{
    domain::{
        facts::{
            Facts, FileKind, LanguageLines, LanguageShare, Member, MemberEnd, NamedPerson, Observation, PageLanguages,
            PageText, Readable,
        },
        path::RawName,
        reading::{PageLook, Rendered},
        reason::Reason,
    },
    jail::protocol::{Bulk, FromChild, Outcome, encode},
};
use std::{collections::BTreeMap, fs};

/// Bytes of one input of a corpus: what is larger has no place in the repository.
const INPUT_BYTES_MAX: u64 = 24 * 1024;

/// Proves that no target fails over its corpus, that every target has one, and that no corpus is without a target.
#[test]
fn every_corpus_is_borne() {
    let fuzz = root().join("tests/fuzz");
    let names: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
    for folder in fs::read_dir(fuzz.join("corpus")).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name.as_str()), "a corpus without a target: {name}");
    }
    let seeds: BTreeMap<String, Vec<String>> =
        toml::from_str(&fs::read_to_string(fuzz.join("seeds.toml")).unwrap()).unwrap();
    for target in targets::ALL {
        let corpus = fuzz.join("corpus").join(target.name);
        let own = below(&corpus, INPUT_BYTES_MAX, Rounds::All);
        let files = fs::read_dir(&corpus).map_or(0, Iterator::count);
        assert_eq!(own.len(), files, "{}: an input that is empty or too large", target.name);
        let samples = seeds.get(target.name).into_iter().flatten();
        let samples: Vec<Vec<u8>> = samples.map(|path| fs::read(root().join(path)).unwrap()).collect();
        assert!(!own.is_empty() || !samples.is_empty(), "{} has no corpus", target.name);
        for bytes in own.iter().map(|seed| &seed.bytes).chain(&samples) {
            target.run(bytes);
        }
    }
}

/// Writes the messages that `child_frames` begins with: only needed when they change.
#[test]
#[ignore = "writes files: cargo test --test it child_frames -- --ignored"]
fn child_frames_are_written() {
    let mut facts = Facts::of(FileKind::Pdf, Readable::Yes);
    facts.observe(Reason::Damaged, "a table that is not there");
    facts.people.push(NamedPerson { names: vec!["Sample, Ana".to_owned()], ..NamedPerson::default() });
    let page = || PageText { page: 3, text: "No fever since Monday".to_owned() };
    let member = Member { ordinal: 4, name: RawName::from_text("letters/one.txt"), claimed_bytes: Some(90) };
    let languages = PageLanguages {
        shares: vec![LanguageShare { tag: "en".to_owned(), letters: 90 }],
        lines: vec![LanguageLines { tag: "en".to_owned(), first: 1, last: 4 }],
    };
    let flaw = Observation::new(Reason::Truncated, "7 of 9 bytes");
    let messages: [(&str, Vec<FromChild>); 5] = [
        ("start", vec![FromChild::Ready(vec!["landlock".to_owned()]), FromChild::Unjailed("no".to_owned())]),
        ("reads", vec![FromChild::Read { offset: 70_000, length: 65_536 }, FromChild::Data(Bulk(vec![7; 90]))]),
        ("member", vec![FromChild::Begin(member), FromChild::End(MemberEnd::Flawed(flaw)), FromChild::Page(page())]),
        (
            "facts",
            vec![
                FromChild::Done(Outcome::Facts(Box::new(facts))),
                FromChild::Done(Outcome::Rendered(Box::new(Rendered::Blank {
                    look: PageLook::default(),
                    faint: None,
                }))),
                FromChild::Done(Outcome::Panicked("kinds/pdf".to_owned())),
            ],
        ),
        ("language", vec![FromChild::Languages(vec![languages]), FromChild::People(vec![NamedPerson::default()])]),
    ];
    let folder = root().join("tests/fuzz/corpus/child_frames");
    fs::create_dir_all(&folder).unwrap();
    for (name, messages) in messages {
        let mut wire = Vec::new();
        messages.iter().for_each(|message| encode(message, &mut wire).unwrap());
        fs::write(folder.join(name), wire).unwrap();
    }
}
