//! Function words: the short words that no running text can do without, and that lists of drugs, names and codes
//! do not contain.
//!
//! They are the independent witness beside the letter statistics: a line is called foreign only when the language
//! it is taken for shows its own function words or letters. A word that several languages share counts for each.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A set of languages, one bit each, in the order of [`FUNCTION_WORDS`].
pub(super) type Languages = u64;

/// Tag and function words of each language in Latin script, English first. Languages that the statistics do not
/// know (Haitian Creole, Hausa, …) are recognised by these words alone.
const FUNCTION_WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to in was is with for no at on by this that which from were are has have had been as an a be or \
            not it its his her he she they their we our you your i my me him them there when who what will would should can \
            could may did do does if but than then into over under after before during without within between about per \
            also both all any each more most other some such only because while where these those being until through \
            please one two three",
    ),
    (
        "es",
        "de la el los las un una y en que con por para se del al su sus es fue no lo como más pero cada durante tres dos \
            sin sobre entre desde hasta le ha hay son está este esta muy también donde años días horas paciente",
    ),
    (
        "fr",
        "de la le les un une et en que qui des du au aux par pour dans sur avec est sont ne pas se sa son ses il elle a \
            été une ce cette plus ou nous vous votre être sans jours ans chez après avant à cinq deux trois l' d' qu' s' n' c' j'",
    ),
    (
        "de",
        "der die das und in den dem des ein eine einer eines einem einen mit von zu zur zum ist war nicht auf für im am bei \
            wurde wurden nach als auch sich es sie er wir aus an oder über keine kein unter durch vor bis seit hat haben \
            sind werden ihr zwei drei",
    ),
    (
        "it",
        "di il la le lo gli un una e in che con per non si del della dei delle al alla da dal dalla nel nella sono è era \
            come più anche ma ha stato stata su sul suo sua anni giorni due tre dopo senza l' d' un' all' dell' dall' nell' sull' c'",
    ),
    (
        "pt",
        "de o a os as um uma e em que com por para se do da dos das no na nos nas ao à não é foi como mais mas seu sua ser \
            são está ou entre após sem seis dois três anos dias você pode sobre pela pelo",
    ),
    (
        "nl",
        "de het een en van in op met voor is was niet te dat die aan er om door bij naar ook als uit zijn hebben heeft \
            werd worden wordt maar of over wij u uw geen na tot deze twee",
    ),
    (
        "ca",
        "de la el els les un una i en que amb per a se del al dels és va no com més però sense sobre entre des fins ha \
            són està aquest aquesta pel seva seu dies anys l' d' s' n'",
    ),
    (
        "gl",
        "de o a os as un unha e en que con por para se do da dos das no na ao non é foi como máis pero sen sobre entre \
            dende ata seu súa son está este esta \
            noso nosa nosas nosos ten teñen xa tamén pola polo moi cando onde aos ás seus súas ela el tras dous así aínda",
    ),
    (
        "eu",
        "eta da du zen ez bat ere zuen dira izan egin dute zuten baina edo gabe ziren hau horrek hori dago bere batean \
            zituen baten honen arte ondoren egiten duen den direla pertsona orok",
    ),
    (
        "ro",
        "de la și în cu pe un o a nu este sau din pentru care mai ca se al ale ai lui că au fost fi prin după fără sunt \
            era ani zile orice",
    ),
    (
        "pl",
        "i w z na do nie się jest że o po od za przez dla jak lub oraz był była było są ze u przy to a ale bez bardzo \
            który która które tym tego dni lat pod tak",
    ),
    (
        "cs",
        "a v ve z ze na do je se že s o po pro od za při nebo byl byla bylo jsou byly jako bez které který která není k \
            u podle dny let také aby má",
    ),
    (
        "sk",
        "a v vo z zo na do je sa že s o po pre od za pri alebo bol bola bolo sú boli ako bez ktoré ktorý ktorá nie k u \
            podľa dni rokov tiež aby má",
    ),
    (
        "sl",
        "in v na je se z s za da ne pa po od do pri ali ki so bil bila bilo kot iz tudi brez ima vsakdo pravico dni let",
    ),
    (
        "hr",
        "i u na je se da s sa za od do po ne su ili iz kao koji koja koje bez što bio bila bilo pri te ima svatko pravo \
            dana godina uz nije",
    ),
    (
        "bs",
        "i u na je se da s sa za od do po ne su ili iz kao koji koja koje bez što bio bila bilo pri te ima svako pravo \
            dana godina uz nije",
    ),
    (
        "hu",
        "a az és egy hogy nem is volt van ez meg de csak mint vagy ha már azt el után miatt nincs való minden lehet \
            kell került között szerint",
    ),
    (
        "fi",
        "ja on ei että oli se hän tai joka kun niin mutta myös sekä ovat kuin jos sen ole mitä jotka siitä hänen jokaisella \
            oikeus hänellä ilman olla saa kaikki",
    ),
    (
        "et",
        "ja on ei et ta see või kui oli ka mis kes oma aga siis ning tema selle pole on iga igal õigus ilma tuleb olla",
    ),
    ("lv", "un ir ar no uz par ka kas tika vai pie bija tas nav pēc bez lai kā arī ikvienam tiesības dienas gadu viņa"),
    (
        "lt",
        "ir yra su iš į kad buvo ne prie po kaip dėl be bei ar nuo apie jo jos tai turi kiekvienas teisę žmogus metų",
    ),
    (
        "sv",
        "och i att det som en på är av för med den till har inte om ett han hon var vid efter utan eller från de sig ej \
            under kan ska dagar år",
    ),
    (
        "da",
        "og i at det som en på er af for med den til har ikke om et han hun var ved efter uden eller fra de sig under \
            kan skal dage år blev hvis",
    ),
    (
        "nb",
        "og i at det som en på er av for med den til har ikke om et han hun var ved etter uten eller fra de seg under \
            kan skal dager år ble hvis",
    ),
    (
        "nn",
        "og i at det som ein på er av for med den til har ikkje om eit han ho var ved etter utan eller frå dei seg under \
            kan skal dagar år vart",
    ),
    (
        "is",
        "og að í á er það sem til um við var ekki með af en fyrir hann hún eða frá eftir sé ef þá hefur skal allir rétt",
    ),
    ("ga", "an na agus ar i le go is a do ag tá bhí sé sí nach ní leis ón ach atá gach nó chun"),
    ("cy", "y yr a ac i yn o ar am gan wrth mae oedd bod ei ni wedi nid neu hawl pawb gyda"),
    ("sq", "dhe e të në me për një i që nga është nuk ka si u se por më ose ishte janë pa kjo gjithkush drejtë"),
    (
        "tr",
        "ve bir bu ile için de da olarak çok olan ne daha gibi en var yok veya sonra kadar göre ise hasta hastanın edildi \
            saptandı her değil iki üç",
    ),
    ("az", "və bir bu ilə üçün da də olan çox var yox və ya sonra kimi hər deyil xəstə edilib olunur malikdir"),
    ("vi", "và của là có cho không được trong với các một những người này bệnh khi đã để từ hoặc bị đến"),
    (
        "id",
        "yang dan di ke dari untuk dengan pada ini itu tidak adalah atau anda dalam akan oleh juga ada telah sebagai \
            setiap bisa harus",
    ),
    (
        "ms",
        "yang dan di ke dari untuk dengan pada ini itu tidak adalah atau anda dalam akan oleh juga ada telah sebagai \
            setiap boleh mesti",
    ),
    ("tl", "ang ng sa na mga at ay ko mo ka kung hindi ito para may ni si nang siya ako o pa ba din rin po mula kapag"),
    (
        "sw",
        "na ya wa kwa ni katika la za cha kama au hii hiyo kuwa yako hakuna mtu watu ili pia kila haki bila mgonjwa",
    ),
    (
        "so",
        "iyo ka ku waa in oo u ah la uu ay ayaa waxa waxaa ama haddii loo ee aan leh soo si wax kuwa sida isaga qof kasta \
            inuu yahay karo",
    ),
    ("zu", "futhi ukuthi noma kanye uma ukuba ngoba kodwa wonke umuntu lokhu yakhe kufanele yini ngokuthi"),
    ("xh", "kunye okanye ukuba kwaye xa ngoko kodwa wonke umntu lo yakhe kufuneka ngokuba nayiphi"),
    ("st", "le ho ya ka ba ke ha e tsa hore kapa mme motho mang tokelo bohle tla se ena"),
    (
        "lg",
        "ne mu ku okuba oba nga era nti bwe omuntu buli yenna eddembe wa ba mulwadde ekyo \
            naye waffe okuva nnyo kati kyonna bonna ze bye",
    ),
    ("yo", "ni ti àti sí fún kan lati ní wọn kò bí tàbí pẹlu ó náà tí èniyàn ẹnì kọ̀ọ̀kan wa àwọn jẹ́"),
    (
        "af",
        "die van en in het is nie met vir op dat te om was wat sy aan by hy sal deur uit ook as of maar word een ʼn geen",
    ),
    ("eo", "la de kaj en estas ne al por ke li kun aŭ el pri per sur ĉiu estis ili sed ĝi kiel havas rajton ol"),
    (
        "ht",
        "nan yo pou gen li ki ak sou se te moun tout mwen ou pa yon nou sa w ka ap epi oswa men lè dwa \
            chak fè depi ansanm avèk poutèt anpil toujou kounye deja doktè papa manman pitit pral",
    ),
    (
        "ha",
        "da na a ta ya ba wa ko ne ce sun shi su don kuma yana kowa yake cikin ga wannan za an idan tare kuma da shi daga wani suke waɗanda saboda babu kamar \
            mun muna ana sai amma mai cewa tun har bayan sosai wanda tana kowane kafin cewar wata haka sami",
    ),
    (
        "om",
        "fi kan akka hin ni irra kana yoo keessa qaba namni nama waan isaa mirga dha jira ta'e kun irraa yookaan haa yeroo dhibee namoota garuu dhaan keessatti \
            keenya ishee isin isaan nu nuti nutti itti booda dura hunda ture turte jirti jiru qabdi sana wajjin",
    ),
    (
        "rw",
        "mu ku na kandi ko ni by cyangwa umuntu abantu wese afite uburenganzira kugira ngo uko iyo bya muri ari kuba \
            cy' y' n' bw' ry' mw' w' no ya cyane indwara \
            ariko nta ubu buri wacu aho ibi iki icyo ubwo yari kubera rye ye ze bwe mbere nyuma kuri twe mwe ntabwo",
    ),
    (
        "ku",
        "û ku li ji bi de di ya yên jî heye her kes ne ew bo ye ên an ser vê wê hemû xwe mafê nexweş nexweşî \
            lê piştî gelek tune bû bûn wî wan dibe tiştek çi ber dema nav hatiye lewra",
    ),
    (
        "ln",
        "na ya ba oyo mpe to te mpo moto bato nyonso kati azali ezali yango ye wana lokola soki bango kasi esika \
            biso ete moko mingi epai ntango nsima ndenge ngai azalaki ezalaki ezalaka awa sikoyo nini",
    ),
    (
        "uz",
        "va bu uchun bilan har yoki bir inson uning ega ham emas kerak shu boʻlgan bo'lgan tomonidan haqli huquqiga \
            lekin deb edi esa bor yo'q hech uni biz bizning sizga ammo keyin bo'lib bo'ladi bo'ldi bo'lishi qilib narsa qanday ularning juda shuning",
    ),
    (
        "jv",
        "lan ing kang utawa saben uwong ora karo iki kanggo marang ingkang dening sing duwe hak \
            wis saka ana nanging wiwit yen aku kula amarga menyang dheweke durung wonten punika kanthi supaya iku banget",
    ),
    ("ff", "e nde ɗe ɓe fuu kala neɗɗo haa no ko to ɗum ndi wonde maa ngal tawa gooto nder"),
    (
        "sn",
        "uye kuti munhu kana zvake wese ane mu pa kodzero asi vanhu iyi kubva pamwe nokuti \
            wedu ake rake tiri ari aine zvakare hapana chete zvino vake kwake ndi ini iye asina nezuro mazuva ega",
    ),
    (
        "ig",
        "na nke ya bụ ndị ga onye ka maọbụ mmadụ ọ nwere ikike dị niile ahụ n' \
            anyị ihe ma unu kwa maka site gị mgbe nwa kwuru banyere ọzọ ebe mana nwee",
    ),
];

/// English words of the clinic, of letters and of forms: they make a terse English note or table English although
/// it has hardly a function word.
const CLINICAL_ENGLISH: &str = "history chest pain findings discharge follow exam examination blood pressure heart lungs clear \
    afebrile mother father weeks days months years year old denies reviewed noted limits allergies known unremarkable \
    home needed acute mild severe left right upper lower disease white red cell cells count test result results units \
    range reference high low report name date birth sex age address phone male female diagnosis impression plan \
    assessment treatment referred referring physician doctor dear sincerely regards hospital children's department \
    street road avenue suite page signed record number weight height growth fever cough breath sounds bowel skin \
    swelling family child boy girl daughter son visit clinic daily twice oral tablet dose given taken started stopped \
    specimen collected received gross slide slides tumor stained laboratory lab performed shows showed seen consistent \
    negative positive evidence bone marrow lymph nodes kidney liver spleen brain spine knee hip foot hand throat ear nose \
    eyes neck head patient patients stable improved worsening surgery surgical procedure postoperative";

/// Word → the languages whose function word it is.
static WORDS: LazyLock<HashMap<&'static str, Languages>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Languages> = HashMap::new();
    for (bit, (_, list)) in FUNCTION_WORDS.iter().enumerate() {
        for word in list.split_whitespace() {
            *words.entry(word).or_default() |= 1 << bit;
        }
    }
    for word in CLINICAL_ENGLISH.split_whitespace() {
        // One that is a function word elsewhere (`hip`, `page`) stays a witness for English too.
        *words.entry(word).or_default() |= 1;
    }
    words
});

/// How often the function words of each language occur in some words.
#[derive(Clone, Debug)]
pub(super) struct Hits {
    /// Occurrences.
    counts: [u16; FUNCTION_WORDS.len()],
    /// Different words: `de` three times in the name of a company is one.
    kinds: [u16; FUNCTION_WORDS.len()],
    /// Words that were looked at.
    pub(super) words: u32,
}

impl Hits {
    /// Counts over words in lower case.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let none = [0; FUNCTION_WORDS.len()];
        let mut hits = Self { counts: none, kinds: none, words: 0 };
        let mut seen: HashSet<&str> = HashSet::new();
        for word in words {
            hits.words += 1;
            let Some((known, languages)) = languages(word) else { continue };
            let new = u16::from(seen.insert(known));
            for bit in (0..FUNCTION_WORDS.len()).filter(|bit| languages >> bit & 1 == 1) {
                hits.counts[bit] = hits.counts[bit].saturating_add(1);
                hits.kinds[bit] += new;
            }
        }
        hits
    }

    /// Different words hit of the language with this tag; 0 for one without a list.
    pub(super) fn get(&self, tag: &str) -> u32 {
        let found = FUNCTION_WORDS.iter().position(|(known, _)| *known == tag);
        found.map_or(0, |bit| u32::from(self.kinds[bit]))
    }

    /// Different words hit of English.
    pub(super) fn english(&self) -> u32 {
        u32::from(self.kinds[0])
    }

    /// Words that are English, each as often as it occurs.
    pub(super) fn english_words(&self) -> u32 {
        u32::from(self.counts[0])
    }

    /// Different words that are English and not of the language with this tag.
    pub(super) fn english_beside<'a>(words: impl Iterator<Item = &'a str>, tag: &str) -> u32 {
        let other = FUNCTION_WORDS.iter().position(|(known, _)| *known == tag).map_or(0, |bit| 1 << bit);
        let english = words.filter_map(languages).filter(|(_, languages)| languages & 1 == 1 && languages & other == 0);
        english.map(|(word, _)| word).collect::<HashSet<_>>().len() as u32
    }

    /// The language other than English with the most hits, the most hits, and the hits of the next one.
    pub(super) fn best_foreign(&self) -> (&'static str, u32, u32) {
        let (mut best, mut next) = ((0, 0), 0);
        for (bit, count) in self.kinds.iter().enumerate().skip(1) {
            if *count > best.1 {
                next = best.1;
                best = (bit, *count);
            } else {
                next = next.max(*count);
            }
        }
        (FUNCTION_WORDS[best.0].0, u32::from(best.1), u32::from(next))
    }

    /// Every language with its share of hits among the words.
    pub(super) fn shares(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        let words = f64::from(self.words.max(1));
        let pairs = FUNCTION_WORDS.iter().zip(self.counts.iter());
        pairs.map(move |((tag, _), count)| (*tag, f64::from(*count) / words))
    }
}

/// The function word that a word is or, elided, begins with (`l'hôpital`), and the languages it belongs to.
fn languages(word: &str) -> Option<(&'static str, Languages)> {
    let found = |word: &str| WORDS.get_key_value(word).map(|(known, languages)| (*known, *languages));
    found(word).or_else(|| {
        let (elided, _) = word.split_once(['\'', '’'])?;
        found(&format!("{elided}'"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that each language fits its bit and is told by its own words.
    #[test]
    fn languages_are_told_by_their_words() {
        assert!(FUNCTION_WORDS.len() <= Languages::BITS as usize);
        for (text, tag) in [
            ("el paciente fue dado de alta sin fiebre", "es"),
            ("the patient was seen in the clinic", "en"),
            ("moun yo gen dwa pou yo viv nan lapè", "ht"),
        ] {
            let hits = Hits::of(text.split(' '));
            let best = if hits.english() > hits.best_foreign().1 { "en" } else { hits.best_foreign().0 };
            assert_eq!(best, tag);
        }
    }
}
