//! Identities made by a generator, right ones and wrong ones, judged as documents of a case are.

mod documents;
mod letters;
mod numbers;
mod others;
mod pool;
mod text;
mod twins;
mod writings;

use crate::{
    casework::{Making, readable, row},
    support::random::{Random, seed},
};
use casegate::domain::{
    case::{Patient, PatientIdentifier},
    facts::{FileKind, NamedPerson},
    verdict::PatientMatch,
};
use pool::Child;

/// Children for each kind of writing.
const CHILDREN: usize = 40;

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

    /// Those that stay out of the packet.
    fn held(self) -> usize {
        self.doubtful + self.no
    }

    fn plus(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    fn print(self, name: &str) {
        println!("{name:44} {:>5} {:>5} {:>8} {:>5}", self.yes, self.open, self.doubtful, self.no);
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
    judged_beside(&[], child, people)
}

/// What the case says of a document that names these people, beside other documents.
fn judged_beside(others: &[Vec<NamedPerson>], child: &Child, people: Vec<NamedPerson>) -> (PatientMatch, bool) {
    let mut making = Making::default();
    making.about(stated(child));
    let all = std::iter::once(&people).chain(others).enumerate();
    for (number, people) in all {
        let mut facts = readable(FileKind::Pdf);
        facts.people.clone_from(people);
        making.add(&format!("letter {number}.pdf"), facts);
    }
    let rows = making.ledger();
    let told = &row(&rows, "letter 0.pdf").patient;
    (told.matches, told.doubtful)
}

/// A child's document: the child, and whom the document names.
type Made = (Child, Vec<NamedPerson>);

/// A kind of document: its name, and what makes one.
type Kind = (&'static str, Box<dyn Fn(&mut Random) -> Made>);

/// Answers for many documents of each kind, printed line by line, with their sum.
fn table(title: &str, kinds: Vec<Kind>) -> Answers {
    table_by(title, kinds, judged)
}

fn table_by(title: &str, kinds: Vec<Kind>, judged: fn(&Child, Vec<NamedPerson>) -> (PatientMatch, bool)) -> Answers {
    let mut random = Random::new(seed());
    let mut sum = Answers::default();
    println!("{title:44} {:>5} {:>5} {:>8} {:>5}", "yes", "open", "doubtful", "no");
    for (name, make) in kinds {
        let mut answers = Answers::default();
        for _ in 0..CHILDREN {
            let (child, people) = make(&mut random);
            let answer = judged(&child, people.clone());
            if std::env::var_os("CASEGATE_SHOW").is_some() {
                println!("    {answer:?} {} {} {:?} | {people:?}", child.given.latin, child.family.latin, child.birth);
            }
            answers.count(answer);
        }
        answers.print(name);
        sum.add(answers);
    }
    sum.print("all");
    sum
}

fn writings_of(all: &'static [writings::Writing]) -> Vec<Kind> {
    let kinds = all.iter().map(|(name, write)| {
        let make = move |random: &mut Random| {
            let child = pool::child(random);
            let person = write(random, &child);
            (child, vec![person])
        };
        (*name, Box::new(make) as Box<dyn Fn(&mut Random) -> Made>)
    });
    kinds.collect()
}

fn letters_of(all: &'static [letters::Letter]) -> Vec<Kind> {
    let kinds = all.iter().map(|(name, write)| {
        let make = move |random: &mut Random| {
            let child = pool::child(random);
            let people = letters::named(&write(random, &child));
            (child, people)
        };
        (*name, Box::new(make) as Box<dyn Fn(&mut Random) -> Made>)
    });
    kinds.collect()
}

fn twins_of(all: &'static [twins::Twins]) -> Vec<Kind> {
    let kinds = all.iter().map(|(name, make)| (*name, Box::new(*make) as Box<dyn Fn(&mut Random) -> Made>));
    kinds.collect()
}

/// Proves that no other child is ever called the case's child, that hardly any writing of the right child is held as
/// somebody else's, that one without a slip is hardly ever held at all, and that most of either are told outright.
#[test]
fn other_children_are_never_the_same() {
    let correct = table("the right child", writings_of(writings::RIGHT));
    let slips = table("the right child, with a slip", writings_of(writings::SLIPS));
    let own = table("the right one of twins", twins_of(twins::OWN));
    let letters_right = table("the right child, in a letter", letters_of(letters::RIGHT));
    let other = table("another child", writings_of(others::OTHERS));
    let twin = table("the other twin", twins_of(twins::TWINS));
    let letters_other = table("another child, in a letter", letters_of(letters::OTHERS));
    let sum = |all: &[Answers]| all.iter().fold(Answers::default(), |sum, one| sum.plus(*one));
    let without_slip = sum(&[correct, own, letters_right]);
    let (right, wrong) = (sum(&[without_slip, slips]), sum(&[other, twin, letters_other]));
    println!("{:44} {:>5} {:>5} {:>8} {:>5}", "in all", "yes", "open", "doubtful", "no");
    for (name, answers) in [("right", right), ("right, without a slip", without_slip), ("another", wrong)] {
        answers.print(name);
    }
    let share = |part: usize, all: usize| part as f64 / all as f64;
    let precision = |own: usize, all: usize, found: usize| (share(own, found), share(own, all));
    println!("yes: precision and recall {:.4?}", precision(right.yes, right.all(), right.yes + wrong.yes));
    println!("no: precision and recall {:.4?}", precision(wrong.no, wrong.all(), right.no + wrong.no));
    println!("kept until a person has looked, or blocked: {:.4} of right ones", share(right.held(), right.all()));
    println!("of right ones without a slip: {:.4}", share(without_slip.held(), without_slip.all()));
    println!("of others: {:.4}", share(wrong.held(), wrong.all()));
    assert!(right.all() + wrong.all() >= 400);
    assert_eq!(wrong.yes, 0, "another child is called the same");
    assert!(share(right.no, right.all()) <= 0.02, "{} of {} right ones are blocked", right.no, right.all());
    assert!(share(without_slip.held(), without_slip.all()) <= 0.02, "{} right ones are held", without_slip.held());
    assert!(share(right.yes, right.all()) >= 0.60, "{} of {} right ones are told", right.yes, right.all());
    assert!(share(other.held(), other.all()) >= 0.90, "{} of {} let through", other.open, other.all());
    assert!(share(letters_other.held(), letters_other.all()) >= 0.95, "{} let through", letters_other.open);
}
