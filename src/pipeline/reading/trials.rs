//! What is tried on a sample of a page that reads badly, the likeliest first. Pure.
//!
//! Most pages stand upright, and on poor scans the reader's own word on how a page stands is wrong as often as not: a told
//! turn is believed where nothing else speaks against it.

use super::{
    packs::{Packs, likely_script},
    passes::{LETTERS_NOISE_MIN, Lines, Pass, Plan, SURE_HOPELESS_MAX, SURE_LANGUAGE_MIN, SURE_NOISE_MAX},
};
use crate::{
    casework::wordlike::Measure,
    jail::{Stands, Thresholding},
};

/// A told turn below this confidence means nothing (the reader's own scale).
const TURN_CONFIDENCE_MIN: f32 = 1.0;

/// From this confidence on a told turn is where everything is tried. True turns of clear pages had 5.9 to 30, wrong ones up
/// to 4.8 (of a script that the reader does not know).
const TURN_CONFIDENCE_SURE_MIN: f32 = 5.5;

/// Sure letters that speak for how a page lies: a line of text.
const LETTERS_READ_MIN: f32 = 30.0;

/// What is known of a page.
pub(super) struct Sight<'a> {
    /// The best of what was read so far.
    pub(super) best: &'a Pass,
    /// What was tried so far.
    pub(super) trials: &'a [Pass],
    /// How it is told to stand.
    pub(super) stands: Option<&'a Stands>,
    /// Which way its lines are seen to run.
    pub(super) lines: Option<Lines>,
    /// Does it look like print on paper?
    pub(super) on_paper: bool,
}

/// Letters of noise from which a page that looks like print holds a text in letters that the reader does not know: of nine
/// words in Hindi or Arabic it makes some forty.
const LETTERS_SHORT_MIN: u32 = 10;

/// Below this share of sure letters so short a text may be in any letters: a word or two that look right by chance are much
/// of it. Nine words in Bengali gave 0.64 read as English, in Vietnamese 0.70.
const SURE_SHORT_MIN: f32 = 0.75;

/// See [`SURE_SHORT_MIN`].
fn is_short_noise(measure: &Measure) -> bool {
    (LETTERS_SHORT_MIN..LETTERS_NOISE_MIN).contains(&measure.letters) && measure.sure < SURE_SHORT_MIN
}

/// What may help, the likeliest first.
pub(super) fn of(sight: &Sight<'_>, packs: Packs<'_>) -> Vec<Plan> {
    let best = sight.best;
    let told = told_turn(sight);
    let sure = sight.stands.is_some_and(is_sure);
    let upright = if sure { turned(told.unwrap_or(best.plan.quarter_turns), &best.plan) } else { best.plan.clone() };
    let mut looks = as_told(sight, packs);
    if best.lines == Lines::Along {
        looks.extend([1, 3].map(|turns| turned(turns, &best.plan)));
    }
    if best.measure.sure < SURE_LANGUAGE_MIN {
        let suspected = best.suspected_tag().and_then(|tag| packs.of_tag(tag));
        looks.extend(suspected.map(|pack| with_pack(pack, &upright)));
    }
    let short = sight.on_paper && is_short_noise(&best.measure);
    if best.is_noise() || short {
        looks.extend(scripts(sight, packs).into_iter().map(|pack| with_pack(pack, &upright)));
        if told.is_none() || !sure {
            let mut turns = [2, 1, 3];
            turns.sort_by_key(|turn| !may_turn(sight, *turn));
            looks.extend(turns.map(|turn| turned(turn, &best.plan)));
        }
        // Of packs that read something, but not well, another of the same script may read more.
        let promising = sight.trials.iter().filter(|trial| trial.measure.sure >= SURE_NOISE_MAX);
        looks.extend(promising.flat_map(|trial| kin(trial, packs)));
    }
    looks.push(Plan { thresholding: Thresholding::Local, ..upright });
    looks
}

/// The same, where the look of the page explains already that little is read: as it is told to be, and no script after script.
/// In a blurred photo of an English letter each of twenty packs finds as little as English does.
pub(super) fn of_poor(sight: &Sight<'_>, packs: Packs<'_>) -> Vec<Plan> {
    let upright = turned(told_turn(sight).unwrap_or(sight.best.plan.quarter_turns), &sight.best.plan);
    let promising = sight.trials.iter().filter(|trial| trial.measure.sure >= SURE_NOISE_MAX);
    let kin = promising.flat_map(|trial| kin(trial, packs));
    let local = Plan { thresholding: Thresholding::Local, ..upright };
    as_told(sight, packs).into_iter().chain(kin).chain([local]).collect()
}

/// What is told of its script and of how it stands.
pub(super) fn as_told(sight: &Sight<'_>, packs: Packs<'_>) -> Vec<Plan> {
    let upright = turned(told_turn(sight).unwrap_or(sight.best.plan.quarter_turns), &sight.best.plan);
    let script = sight.stands.and_then(likely_script).map(|script| packs.of_script(script)).unwrap_or_default();
    script.into_iter().map(|pack| with_pack(pack, &upright)).chain([upright.clone()]).collect()
}

/// The same page with the other packs of the script of what was read: they read each other's letters, and which of them
/// reads best tells the language.
pub(super) fn kin(found: &Pass, packs: Packs<'_>) -> Vec<Plan> {
    let kin = found.plan.packs.first().map(|pack| packs.of_the_script_of(pack)).unwrap_or_default();
    kin.into_iter().map(|pack| with_pack(pack, &found.plan)).collect()
}

/// The turn that is told, where it can be believed.
fn told_turn(sight: &Sight<'_>) -> Option<u8> {
    let stands = sight.stands.filter(|stands| stands.confidence >= TURN_CONFIDENCE_MIN)?;
    let measure = &sight.best.measure;
    // What gives so many words stands upright.
    let reads = measure.sure >= SURE_HOPELESS_MAX && measure.sure_letters() >= LETTERS_READ_MIN;
    let upright = reads && sight.best.lines == Lines::Across;
    (is_sure(stands) || !upright && may_turn(sight, stands.quarter_turns)).then_some(stands.quarter_turns)
}

fn is_sure(stands: &Stands) -> bool {
    stands.confidence >= TURN_CONFIDENCE_SURE_MIN
}

/// Do the lines that are seen allow this turn?
fn may_turn(sight: &Sight<'_>, quarter_turns: u8) -> bool {
    let lying = quarter_turns % 2 == 1;
    quarter_turns == 0 || sight.lines.is_none_or(|lines| lying == (lines == Lines::Along))
}

/// Scripts that a page of noise may be written in. Where one pack reads something, the page is in its letters: of another
/// script hardly any reads so much. The rarer ones only where lines or print are seen: a picture has no script.
fn scripts<'a>(sight: &Sight<'_>, packs: Packs<'a>) -> Vec<&'a str> {
    let latin = sight.trials.iter().any(|trial| {
        let reads = trial.measure.sure >= SURE_HOPELESS_MAX && trial.has_text();
        reads && trial.plan.packs.iter().any(|pack| packs.of_the_script_of(pack).is_empty())
    });
    if latin {
        return Vec::new();
    }
    let others = if sight.lines.is_some() || sight.on_paper { packs.of_other_scripts() } else { Vec::new() };
    [packs.of_common_scripts(), others].concat()
}

fn turned(quarter_turns: u8, plan: &Plan) -> Plan {
    Plan { quarter_turns, ..plan.clone() }
}

fn with_pack(pack: &str, plan: &Plan) -> Plan {
    Plan { packs: vec![pack.to_owned()], ..plan.clone() }
}
