//! Languages of texts whose language a person knows.

use super::*;

/// The languages with a fifth of the letters or more, heaviest first, once there are enough letters to tell.
fn heaviest(shares: &[LanguageShare]) -> String {
    let told: u32 = shares.iter().filter(|share| share.tag != "und").map(|share| share.letters).sum();
    match (shares.is_empty(), told < 20) {
        (true, _) => return "-".to_owned(),
        (_, true) => return "und".to_owned(),
        (false, false) => {}
    }
    let heavy = shares.iter().filter(|share| share.tag != "und" && share.letters * 5 >= told);
    heavy.map(|share| share.tag.as_str()).collect::<Vec<_>>().join("+")
}

#[track_caller]
fn check(text: &str, wanted: &str) {
    let shares = Detector::new().shares(text);
    assert_eq!(heaviest(&shares), wanted, "{shares:?}");
}

/// Proves that running text of many languages is told, by statistics, words or script.
#[test]
fn languages_are_told() {
    check("The patient was admitted with fever and cough.\nShe was treated with antibiotics and went home.", "en");
    check("La paciente fue ingresada por fiebre y tos.\nRecibió antibióticos y fue dada de alta.", "es");
    check("Der Patient wurde mit Fieber und Husten stationär aufgenommen.", "de");
    check("Пациент поступил в стационар с жалобами на боли в животе.", "ru");
    check("患者因发热、咳嗽三天入院，胸部影像未见异常。", "zh");
    check("患者は発熱と咳のため入院した。胸部レントゲンに異常はない。", "ja");
    check("환자는 발열과 기침으로 입원하였다.", "ko");
    check("المريض يعاني من الحمى والسعال منذ ثلاثة أيام", "ar");
    check("मरीज को तीन दिन से बुखार और खांसी है।", "hi");
    check("Moun sa a gen lafyèv ak tous depi twa jou, li bezwen wè yon doktè.", "ht");
}

/// Proves that what looks foreign to letter statistics alone raises no alarm in an English record.
#[test]
fn clinical_english_is_not_foreign() {
    check(
        "MEDICATIONS\nAmoxicillin clavulanate 875 mg b.i.d.\nLevetiracetam, valproate, clobazam, rufinamide\n\
         Diagnosis: tetralogia Fallot, status post commissurotomia, foramen ovale\nThe patient takes these every day.",
        "en",
    );
    check("Hemoglobin 12.1 g/dL\nWhite blood cells 7.2\nReference range\nGlucose 88 mg/dL", "en");
    check("NKDA. Afebrile. Plan: discharge home.", "en");
}

/// Proves that what says too little is left undetermined rather than guessed.
#[test]
fn too_little_is_undetermined() {
    check("Ana Ruiz", "und");
    check("Levetiracetam, clobazam, rufinamide, cannabidiol, vigabatrin", "und");
    check("12.5 % - 3/4", "-");
}

/// Proves that running text in languages that nothing here knows is not English, though `a`, `an`, `me` and `are` are words of
/// theirs, a paragraph of it among headings too (Chuukese, Hawaiian and Huastec, of the Universal Declaration of Human Rights).
#[test]
fn languages_that_nobody_knows_are_not_english() {
    let chuukese = "Pokiten mi auchea an aramas rait me non annuk an esap wor ariaffou are an esap wor emon epwe ariaffoua pwan \
                    emon, iwe mi fakkun namot an mu me mu repwe tongofengen.";
    let hawaiian = "Ua hānau kū’oko’a ‘ia nā kānaka apau loa, a ua kau like ka hanohano a me nā pono kīvila ma luna o kākou \
                    pākahi, no laila e aloha kekahi i kekahi a me ka no’ono’o pono ke ala e hele ai";
    let huastec = "Kom i exlál abal an éyalchik in tomnál kin beletna' ani kin k'aniy an chubaxtaláb abal an inikchik ani kin \
                   beletna' patal an walkadhtaláb, in tujtal an alwa'taláb k'al an tsabál";
    for text in [chuukese, hawaiian, huastec] {
        for text in [text.to_owned(), format!("General Hospital\n\n{text}"), [text; 5].join("\n\n")] {
            let shares = Detector::new().shares(&text);
            assert!(!shares.is_empty() && shares.iter().all(|share| share.tag != "en"), "{text}: {shares:?}");
        }
    }
}

/// Proves that a Spanish paragraph does not drown in a page of English.
#[test]
fn mixed_pages_are_seen() {
    let english = "The child was seen in our clinic and was found to be well.\n".repeat(4);
    let spanish = "El niño fue visto en nuestra consulta y se encontraba bien.\n".repeat(4);
    check(&format!("{english}\n{spanish}"), "es+en");
}

/// Proves that a long text is read in part, evenly.
#[test]
fn long_text_is_sampled() {
    let english = "The child was seen in our clinic and was found to be well.\n".repeat(4_000);
    let spanish = "El niño fue visto en nuestra consulta y se encontraba bien.\n".repeat(4_000);
    let shares = Detector::new().shares(&format!("{english}{spanish}"));
    let letters: u32 = shares.iter().map(|share| share.letters).sum();
    assert!(letters as usize <= PAGE_BYTES_MAX);
    assert!(shares.len() >= 2, "{shares:?}");
}
