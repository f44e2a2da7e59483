//! Identities made by a generator, right ones and wrong ones, judged as documents of a case are.

mod others;
mod pool;
mod text;
mod writings;

use crate::{
    casework::{Making, readable},
    support::random::{Random, seed},
};
use casegate::domain::{
    case::{Patient, PatientIdentifier},
    facts::{FileKind, NamedPerson},
    verdict::PatientMatch,
};
use pool::Child;

/// Children for each kind of writing.
const CHILDREN: usize = 60;

/// How often each answer was given.
#[derive(Clone, Copy, Default)]
struct Answers {
    yes: usize,
    /// Let through with a remark.
    open: usize,
    /// Kept until a person has looked.
    doubtful: usize,
    no: usize,
}

impl Answers {
    fn count(&mut self, (matches, doubtful): (PatientMatch, bool)) {
        *match (matches, doubtful) {
            (PatientMatch::Yes, _) => &mut self.yes,
            (PatientMatch::No, _) => &mut self.no,
            (PatientMatch::Unknown, true) => &mut self.doubtful,
            (PatientMatch::Unknown, false) => &mut self.open,
        } += 1;
    }

    fn all(self) -> usize {
        self.yes + self.open + self.doubtful + self.no
    }

    fn add(&mut self, other: Self) {
        self.yes += other.yes;
        self.open += other.open;
        self.doubtful += other.doubtful;
        self.no += other.no;
    }
}

/// The case's child as the desk states it.
fn stated(child: &Child) -> Patient {
    Patient {
        given: child.given.latin.to_owned(),
        family: child.family.latin.to_owned(),
        birth_date: writings::iso(child),
        sex: child.sex.to_owned(),
        ids: vec![PatientIdentifier { value: child.id.clone(), issuer: "Harbour Lane".to_owned() }],
        aliases: vec!["Quillfeather".to_owned()],
    }
}

/// What the case says of a document that names these people.
fn judged(child: &Child, people: Vec<NamedPerson>) -> (PatientMatch, bool) {
    let mut making = Making::default();
    making.about(stated(child));
    let mut facts = readable(FileKind::Pdf);
    facts.people = people;
    making.add("letter.pdf", facts);
    let rows = making.ledger();
    (rows[0].patient.matches, rows[0].patient.doubtful)
}

fn table(title: &str, writings: &[writings::Writing], random: &mut Random) -> Answers {
    let mut sum = Answers::default();
    println!("{title:44} {:>5} {:>5} {:>8} {:>5}", "yes", "open", "doubtful", "no");
    let line = |name: &str, answers: Answers| {
        println!("{name:44} {:>5} {:>5} {:>8} {:>5}", answers.yes, answers.open, answers.doubtful, answers.no);
    };
    for (name, write) in writings {
        let mut answers = Answers::default();
        for _ in 0..CHILDREN {
            let child = pool::child(random);
            let person = write(random, &child);
            let answer = judged(&child, vec![person.clone()]);
            if std::env::var_os("CASEGATE_SHOW").is_some() {
                println!("    {answer:?} {} {} {:?} | {person:?}", child.given.latin, child.family.latin, child.birth);
            }
            answers.count(answer);
        }
        line(name, answers);
        sum.add(answers);
    }
    line("all", sum);
    sum
}

/// Proves that no other child is ever called the case's child, that hardly any writing of the right child is held as
/// somebody else's, and that most of either are told outright.
#[test]
fn other_children_are_never_the_same() {
    let mut random = Random::new(seed());
    let right = table("the right child", writings::RIGHT, &mut random);
    let wrong = table("another child", others::OTHERS, &mut random);
    let share = |part: usize, all: usize| part as f64 / all as f64;
    println!(
        "yes: precision {:.4}, recall {:.4}",
        share(right.yes, right.yes + wrong.yes),
        share(right.yes, right.all())
    );
    println!("no: precision {:.4}, recall {:.4}", share(wrong.no, wrong.no + right.no), share(wrong.no, wrong.all()));
    println!("other children kept back: {:.4}", share(wrong.no + wrong.doubtful, wrong.all()));
    assert!(right.all() + wrong.all() >= 400);
    assert_eq!(wrong.yes, 0, "another child is called the same");
    assert!(share(right.no, right.all()) <= 0.02, "{} of {} right ones are held", right.no, right.all());
    assert!(share(right.yes, right.all()) >= 0.60, "{} of {} right ones are told", right.yes, right.all());
    assert!(share(wrong.no + wrong.doubtful, wrong.all()) >= 0.90, "{} of {} let through", wrong.open, wrong.all());
}
