//! Names compared: does this writing mean that child?
//!
//! Words are assigned to the child's given and family names in whatever order they stand, since forms, devices and
//! families swap them. A given name tells siblings apart, so it is compared strictly; a family name is written in many
//! ways and changes, so it is compared leniently.

use super::{
    letters::{Part, Script, Word, words},
    sounds::{comparable, reads_as, sound, sound_across, sound_korean},
    variants::{Kinship, kinship},
};

/// How alike two names are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Likeness {
    /// Another name.
    Differs,
    /// Nothing to compare: an initial, a placeholder, characters that can be read in many ways.
    Unclear,
    /// Another spelling, perhaps another name: a letter differs, a second given name differs.
    Doubtful,
    /// The same but for letters that readers of pixels confuse.
    Near,
    /// A nickname, or the same name in another script or spelling.
    Form,
    /// The same.
    Same,
}

/// How alike a written name is to the child's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NameLikeness {
    /// Given names.
    pub(super) given: Likeness,
    /// Family names.
    pub(super) family: Likeness,
}

impl NameLikeness {
    const UNCLEAR: Self = Self { given: Likeness::Unclear, family: Likeness::Unclear };
    const SAME: Self = Self { given: Likeness::Same, family: Likeness::Same };

    fn rank(self) -> (u32, u32) {
        (value(self.given) + value(self.family), value(self.given))
    }
}

/// A child's name, taken apart.
#[derive(Clone, Debug)]
pub(super) struct ChildName {
    given: Vec<Word>,
    family: Vec<Word>,
}

impl ChildName {
    /// The name from its two parts; `None` where they say nothing.
    pub(super) fn new(given: &str, family: &str) -> Option<Self> {
        let name = Self { given: words(given), family: words(family) };
        (!name.given.is_empty() || !name.family.is_empty()).then_some(name)
    }

    /// A name as it is written: what stands in no certain place is taken for given names and, last, the family name.
    fn of_written(name: &str) -> Option<Self> {
        let found = words(name);
        let of = |part: Part| found.iter().filter(|word| word.part == part).cloned().collect::<Vec<_>>();
        let (mut given, mut family) = (of(Part::Given), of(Part::Family));
        let mut any = of(Part::Any);
        family.extend(any.pop());
        given.extend(any);
        (!given.is_empty() || !family.is_empty()).then_some(Self { given, family })
    }

    /// What another name of the child can mean: another given name, another family name, or both.
    pub(super) fn with_alias(&self, alias: &str) -> Vec<Self> {
        let found = words(alias);
        if let [word] = found.as_slice()
            && word.script.is_joined()
        {
            return split(word).into_iter().map(|(family, given)| Self { given, family }).collect();
        }
        if found.len() == 1 {
            let (given, family) = (self.given.clone(), self.family.clone());
            return vec![Self { given: found.clone(), family }, Self { given, family: found }];
        }
        let of = |part: Part| found.iter().filter(|word| word.part == part).cloned().collect::<Vec<_>>();
        if !of(Part::Family).is_empty() {
            return vec![Self { given: of(Part::Given), family: of(Part::Family) }];
        }
        let own = |word: &&Word| self.given.iter().any(|given| given.native == word.native);
        let (given, family): (Vec<Word>, Vec<Word>) = found.iter().cloned().partition(|word| own(&word));
        if !given.is_empty() && !family.is_empty() {
            return vec![Self { given, family }];
        }
        let (last, first) = found.split_last().map_or((Vec::new(), &[][..]), |(last, rest)| (vec![last.clone()], rest));
        vec![Self { given: first.to_vec(), family: last }]
    }
}

/// The likeness of a name as written; `None` where it names nobody.
pub(super) fn compare(child: &ChildName, written: &str) -> Option<NameLikeness> {
    let found = words(written);
    if found.is_empty() {
        return None;
    }
    if is_joined_whole(child, &found) {
        return Some(NameLikeness::SAME);
    }
    if let [word] = found.as_slice()
        && word.script.is_joined()
    {
        let readings = split(word).into_iter().map(|(family, given)| {
            let both: Vec<Word> = family.into_iter().chain(given).collect();
            assigned(child, &both)
        });
        return readings.max_by_key(|likeness| likeness.rank()).or(Some(NameLikeness::UNCLEAR));
    }
    Some(assigned(child, &found))
}

/// The likeness of the names of two people on one medium; `None` where either names nobody.
pub(super) fn between(a: &[String], b: &[String]) -> Option<NameLikeness> {
    let children = a.iter().filter_map(|name| ChildName::of_written(name));
    let all = children.flat_map(|child| b.iter().filter_map(move |name| compare(&child, name)));
    all.max_by_key(|likeness| likeness.rank())
}

/// Is everything written as one word, in either order?
fn is_joined_whole(child: &ChildName, found: &[Word]) -> bool {
    let native = |words: &[Word]| words.iter().map(|word| word.native.as_str()).collect::<String>();
    let (given, family, written) = (native(&child.given), native(&child.family), native(found));
    !given.is_empty()
        && !family.is_empty()
        && (written == format!("{family}{given}") || written == format!("{given}{family}"))
}

/// A name of one run of characters as family and given name: the first character, or the first two.
fn split(word: &Word) -> Vec<(Vec<Word>, Vec<Word>)> {
    let chars: Vec<char> = word.native.chars().collect();
    let cut = |at: usize| {
        let part = |chars: &[char]| words(&chars.iter().collect::<String>());
        (part(&chars[..at]), part(&chars[at..]))
    };
    (1..chars.len().min(3)).map(cut).collect()
}

/// A word, or several written as one, and which of the words it uses up.
struct Candidate {
    word: Word,
    used: u32,
}

fn candidates(words: &[Word]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for start in 0..words.len() {
        for end in start + 1..=words.len().min(start + 3) {
            if let Some(word) = Word::joined(&words[start..end]) {
                let used = (start..end).fold(0, |used, at| used | 1 << at);
                all.push(Candidate { word, used });
            }
        }
    }
    all
}

/// The best pair for one side of the child's name.
#[derive(Clone, Copy)]
struct Pair {
    likeness: Likeness,
    /// Words of the child's name that it uses.
    child: u32,
    /// Words of the written name that it uses.
    written: u32,
}

/// The best assignment of written words to the child's given and family names.
fn assigned(child: &ChildName, found: &[Word]) -> NameLikeness {
    let written = candidates(found);
    let given = pairs(&child.given, &written, given_likeness);
    let family = pairs(&child.family, &written, family_likeness);
    let none = Pair { likeness: Likeness::Differs, child: 0, written: 0 };
    let mut best = (NameLikeness { given: Likeness::Differs, family: Likeness::Differs }, none, none);
    let mut best_value = 0;
    for g in given.iter().chain([&none]) {
        for f in family.iter().chain([&none]).filter(|f| f.written & g.written == 0) {
            // The first given name before the second, and all words of a name before one of them.
            let details = 4 * (g.child & 1) + (g.written | f.written).count_ones().min(3);
            let worth = 8 * (value(g.likeness) + value(f.likeness)) + details;
            if worth > best_value {
                best_value = worth;
                best = (NameLikeness { given: g.likeness, family: f.likeness }, *g, *f);
            }
        }
    }
    let (mut likeness, g, f) = best;
    let left: Vec<(usize, &Word)> = left(found, g.written | f.written);
    if likeness.given == Likeness::Differs {
        likeness.given = unmatched(&child.given, &left, Part::Given);
    }
    if likeness.given == Likeness::Unclear && g.written == 0 && has_other_initial(child, found, f.written) {
        likeness.given = Likeness::Doubtful;
    }
    if likeness.family == Likeness::Differs {
        likeness.family = unmatched(&child.family, &left, Part::Family);
    }
    if likeness.given > Likeness::Doubtful && has_other_given_name(child, g, &left) {
        likeness.given = Likeness::Doubtful;
    }
    likeness
}

const fn value(likeness: Likeness) -> u32 {
    match likeness {
        Likeness::Differs => 0,
        Likeness::Unclear => 1,
        Likeness::Doubtful => 3,
        Likeness::Near => 4,
        Likeness::Form => 5,
        Likeness::Same => 6,
    }
}

fn pairs(own: &[Word], written: &[Candidate], likeness: fn(&Word, &Word) -> Likeness) -> Vec<Pair> {
    let mut pairs = Vec::new();
    // `van Dijk` and `van der Berg` have nothing in common; somebody called Ben has.
    let particles =
        own.iter().enumerate().filter(|(_, word)| word.is_particle()).fold(0_u32, |all, (at, _)| all | 1 << at);
    let only_particles = particles.count_ones() as usize == own.len();
    for mine in candidates(own).into_iter().filter(|mine| only_particles || mine.used & !particles != 0) {
        for theirs in written {
            let found = likeness(&mine.word, &theirs.word);
            if found != Likeness::Differs {
                pairs.push(Pair { likeness: found, child: mine.used, written: theirs.used });
            }
        }
    }
    pairs
}

/// Whole words that nothing was assigned to, with their places.
fn left(words: &[Word], used: u32) -> Vec<(usize, &Word)> {
    let whole = words.iter().enumerate().filter(|(at, word)| used >> at & 1 == 0 && !word.is_particle());
    whole.filter(|(_, word)| !word.is_initial()).collect()
}

/// Nothing fits: another name, or none was written.
fn unmatched(own: &[Word], left: &[(usize, &Word)], part: Part) -> Likeness {
    let theirs = left.iter().any(|(_, word)| word.part == part || word.part == Part::Any);
    if theirs && !own.is_empty() { Likeness::Differs } else { Likeness::Unclear }
}

/// An initial that no name of the child begins with.
fn has_other_initial(child: &ChildName, found: &[Word], used: u32) -> bool {
    let fits =
        |initial: &Word| child.given.iter().chain(&child.family).any(|own| own.latin.starts_with(&initial.latin));
    let mut initials =
        found.iter().enumerate().filter(|(at, word)| used >> at & 1 == 0 && word.is_initial()).map(|(_, word)| word);
    !child.given.is_empty() && initials.any(|initial| initial.script == Script::Latin && !fits(initial))
}

/// A second given name on both sides, and not the same: `María José` is not `María Luisa`.
fn has_other_given_name(child: &ChildName, given: Pair, left: &[(usize, &Word)]) -> bool {
    let own: Vec<&Word> =
        child.given.iter().enumerate().filter(|(at, _)| given.child >> at & 1 == 0).map(|(_, word)| word).collect();
    let own: Vec<&Word> = own.into_iter().filter(|word| !word.is_particle() && !word.is_initial()).collect();
    let beside = |at: usize| given.written & (0b101 << at >> 1) != 0;
    let of_family = |word: &Word| child.family.iter().any(|own| family_likeness(own, word) > Likeness::Doubtful);
    let theirs = left.iter().filter(|(at, word)| match word.part {
        Part::Given => true,
        Part::Family => false,
        Part::Any => beside(*at) && !of_family(word),
    });
    let mut theirs = theirs.map(|(_, word)| *word).peekable();
    let any = theirs.peek().is_some() && !own.is_empty();
    any && !theirs.any(|word| own.iter().any(|own| given_likeness(own, word) != Likeness::Differs))
}

/// Given names, strictly: twins are called Lena and Lina.
fn given_likeness(own: &Word, written: &Word) -> Likeness {
    let likeness = word_likeness(own, written);
    if likeness != Likeness::Differs || own.script != Script::Latin || written.script != Script::Latin {
        return likeness;
    }
    match kinship(&own.latin, &written.latin) {
        Some(Kinship::Form) => return Likeness::Form,
        Some(Kinship::Ambiguous) => return Likeness::Unclear,
        None => {}
    }
    let (shorter, distance) = distance(&own.latin, &written.latin);
    let cut = shorter >= 5 && (own.latin.starts_with(&written.latin) || written.latin.starts_with(&own.latin));
    if shorter >= 4 && distance <= 1 || shorter >= 7 && distance <= 2 || cut {
        return Likeness::Doubtful;
    }
    Likeness::Differs
}

/// Family names, leniently: Ivanov's daughter is Ivanova, and devices cut long names.
fn family_likeness(own: &Word, written: &Word) -> Likeness {
    let likeness = word_likeness(own, written);
    if likeness != Likeness::Differs && likeness != Likeness::Doubtful {
        return likeness;
    }
    if !comparable(own.script, written.script) {
        return likeness;
    }
    let (a, b) = (sound_across(&own.latin), sound_across(&written.latin));
    let (shorter, distance) = distance(&a, &b);
    let cut = shorter >= 5 && (a.starts_with(&b) || b.starts_with(&a));
    // Carson is not Larson, and Wang is not Zhang: a slip leaves the beginning, and a short name has no room for one.
    let slip = a.chars().next() == b.chars().next() && (shorter >= 5 && distance <= 1 || shorter >= 6 && distance <= 2);
    if slip || cut { Likeness::Near } else { likeness }
}

/// What holds for both kinds of names.
fn word_likeness(own: &Word, written: &Word) -> Likeness {
    let same_script = own.script == written.script;
    if same_script && (own.native == written.native || own.script == Script::Latin && own.latin == written.latin) {
        return if own.is_initial() { Likeness::Unclear } else { Likeness::Same };
    }
    if own.is_initial() || written.is_initial() {
        let first = |word: &Word| sound_across(&word.latin).chars().next();
        let fits = first(own) == first(written) || !comparable(own.script, written.script);
        return if fits { Likeness::Unclear } else { Likeness::Differs };
    }
    match (own.script, written.script) {
        (Script::Latin, Script::Latin) => latin_likeness(own, written),
        (a, b) if a == b => same_script_likeness(own, written),
        _ => across_likeness(own, written),
    }
}

fn latin_likeness(own: &Word, written: &Word) -> Likeness {
    if sound(&own.latin) == sound(&written.latin) {
        return Likeness::Form;
    }
    let (a, b) = (as_read(&own.latin), as_read(&written.latin));
    match (a == b, own.mended || written.mended) {
        (true, true) => Likeness::Form,
        (true, false) => Likeness::Near,
        (false, _) => Likeness::Differs,
    }
}

fn same_script_likeness(own: &Word, written: &Word) -> Likeness {
    match own.script {
        // Simplified and traditional forms are read alike.
        Script::Han if own.latin == written.latin => Likeness::Doubtful,
        Script::Kana if own.latin == written.latin => Likeness::Form,
        Script::Alphabet if sound_across(&own.latin) == sound_across(&written.latin) => Likeness::Form,
        Script::Alphabet | Script::Abjad => {
            let (shorter, distance) = distance(&own.native, &written.native);
            if shorter >= 5 && distance <= 1 { Likeness::Doubtful } else { Likeness::Differs }
        }
        Script::Han | Script::Kana | Script::Hangul | Script::Latin => Likeness::Differs,
    }
}

fn across_likeness(own: &Word, written: &Word) -> Likeness {
    let (foreign, latin) = if own.script == Script::Latin { (written, own) } else { (own, written) };
    if latin.script != Script::Latin {
        return Likeness::Unclear;
    }
    let alike = match foreign.script {
        Script::Abjad => reads_as(foreign, &latin.latin),
        Script::Hangul => sound_korean(&foreign.latin) == sound_korean(&latin.latin),
        _ => sound_across(&foreign.latin) == sound_across(&latin.latin),
    };
    if alike {
        return Likeness::Form;
    }
    if !comparable(own.script, written.script) {
        return Likeness::Unclear;
    }
    if foreign.script == Script::Alphabet && kinship(&foreign.latin, &latin.latin) == Some(Kinship::Form) {
        return Likeness::Form;
    }
    let bare = |word: &Word| match foreign.script {
        Script::Abjad => sound_across(&word.latin).replace(['a', 'e', 'i', 'o', 'u'], ""),
        _ => sound_across(&word.latin),
    };
    // Spellings that nobody foresaw are doubtful; what shares less than two thirds of its letters is another name.
    let alike = strsim::normalized_damerau_levenshtein(&bare(foreign), &bare(latin));
    if alike > 0.66 { Likeness::Doubtful } else { Likeness::Differs }
}

/// Letters of the shorter word, and how many letters must be changed, left out, added or swapped.
fn distance(a: &str, b: &str) -> (usize, usize) {
    let shorter = a.chars().count().min(b.chars().count());
    (shorter, strsim::damerau_levenshtein(a, b))
}

/// Letters that readers of pixels confuse, as one.
fn as_read(latin: &str) -> String {
    let joined = latin.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("ri", "n").replace("ii", "u");
    joined
        .chars()
        .map(|c| match c {
            'l' | 'j' | 't' | 'f' => 'i',
            'e' => 'c',
            'q' => 'g',
            'u' => 'v',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests;
