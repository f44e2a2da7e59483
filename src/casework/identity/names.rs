//! Names compared: does this writing mean that child?
//!
//! Words are assigned to the child's given and family names in whatever order they stand, since forms, devices and
//! families swap them. A given name tells siblings apart, so it is compared strictly; a family name is written in many
//! ways and changes, so it is compared leniently.

use super::{
    alike::{family_likeness, given_likeness, tells_apart},
    letters::{Part, Script, Word, stated, words, words_beside},
    sounds::is_syllable,
    variants::is_shared,
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
    /// It fits, and would fit another child of the family as well: the same sound with other vowels, one of two given
    /// names, letters without their vowels.
    Alike,
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
    /// The given name is another name of one word, which may be a family name as well.
    by_alias: bool,
}

impl ChildName {
    const fn of(given: Vec<Word>, family: Vec<Word>) -> Self {
        Self { given, family, by_alias: false }
    }

    fn words(&self) -> Vec<&Word> {
        self.given.iter().chain(&self.family).collect()
    }

    /// The name from its two parts; `None` where they say nothing.
    pub(super) fn new(given: &str, family: &str) -> Option<Self> {
        let name = Self::of(stated(given, Part::Given), stated(family, Part::Family));
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
        (!given.is_empty() || !family.is_empty()).then(|| Self::of(given, family))
    }

    /// What another name of the child can mean: another given name, another family name, or both.
    pub(super) fn with_alias(&self, alias: &str) -> Vec<Self> {
        let found = words(alias);
        if let [word] = found.as_slice()
            && word.script.is_joined()
        {
            return split(word).into_iter().map(|(family, given)| Self::of(given, family)).collect();
        }
        if found.len() == 1 {
            let (given, family) = (self.given.clone(), self.family.clone());
            let by_alias = Self { given: found.clone(), family, by_alias: true };
            return vec![by_alias, Self::of(given, found)];
        }
        let of = |part: Part| found.iter().filter(|word| word.part == part).cloned().collect::<Vec<_>>();
        if !of(Part::Family).is_empty() {
            return vec![Self::of(of(Part::Given), of(Part::Family))];
        }
        let own = |word: &&Word| self.given.iter().any(|given| given.native == word.native);
        let (given, family): (Vec<Word>, Vec<Word>) = found.iter().cloned().partition(|word| own(&word));
        if !given.is_empty() && !family.is_empty() {
            return vec![Self::of(given, family)];
        }
        let (last, first) = found.split_last().map_or((Vec::new(), &[][..]), |(last, rest)| (vec![last.clone()], rest));
        vec![Self::of(first.to_vec(), last)]
    }
}

/// The likeness of a name as written; `None` where it names nobody.
pub(super) fn compare(child: &ChildName, written: &str) -> Option<NameLikeness> {
    let found = words_beside(written, &child.words());
    if found.is_empty() {
        return None;
    }
    if !child.by_alias && is_joined_whole(child, &found) {
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
    let marked = |words: &[Word]| words.iter().any(|word| !word.marked.is_empty());
    if marked(&child.given) && marked(found) {
        return false;
    }
    let native = |words: &[Word]| words.iter().map(|word| word.native.as_str()).collect::<String>();
    let (given, family, written) = (native(&child.given), native(&child.family), native(found));
    !given.is_empty()
        && !family.is_empty()
        && (written == format!("{family}{given}") || written == format!("{given}{family}"))
}

/// A name of one run of characters as family and given name: the first character, or the first two; kana may be parted
/// anywhere.
fn split(word: &Word) -> Vec<(Vec<Word>, Vec<Word>)> {
    let chars: Vec<char> = word.native.chars().collect();
    let cut = |at: usize| {
        let part = |chars: &[char]| words(&chars.iter().collect::<String>());
        (part(&chars[..at]), part(&chars[at..]))
    };
    let end = if word.script == Script::Kana { chars.len() } else { chars.len().min(3) };
    (1..end).map(cut).collect()
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
    judged(child, found, best)
}

/// What the words say that the best assignment leaves.
fn judged(child: &ChildName, found: &[Word], (mut likeness, g, f): (NameLikeness, Pair, Pair)) -> NameLikeness {
    let left: Vec<(usize, &Word)> = left(found, g.written | f.written);
    if likeness.given == Likeness::Differs {
        likeness.given = unmatched(&child.given, &left, Part::Given);
    }
    if likeness.given == Likeness::Unclear && g.written == 0 && has_other_initial(child, found, f.written) {
        likeness.given = Likeness::Doubtful;
    }
    // `Ben Ashgrove`: what looks like a particle is all there is of a given name.
    let first_is_left = found.first().is_some_and(|word| word.particle && (g.written | f.written) & 1 == 0);
    if likeness.given == Likeness::Unclear && first_is_left && f.written != 0 && !child.given.is_empty() {
        likeness.given = Likeness::Doubtful;
    }
    if likeness.family == Likeness::Differs {
        likeness.family = unmatched(&child.family, &left, Part::Family);
    }
    if likeness.given > Likeness::Doubtful && has_other_given_name(child, g, &left) {
        likeness.given = Likeness::Doubtful;
    }
    let part = || is_part_of_name(child, g, (found, &left)) || is_behind_another(child, g, &left);
    if likeness.given > Likeness::Alike && (child.by_alias || part()) {
        likeness.given = Likeness::Alike;
    }
    likeness
}

const fn value(likeness: Likeness) -> u32 {
    match likeness {
        Likeness::Differs => 0,
        Likeness::Unclear => 1,
        Likeness::Doubtful => 3,
        Likeness::Near => 4,
        Likeness::Alike => 5,
        Likeness::Form => 6,
        Likeness::Same => 7,
    }
}

fn pairs(own: &[Word], written: &[Candidate], likeness: fn(&Word, &Word) -> Likeness) -> Vec<Pair> {
    let mut pairs = Vec::new();
    // `van Dijk` and `van der Berg` have nothing in common; somebody called Ben has.
    let particles = own.iter().enumerate().filter(|(_, word)| word.particle).fold(0_u32, |all, (at, _)| all | 1 << at);
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
    let whole = words.iter().enumerate().filter(|(at, word)| used >> at & 1 == 0 && !word.particle);
    whole.filter(|(_, word)| !word.is_initial()).collect()
}

/// Nothing fits: another name, or none was written; or one in a script whose readings leave room for doubt.
fn unmatched(own: &[Word], left: &[(usize, &Word)], part: Part) -> Likeness {
    let theirs = || left.iter().map(|(_, word)| *word).filter(|word| word.part == part || word.part == Part::Any);
    match theirs().next() {
        None => Likeness::Unclear,
        Some(_) if own.is_empty() => Likeness::Unclear,
        Some(_) if theirs().any(|word| own.iter().any(|own| tells_apart(own, word))) => Likeness::Differs,
        Some(_) => Likeness::Doubtful,
    }
}

/// An initial that no name of the child begins with.
fn has_other_initial(child: &ChildName, found: &[Word], used: u32) -> bool {
    let fits =
        |initial: &Word| child.given.iter().chain(&child.family).any(|own| own.latin.starts_with(&initial.latin));
    let mut initials =
        found.iter().enumerate().filter(|(at, word)| used >> at & 1 == 0 && word.is_initial()).map(|(_, word)| word);
    !child.given.is_empty() && initials.any(|initial| initial.script == Script::Latin && !fits(initial))
}

/// Given names of the child that nothing was assigned to.
fn not_named(child: &ChildName, given: Pair) -> Vec<&Word> {
    let unused = child.given.iter().enumerate().filter(|(at, _)| given.child >> at & 1 == 0).map(|(_, word)| word);
    unused.filter(|word| !word.particle && !word.is_initial()).collect()
}

/// Words that are left and stand where given names do.
fn left_given<'a>(child: &ChildName, given: Pair, left: &[(usize, &'a Word)]) -> Vec<&'a Word> {
    let beside = |at: usize| given.written & (0b101 << at >> 1) != 0;
    let of_family = |word: &Word| child.family.iter().any(|own| family_likeness(own, word) > Likeness::Doubtful);
    let theirs = left.iter().filter(|(at, word)| match word.part {
        Part::Given => true,
        Part::Family => false,
        Part::Any => beside(*at) && !of_family(word),
    });
    theirs.map(|(_, word)| *word).collect()
}

/// A given name before the child's own: `Ella Grace` may be Grace, called by her second name, or her sister.
fn is_behind_another(child: &ChildName, given: Pair, left: &[(usize, &Word)]) -> bool {
    let before: Vec<(usize, &Word)> =
        left.iter().filter(|(at, _)| (*at as u32) < given.written.trailing_zeros()).copied().collect();
    !left_given(child, given, &before).is_empty()
}

/// A second given name on both sides, and not the same: `María José` is not `María Luisa`.
fn has_other_given_name(child: &ChildName, given: Pair, left: &[(usize, &Word)]) -> bool {
    let own = not_named(child, given);
    let theirs = left_given(child, given, left);
    let fits = |own: &Word, word: &Word| given_likeness(own, word) != Likeness::Differs;
    !own.is_empty() && !theirs.is_empty() && !theirs.iter().any(|word| own.iter().any(|own| fits(own, word)))
}

/// One of several given names, which a twin may have as well: María José and María Luisa are both called María, and
/// Ji-woo and Ji-ho both Ji where a system keeps the second syllable apart. The same the other way round, where the case
/// states only a name that children of a family share, or one syllable beside which another stands: half a name.
fn is_part_of_name(child: &ChildName, given: Pair, (found, left): (&[Word], &[(usize, &Word)])) -> bool {
    let shown = |own: &Word| {
        let initial = |word: &Word| word.is_initial() && own.latin.starts_with(&word.latin);
        let by_word = left.iter().any(|(_, word)| given_likeness(own, word) > Likeness::Alike);
        by_word || found.iter().enumerate().any(|(at, word)| given.written >> at & 1 == 0 && initial(word))
    };
    if !not_named(child, given).into_iter().all(shown) {
        return true;
    }
    let own: Vec<&Word> = child.given.iter().filter(|word| !word.particle && !word.is_initial()).collect();
    let theirs = left_given(child, given, left);
    let syllable = |word: &Word| word.script == Script::Latin && is_syllable(&word.latin);
    // `Jack Thomas` has a middle name; `Ji woo` is one name in two words.
    let half = |only: &Word| is_shared(&only.latin) || syllable(only) && theirs.iter().any(|word| syllable(word));
    matches!(own.as_slice(), [only] if half(only)) && !theirs.is_empty()
}

#[cfg(test)]
mod tests;
