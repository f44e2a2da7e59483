//! The people a document names twice over: in a header made for machines, and in its text.
//!
//! A report of one child may be filed under the header of another; whoever reads only the header never sees it. Nothing
//! is judged here: who is the header's patient once more is left out, everybody else is put beside them for `casework`.

use crate::domain::facts::{NamedPerson, PersonRole};

/// The people of a header with those of the text beside them. The header's come first and stay as they are, but for a
/// birth date that only the text states.
pub fn beside(header: Vec<NamedPerson>, text: Vec<NamedPerson>) -> Vec<NamedPerson> {
    let known = header.len();
    let is_named = header.iter().any(|person| !person.names.is_empty());
    let mut people = header;
    // Beside a patient who is named, a name under a plain label is a relative's or a physician's.
    for person in text.into_iter().filter(|person| !is_named || is_patient(person)) {
        match people[..known].iter_mut().find(|of_header| is_again(of_header, &person)) {
            Some(of_header) => of_header.birth_date = of_header.birth_date.take().or(person.birth_date),
            None => people.push(person),
        }
    }
    people
}

/// Does the text speak of a patient whom it names in full, or by a birth date? `Patient: fasting` is a remark.
fn is_patient(person: &NamedPerson) -> bool {
    let in_full = person.names.iter().any(|name| is_full(name));
    person.role == PersonRole::Patient && (in_full || person.birth_date.is_some())
}

/// Two words that are written like names, or one in a script without blanks.
fn is_full(name: &str) -> bool {
    let starts = |word: &str| word.chars().next().is_some_and(|first| !first.is_lowercase());
    let words = words(name);
    match words.as_slice() {
        [] => false,
        [one] => {
            one.chars().count() > 1 && one.chars().all(|c| c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase())
        }
        several => several.iter().filter(|word| starts(word)).count() > 1,
    }
}

/// Is it the header's patient once more? All that is said of name and birth date fits; a number alone is nobody else.
fn is_again(header: &NamedPerson, person: &NamedPerson) -> bool {
    let fits = |written: &String| {
        let own = lower(written);
        header.names.iter().any(|name| {
            let known = lower(name);
            own.iter().all(|word| known.contains(word))
        })
    };
    let name = person.names.iter().all(fits);
    let birth = match (&header.birth_date, &person.birth_date) {
        (Some(a), Some(b)) => figures(a) == figures(b),
        (None, Some(_)) => !person.names.is_empty(),
        (_, None) => true,
    };
    name && birth
}

fn lower(name: &str) -> Vec<String> {
    words(name).into_iter().map(str::to_lowercase).collect()
}

fn words(name: &str) -> Vec<&str> {
    name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '^')).filter(|word| !word.is_empty()).collect()
}

/// The numbers of a date in whichever order, so that `20160412` and `12.04.2016` are one. A month that is written out
/// leaves two, and the two dates are compared by who knows months.
fn figures(date: &str) -> Vec<u32> {
    let runs = date.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let parts = runs.flat_map(|run| match run.len() {
        8 => vec![&run[..4], &run[4..6], &run[6..]],
        _ => vec![run],
    });
    let mut figures: Vec<u32> = parts.filter_map(|part| part.parse().ok()).collect();
    figures.sort_unstable();
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, birth: &str) -> NamedPerson {
        let names = if name.is_empty() { Vec::new() } else { vec![name.to_owned()] };
        let birth_date = (!birth.is_empty()).then(|| birth.to_owned());
        NamedPerson { names, birth_date, ..NamedPerson::default() }
    }

    /// How many people there are with a header and one person of the text.
    fn check(header: (&str, &str), text: NamedPerson, expected: usize) {
        let people = beside(vec![person(header.0, header.1)], vec![text.clone()]);
        assert_eq!(people.len(), expected, "{header:?} {text:?}");
        assert_eq!(people[0].names, person(header.0, header.1).names);
    }

    /// Proves that another patient in the text stands beside the header's, and the header's own does not once more.
    #[test]
    fn the_text_names_others_and_the_same() {
        let header = ("Gil^Ana^Eva", "20160412");
        for (name, birth) in [
            ("Ana Gil", ""),
            ("Gil, Ana Eva", "12.04.2016"),
            ("ANA GIL", "2016-04-12"),
            ("", "12/4/2016"),
            ("Ana", ""),
            ("fasting", ""),
            ("not fasting", ""),
        ] {
            check(header, person(name, birth), 1);
        }
        for (name, birth) in
            [("Leo Roe", ""), ("Lea Gil", "20160412"), ("Ana Gil", "2012-09-03"), ("", "2012-09-03"), ("王小明", "")]
        {
            check(header, person(name, birth), 2);
        }
    }

    /// Proves that relatives and physicians, who have no patient's label, are left out beside a patient who is named, and
    /// stay where the header names nobody.
    #[test]
    fn names_under_plain_labels() {
        let other = NamedPerson { role: PersonRole::Unknown, ..person("Leo Roe", "1985-01-02") };
        check(("Gil^Ana", ""), other.clone(), 1);
        check(("", "20160412"), other.clone(), 2);
        assert_eq!(beside(Vec::new(), vec![other]).len(), 1);
    }

    /// Proves that a birth date which only the text states comes to the header's patient.
    #[test]
    fn a_birth_date_is_taken_over() {
        let people = beside(vec![person("Gil^Ana", "")], vec![person("Ana Gil", "2016-04-12")]);
        assert_eq!((people.len(), people[0].birth_date.as_deref()), (1, Some("2016-04-12")));
    }
}
