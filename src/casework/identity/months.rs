//! Names of months, in the languages in which families and hospitals write dates.
//!
//! A name is told by its beginning, in its own letters: transliterated, the Croatian April and the Ukrainian May are one
//! word. Where a name means two months (`listopad` is October in Zagreb and November in Warsaw), both are told.

use super::letters::folded;
use std::{collections::HashMap, sync::LazyLock};

/// Twelve beginnings a line, from January on; a bar stands between several of one month.
const LANGUAGES: &[&str] = &[
    // English, Dutch, German, Scandinavian, Baltic, South Slavic, Hungarian, Indonesian, Malay, Swahili.
    "jan feb|febr mar|maart|mrt|mrz|marz|maerz|mac apr may|mei|mai|maj jun jul aug|avg|agus|agost|ogos|agust sep|sze okt|oct nov dec|des|dez|dis",
    // Romance.
    "ene feb mar abr may jun jul ago sep|set oct nov dic",
    "janv fev mars avr mai juin juil aou sept oct nov dec",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "ian feb mar apr mai iun iul aug sep oct noi dec",
    "gen febr marc abr maig juny juliol agost set oct nov des",
    "xan feb mar abr mai xun xul ago set out nov dec",
    // Polish, Czech, Croatian.
    "sty lut mar kwi maj cze|czerw lip|lipie|lipc sie wrz paz lis|list|listopad gru",
    "led uno bre dub kve cerv|cerven|cervn cervenc srp|srpen|srpna zar rij lis|list|listopad pros",
    "sij|sijec vel|velja ozu|ozuj tra|trav svi|svib lip|lipanj|lipnj srp|srpanj|srpnj kol|kolov ruj lis|list|listopad stu|studen pros",
    // Finnish, Estonian, Lithuanian, Latvian.
    "tammi helmi maali huhti touko kesa heina elo syys loka marras joulu",
    "jaan veeb mart apr mai juun juul aug sep okt nov dets",
    "sausi vasar kovo|kovas baland geguz birzel liep rugpj rugsej spali lapkri gruod",
    "janv feb mart apr maij jun jul aug sept okt nov dec",
    // Basque, Albanian, Welsh, Filipino.
    "urtar otsail martx apir maiatz ekain uztail abuzt irail urri azaro abend",
    "janar shkurt mars prill maj qersh korrik gusht shtat tetor nentor dhjet",
    "ionawr chwef mawrth ebrill mai mehef gorff awst medi hydref tach rhagf",
    "ener pebr mars abr may hunyo hulyo agost sety oktub nobye disye",
    // Turkish, Azerbaijani, Uzbek.
    "oca sub mar nis may haz tem agu eyl eki kas ara",
    "yanv fevr mart aprel may iyun iyul avqu|avgu sent okty|okta noya dek",
    // Russian and Bulgarian, Ukrainian, Belarusian, Serbian and Macedonian, Kazakh.
    "янв|яну фев мар апр май|мая|маи июн|юни июл|юли авг сен|септ окт ноя|ноем дек",
    "січ лют бер|берез кві|квіт тра|трав чер|черв лип серп вер|верес жов|жовт лис|листоп гру|груд",
    "студз лют сака краса май|мая чэрв ліп жнів верас кастр ліст снеж",
    "јан феб мар апр мај јун јул авг сеп окт нов дец|дек",
    "қаңтар ақпан науры сәуір мамыр маусы шілде тамыз қыркү қазан қараш желто",
    // Greek, Armenian, Georgian.
    "ιαν φεβ μαρ απρ μαι ιουν ιουλ αυγ σεπ οκτ νοε δεκ",
    "հունվ փետր մարտ ապրի մայիս հունիս հուլիս օգոս սեպտ հոկտ նոյեմ դեկտ",
    "იან თებ მარ აპრ მაი ივნ ივლ აგვ სექ ოქტ ნოე დეკ",
    // Hebrew; Arabic of the Gulf and Egypt, of the Maghreb, of the Levant; Persian; Urdu.
    "ינוא פברו מרץ|מרס אפרי מאי יוני יולי אוגו ספטמ אוקט נובמ דצמ",
    "يناير فبراير مارس ابريل مايو يوني|يونيو يوليو|يوليه اغسطس سبتمبر اكتوبر نوفمبر ديسمبر",
    "جانفي فيفري مارس افريل ماي جوان جويلي اوت سبتمبر اكتوبر نوفمبر ديسمبر",
    "كانون شباط اذار نيسان ايار حزيران تموز اب ايلول تشرين تشرين كانون",
    "ژانوی فوری مارس اوریل مه ژوئن ژوئی اوت سپتامب اکتب نوامب دسامب",
    "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر ابان اذر دی بهمن اسفند",
    "جنوری فروری مارچ اپریل مئی جون جولا اگست ستمبر اکتوبر نومبر دسمبر",
    // Thai; Hindi, Marathi and Nepali; Bengali.
    "มกรา กุมภา มีนา เมษา พฤษภา มิถุนา กรกฎา สิงหา กันยา ตุลา พฤศจิกา ธันวา",
    "जनवर|जानेव फरवर|फ़रवर|फेब्र मार्च अप्र|एप्रि मई|मे जून जुल अगस्|ऑग सितं|सितम्|सप्टे अक्टू|अक्तू|ऑक्टो नवं|नवम्|नोव्हे दिसं|दिसम्|डिसें",
    "জান ফেব মার্চ এপ্রি মে জুন জুল আগ সেপ্টে অক্টো নভে ডিসে",
    // Ethiopian months, which are others: their calendar counts from the first.
    "መስከ ጥቅም ኅዳር|ህዳር ታኅሣ|ታህሳ ጥር የካቲ መጋቢ ሚያዝ ግንቦ ሰኔ ሐምሌ|ሃምሌ ነሐሴ|ነሃሴ ጳጉሜ",
];

/// Words that stand in dates and name no month, small and without accents.
const FILLERS: &[&str] = &[
    "de",
    "del",
    "of",
    "the",
    "st",
    "nd",
    "rd",
    "th",
    "er",
    "den",
    "le",
    "el",
    "il",
    "di",
    "do",
    "da",
    "d",
    "a",
    "e",
    "am",
    "t",
    "z",
    "г",
    "года",
    "год",
    "р",
    "року",
    "r",
    "rok",
    "roku",
    "anno",
    "ano",
    "an",
    "jahr",
    "ngay",
    "thang",
    "nam",
    "年",
    "月",
    "日",
    "号",
    "號",
    "년",
    "월",
    "일",
    "의",
    "م",
    "الاول",
    "الثاني",
    "ev",
    "m",
    "ce",
    "ad",
    "g",
];

/// A beginning of a name, its letters, and its month.
type Beginning = (String, usize, i8);

/// Beginnings by their first letter; folded as words are.
static BEGINNINGS: LazyLock<HashMap<char, Vec<Beginning>>> = LazyLock::new(|| {
    let mut by_first: HashMap<char, Vec<Beginning>> = HashMap::new();
    for line in LANGUAGES {
        for (month, names) in (1_i8..).zip(line.split(' ')) {
            for name in names.split('|').map(folded) {
                let first = name.chars().next().unwrap_or_default();
                by_first.entry(first).or_default().push((name.clone(), name.chars().count(), month));
            }
        }
    }
    by_first
});

/// Letters of a name from which on its beginning is enough.
const BEGINNING_MIN: usize = 3;

/// The months a name or abbreviation can mean: those with the longest beginning in common. Empty for no month.
pub(super) fn months_of(word: &str) -> Vec<i8> {
    let word = folded(word);
    // Hebrew writes `in` and the month as one word.
    match (starting(&word), word.strip_prefix('ב')) {
        (found, Some(rest)) if found.is_empty() => starting(rest),
        (found, _) => found,
    }
}

fn starting(word: &str) -> Vec<i8> {
    let known = word.chars().next().and_then(|first| BEGINNINGS.get(&first));
    let begins = |(name, letters, _): &&Beginning| word == name || word.starts_with(name) && *letters >= BEGINNING_MIN;
    let all: Vec<&Beginning> = known.into_iter().flatten().filter(begins).collect();
    let longest = all.iter().map(|(_, letters, _)| *letters).max();
    let mut months: Vec<i8> =
        all.iter().filter(|(_, letters, _)| Some(*letters) == longest).map(|(_, _, m)| *m).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// May this word stand in a date beside what is read of it?
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&folded(word).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that every month's name is read in the languages that families write.
    #[test]
    fn months() {
        for names in [
            "january february march april may june july august september october november december",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "januar februar märz april mai juni juli august september oktober november dezember",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
            "januari februari maart april mei juni juli augustus september oktober november december",
            "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
            "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
            "ינואר פברואר במרץ אפריל מאי יוני ביולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
            "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
            "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
            "január február március április május június július augusztus szeptember október november december",
            "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
            "januar februar mars april mai juni juli august september oktober november desember",
            "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра",
            "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
            "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
        ] {
            let found: Vec<Vec<i8>> = names.split(' ').map(months_of).collect();
            let expected: Vec<Vec<i8>> = (1..=12).map(|month| vec![month]).collect();
            assert_eq!(found, expected, "{names}");
        }
    }

    /// Proves that Slavic names are read by their own language, and that one which means two months gives both.
    #[test]
    fn slavic_months() {
        for names in [
            "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
            "ledna února března dubna května června července srpna září října listopadu prosince",
        ] {
            for (month, name) in (1_i8..).zip(names.split(' ')) {
                let expected = if name.starts_with("listopad") { vec![10, 11] } else { vec![month] };
                assert_eq!(months_of(name), expected, "{name}");
            }
        }
        assert_eq!(months_of("biopsy"), Vec::<i8>::new());
    }
}
