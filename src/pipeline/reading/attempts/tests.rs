//! Pages and what is done with them next, without a reader.

use super::*;
use crate::{
    domain::{facts::LanguageShare, reading::ReadWord},
    jail::Thresholding,
};

pub(super) fn words(word: &str, count: usize, confidence: f32) -> Vec<ReadWord> {
    vec![ReadWord { text: word.to_owned(), confidence, ..ReadWord::default() }; count]
}

pub(super) fn noise(plan: Plan) -> Pass {
    Pass::of(plan, words("xkqwj", 100, 0.2), vec![share("und", 500)])
}

pub(super) fn text(plan: Plan, tag: &str) -> Pass {
    Pass::of(plan, words("fever", 100, 0.9), vec![share(tag, 500)])
}

pub(super) fn share(tag: &str, letters: u32) -> LanguageShare {
    LanguageShare { tag: tag.to_owned(), letters }
}

pub(super) fn installed(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub(super) fn stands(quarter_turns: u8, confidence: f32, script: &str) -> Option<Stands> {
    Some(Stands { quarter_turns, confidence, script: script.to_owned(), script_confidence: 3.0 })
}

#[track_caller]
pub(super) fn read_of(step: Option<Step>) -> Plan {
    match step {
        Some(Step::Read(plan)) => plan,
        other => panic!("no pass but {other:?}"),
    }
}

#[track_caller]
pub(super) fn trial_of(step: Option<Step>) -> Plan {
    match step {
        Some(Step::Try(plan)) => plan,
        other => panic!("no trial but {other:?}"),
    }
}

/// After a first pass that gave noise.
fn after_noise(packs: Packs<'_>) -> Attempts {
    let mut attempts = Attempts::default();
    let first = read_of(attempts.next(packs));
    attempts.add(noise(first));
    assert_eq!(attempts.next(packs), Some(Step::Stand));
    attempts
}

/// Proves that a clear English page costs one pass, and a clear Spanish one two, the second in Spanish.
#[test]
fn clear_pages_cost_little() {
    let names = installed(&["eng", "spa"]);
    let packs = Packs(&names);
    let mut english = Attempts::default();
    let first = read_of(english.next(packs));
    assert_eq!(first.packs, ["eng"]);
    english.add(text(first.clone(), "en"));
    assert_eq!(english.next(packs), None);
    let mut spanish = Attempts::default();
    spanish.add(text(first.clone(), "es"));
    let second = read_of(spanish.next(packs));
    assert_eq!(second.packs, ["spa"]);
    spanish.add(Pass::of(second, words("fiebre", 100, 0.95), vec![share("es", 520)]));
    assert_eq!(spanish.next(packs), None);
    assert_eq!(spanish.best().unwrap().plan.packs, ["spa"]);
    // The pack is not installed: what was read stays.
    let mut polish = Attempts::default();
    polish.add(text(first, "pl"));
    assert_eq!(polish.next(packs), None);
}

/// Proves that a page which reads badly is tried as it is told to stand and in the script that is told, and is read
/// whole only so.
#[test]
fn what_is_told_is_tried_first() {
    let names = installed(&["eng", "ara"]);
    let packs = Packs(&names);
    let mut sideways = after_noise(packs);
    sideways.stand(stands(1, 8.0, "Latin"));
    let trial = trial_of(sideways.next(packs));
    assert_eq!((trial.quarter_turns, trial.packs.as_slice()), (1, ["eng".to_owned()].as_slice()));
    sideways.add_trial(text(trial.clone(), "en"));
    assert_eq!(read_of(sideways.next(packs)), trial);
    let mut arabic = after_noise(packs);
    arabic.stand(stands(0, 3.0, "Arabic"));
    assert_eq!(trial_of(arabic.next(packs)).packs, ["ara"]);
}

/// Proves that a page of noise whose script cannot be told is tried in each script, that the one which reads is taken
/// with its kin, and that the best of them reads the page.
#[test]
fn scripts_are_tried_until_one_reads() {
    let names = installed(&["eng", "chi_sim", "ara", "urd", "rus"]);
    let packs = Packs(&names);
    let mut attempts = after_noise(packs);
    attempts.stand(stands(0, 4.0, "Latin"));
    let chinese = trial_of(attempts.next(packs));
    assert_eq!(chinese.packs, ["chi_sim"]);
    attempts.add_trial(noise(chinese));
    let arabic = trial_of(attempts.next(packs));
    assert_eq!(arabic.packs, ["ara"]);
    attempts.add_trial(text(arabic, "ar"));
    let urdu = trial_of(attempts.next(packs));
    assert_eq!(urdu.packs, ["urd"]);
    attempts.add_trial(Pass::of(urdu.clone(), words("fever", 100, 0.97), vec![share("ur", 500)]));
    assert_eq!(read_of(attempts.next(packs)), urdu);
}

/// Proves that a turn is not believed which the lines that are seen, or the words that were read, speak against.
#[test]
fn doubtful_turns_are_not_believed() {
    let names = installed(&["eng", "vie", "rus"]);
    let packs = Packs(&names);
    let mut upright = after_noise(packs).lined(Some(Lines::Across));
    upright.stand(stands(1, 4.0, "Latin"));
    assert_eq!(trial_of(upright.next(packs)).quarter_turns, 0);
    let mut certain = after_noise(packs).lined(Some(Lines::Across));
    certain.stand(stands(1, 9.0, "Latin"));
    assert_eq!(trial_of(certain.next(packs)).quarter_turns, 1);
    let mut doubtful = after_noise(packs);
    doubtful.stand(stands(2, 4.8, "Latin"));
    let told = trial_of(doubtful.next(packs));
    assert_eq!((told.quarter_turns, told.packs.as_slice()), (2, ["eng".to_owned()].as_slice()));
    doubtful.add_trial(noise(told));
    let russian = trial_of(doubtful.next(packs));
    assert_eq!((russian.quarter_turns, russian.packs.as_slice()), (0, ["rus".to_owned()].as_slice()));
    let mut read = Attempts::default();
    read.add(Pass::of(Plan { packs: installed(&["eng"]), ..Plan::default() }, half_read(), vec![share("vi", 300)]));
    assert_eq!(read.next(packs), Some(Step::Stand));
    read.stand(stands(2, 3.0, "Latin"));
    let vietnamese = loop {
        let trial = trial_of(read.next(packs));
        if trial.packs == ["vie"] {
            break trial;
        }
        read.add_trial(noise(trial));
    };
    assert_eq!(vietnamese.quarter_turns, 0);
}

/// Proves that no other script is tried where a language in Latin letters reads something, that rare ones are tried
/// only where lines are seen, and that Thai counts only where it reads well.
#[test]
fn scripts_are_tried_where_it_may_help() {
    let names = installed(&["eng", "ara", "spa", "tam", "tha"]);
    let packs = Packs(&names);
    let mut spanish = after_noise(packs);
    spanish.stand(None);
    spanish.add_trial(Pass::of(Plan { packs: installed(&["spa"]), ..Plan::default() }, half_read(), Vec::new()));
    assert_eq!(read_of(through(&mut spanish.clone(), packs, &[]).0).packs, ["spa"]);
    assert_eq!(through(&mut spanish, packs, &[]).1.iter().filter(|pack| *pack != "eng").count(), 0);
    let mut picture = after_noise(packs);
    picture.stand(None);
    assert_eq!(through(&mut picture, packs, &[]).1[..2], ["ara", "eng"]);
    let mut page = after_noise(packs).lined(Some(Lines::Across));
    page.stand(None);
    let (step, packs_tried) = through(&mut page, packs, &["tha"]);
    assert_eq!((step, &packs_tried[..3]), (None, installed(&["ara", "tam", "tha"]).as_slice()));
}

/// Of a hundred words 45 for certain.
fn half_read() -> Vec<ReadWord> {
    [words("fever", 45, 0.9), words("fever", 55, 0.3)].concat()
}

/// Takes every trial, which gives noise, but half is read with these packs; what comes then, and what was tried.
fn through(attempts: &mut Attempts, packs: Packs<'_>, half: &[&str]) -> (Option<Step>, Vec<String>) {
    let mut tried = Vec::new();
    loop {
        match attempts.next(packs) {
            Some(Step::Try(plan)) => {
                tried.push(plan.packs[0].clone());
                let is_half = half.contains(&plan.packs[0].as_str());
                attempts.add_trial(if is_half { Pass::of(plan, half_read(), Vec::new()) } else { noise(plan) });
            }
            other => return (other, tried),
        }
    }
}

/// Proves that a page on which nothing helps is not read whole again, and that trials have an end.
#[test]
fn noise_is_read_whole_once() {
    let names = installed(&["eng", "ara", "rus", "osd"]);
    let packs = Packs(&names);
    let mut attempts = after_noise(packs);
    attempts.stand(None);
    let mut turns = Vec::new();
    while let Some(step) = attempts.next(packs) {
        let trial = trial_of(Some(step));
        turns.push(trial.quarter_turns);
        attempts.add_trial(noise(trial));
    }
    assert_eq!(turns, [0, 0, 2, 1, 3, 0]);
    assert_eq!(attempts.best().unwrap().plan, Plan { packs: installed(&["eng"]), ..Plan::default() });
}

/// Proves that of a page that looks hopeless a sample comes first: noise ends it, and text has the page read.
#[test]
fn poor_pages_are_sampled_first() {
    let names = installed(&["eng", "spa"]);
    let packs = Packs(&names);
    let mut hopeless = Attempts::at(Prospect::Poor);
    let sample = trial_of(hopeless.next(packs));
    hopeless.add_trial(noise(sample.clone()));
    assert_eq!(hopeless.next(packs), Some(Step::Stand));
    hopeless.stand(stands(2, 0.7, "Latin"));
    assert_eq!((hopeless.next(packs), hopeless.best()), (None, None));
    assert_eq!(hopeless.best_trial().unwrap().plan, sample);
    // Upside down it is not hopeless yet.
    let mut turned = hopeless.clone();
    turned.stand(stands(2, 6.0, "Latin"));
    let trial = trial_of(turned.next(packs));
    assert_eq!(trial.quarter_turns, 2);
    turned.add_trial(text(trial.clone(), "en"));
    assert_eq!(read_of(turned.next(packs)), trial);
    let mut pale = Attempts::at(Prospect::Poor);
    pale.add_trial(text(sample.clone(), "en"));
    assert_eq!(read_of(pale.next(packs)), sample);
}

/// Proves that a page that looks hopeless and surely stands so is tried in the script it is told to be in and with the other
/// threshold, and not in one script after the other.
#[test]
fn poor_pages_are_tried_as_told_only() {
    let names = installed(&["eng", "ara", "fas", "hin", "rus", "chi_sim", "khm"]);
    let packs = Packs(&names);
    let tried = |finds: &[&str]| {
        let mut poor = Attempts::at(Prospect::Poor);
        poor.add_trial(noise(trial_of(poor.next(packs))));
        poor.stand(stands(0, 6.0, "Arabic"));
        let mut tried = Vec::new();
        while let Some(Step::Try(plan)) = poor.next(packs) {
            let found = finds.contains(&plan.packs[0].as_str());
            tried.push((plan.packs[0].clone(), plan.thresholding));
            poor.add_trial(if found { text(plan, "fa") } else { noise(plan) });
        }
        let read = poor.next(packs).map(|step| read_of(Some(step)));
        (tried, read)
    };
    let (all, read) = tried(&[]);
    let packs_of = |tried: &[(String, Thresholding)]| tried.iter().map(|(pack, _)| pack.clone()).collect::<Vec<_>>();
    assert_eq!(packs_of(&all), ["ara", "fas", "eng"]);
    assert_eq!((all[2].1, read), (Thresholding::Local, None));
    let (all, read) = tried(&["fas"]);
    assert_eq!(packs_of(&all), ["ara", "fas"]);
    assert_eq!(read.unwrap().packs, ["fas"]);
}

/// Proves that of a page on which nothing was found with one threshold for all of it, a sample is tried with one around each
/// pixel, and that the page is read so where that finds text, by itself or after everything else.
#[test]
fn a_threshold_around_each_pixel_is_tried() {
    let names = installed(&["eng", "rus"]);
    let packs = Packs(&names);
    let mut pale = Attempts::default();
    let first = read_of(pale.next(packs));
    pale.add(Pass::of(first, Vec::new(), Vec::new()));
    assert_eq!(pale.next(packs), Some(Step::Stand));
    pale.stand(None);
    let trial = trial_of(pale.next(packs));
    assert_eq!(trial.thresholding, Thresholding::Local);
    pale.add_trial(text(trial.clone(), "en"));
    assert_eq!(read_of(pale.next(packs)), trial);
    pale.add(text(trial.clone(), "en"));
    assert_eq!((pale.next(packs), &pale.best().unwrap().plan), (None, &trial));
    // The sample read well, and the page gave nothing read the same way: a picture on it sets its threshold.
    let mut beside_a_picture = Attempts::at(Prospect::Poor);
    let sample = trial_of(beside_a_picture.next(packs));
    beside_a_picture.add_trial(text(sample.clone(), "en"));
    assert_eq!(read_of(beside_a_picture.next(packs)), sample);
    beside_a_picture.add(Pass::of(sample, Vec::new(), Vec::new()));
    assert_eq!(beside_a_picture.next(packs), Some(Step::Stand));
    beside_a_picture.stand(None);
    let trial = trial_of(beside_a_picture.next(packs));
    assert_eq!(trial.thresholding, Thresholding::Local);
    beside_a_picture.add_trial(text(trial.clone(), "en"));
    assert_eq!(read_of(beside_a_picture.next(packs)), trial);
    let mut noisy = after_noise(packs);
    noisy.stand(None);
    let last = loop {
        let trial = trial_of(noisy.next(packs));
        if trial.thresholding == Thresholding::Local {
            break trial;
        }
        noisy.add_trial(noise(trial));
    };
    noisy.add_trial(text(last.clone(), "en"));
    assert_eq!(read_of(noisy.next(packs)), last);
}

/// Proves that the pass with the most words that are sure wins, not the one with the most noise.
#[test]
fn the_best_pass_wins() {
    let mut attempts = Attempts::default();
    let turned = Plan { quarter_turns: 2, ..Plan::default() };
    attempts.add(Pass::of(Plan::default(), words("wqkxz", 300, 0.3), Vec::new()));
    attempts.add(Pass::of(turned.clone(), words("fever", 90, 0.9), Vec::new()));
    attempts.add(Pass::of(Plan { layout: Layout::Scattered, ..turned.clone() }, Vec::new(), Vec::new()));
    assert_eq!(attempts.best().unwrap().plan, turned);
}

/// Proves that a pass over which the reader failed is not tried again, and never wins.
#[test]
fn failures_do_not_win() {
    let names = installed(&["eng"]);
    let packs = Packs(&names);
    let mut attempts = Attempts::default();
    let first = read_of(attempts.next(packs));
    attempts.fail(first.clone());
    let second = read_of(attempts.next(packs));
    assert_ne!(first, second);
    attempts.fail(second);
    assert_eq!((attempts.next(packs), attempts.best()), (None, None));
}

/// Proves that a page whose blocks the reader turned by itself is turned and read again.
#[test]
fn pages_on_their_side_are_turned() {
    let names = installed(&["eng"]);
    let packs = Packs(&names);
    let mut attempts = Attempts::default();
    let first = read_of(attempts.next(packs));
    attempts.add(Pass { lines: Lines::Along, ..text(first, "en") });
    assert_eq!(attempts.next(packs), Some(Step::Stand));
    attempts.stand(None);
    let trial = trial_of(attempts.next(packs));
    assert_eq!(trial.quarter_turns, 1);
    attempts.add_trial(text(trial.clone(), "en"));
    assert_eq!(read_of(attempts.next(packs)), trial);
    attempts.add(text(trial.clone(), "en"));
    assert_eq!(attempts.next(packs), None);
}

/// Proves that a failure over a sample has the whole page read, and that a page is never judged from its sample where
/// the reader failed over the page, or where the sample has text.
#[test]
fn samples_do_not_stand_for_what_can_be_read() {
    let names = installed(&["eng"]);
    let packs = Packs(&names);
    let mut failing = Attempts::at(Prospect::Poor);
    let sample = trial_of(failing.next(packs));
    failing.fail_trial(sample.clone());
    assert_eq!(read_of(failing.next(packs)), sample);
    assert!(!failing.has_failed());
    failing.fail(sample.clone());
    let scattered = read_of(failing.next(packs));
    failing.fail(scattered);
    assert!(failing.next(packs).is_none() && failing.best().is_none() && failing.has_failed());
    let mut weak = Attempts::at(Prospect::Poor);
    weak.add_trial(noise(sample.clone()));
    weak.stand(stands(2, 6.0, "Latin"));
    while let Some(Step::Try(trial)) = weak.next(packs) {
        let mut pass = noise(trial);
        (pass.measure.sure, pass.measure.letters, pass.measure.words) = (0.3, 60, 12);
        weak.add_trial(pass);
    }
    assert_eq!(read_of(weak.next(packs)).quarter_turns, 2);
}

/// Proves that nothing is planned where nothing can be read.
#[test]
fn without_packs_nothing_is_read() {
    assert_eq!(Attempts::default().next(Packs(&[])), None);
}

/// Proves that a few letters of noise on what looks like print are tried in other scripts, the rarer ones too, that a word or
/// two which look right by chance do not keep that from being done, and that a picture is left alone.
#[test]
fn short_texts_are_tried_in_other_scripts() {
    let installed = installed(&["eng", "hin", "khm"]);
    let packs = Packs(&installed);
    let tried = |on_paper, sure: usize| {
        let mut attempts = Attempts::default().on_paper(on_paper);
        let first = read_of(attempts.next(packs));
        let read = [words("fever", sure, 0.9), words("xkqwj", 8 - sure, 0.2)].concat();
        attempts.add(Pass::of(first, read, vec![share("und", 40)]));
        attempts.stand(None);
        let mut tried = Vec::new();
        while let Some(Step::Try(plan)) = attempts.next(packs) {
            tried.push(plan.packs[0].clone());
            attempts.add_trial(noise(plan));
        }
        tried
    };
    for sure in [0, 4] {
        let tried = tried(true, sure);
        assert!(tried.iter().any(|pack| pack == "hin") && tried.iter().any(|pack| pack == "khm"), "{sure}: {tried:?}");
    }
    assert!(!tried(false, 0).iter().any(|pack| pack == "hin"), "a picture has no script");
    assert!(!tried(true, 7).iter().any(|pack| pack == "hin"), "it was read");
}
