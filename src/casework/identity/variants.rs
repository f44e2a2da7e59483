//! Given names that are forms of one another: nicknames, and the same name in the spelling of another language.
//!
//! A small table of the common ones: a name that is missing here makes a person look at the document, nothing worse.
//! Names that are given by themselves as well (Lisa, Liam, Mia) are left out: a sister may be called so. Behind a bar stand
//! the forms that nobody gives to one child where another has the whole name; what stands before it is a name of its own
//! in some language or family, and fits as well as it does a sister: Anna and Anya, Michael and Michal.
//! A form of several names (`Alex`, `Sasha`) does not say which of them is meant: twins share such forms.

use std::{collections::HashMap, sync::LazyLock};

/// What the table says about two given names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kinship {
    /// A name and a nickname of it.
    Form,
    /// Two whole names of one origin, or two nicknames.
    Cognate,
    /// One may be a form of the other, and of another name as well.
    Ambiguous,
}

/// Lines in which a name stands, and whether it is a nickname there.
static LINES: LazyLock<HashMap<&'static str, Vec<(usize, bool)>>> = LazyLock::new(|| {
    let mut lines: HashMap<&str, Vec<(usize, bool)>> = HashMap::new();
    for (at, list) in FORMS.iter().enumerate() {
        let (whole, nicknames) = list.split_once(" | ").unwrap_or((list, ""));
        let marked = whole.split(' ').map(|form| (form, false)).chain(nicknames.split(' ').map(|form| (form, true)));
        for (form, nickname) in marked.filter(|(form, _)| !form.is_empty()) {
            lines.entry(form).or_default().push((at, nickname));
        }
    }
    lines
});

/// The kinship of two names, folded to Latin letters.
pub(super) fn kinship(a: &str, b: &str) -> Option<Kinship> {
    let (of_a, of_b) = (LINES.get(a)?, LINES.get(b)?);
    let shared: Vec<(bool, bool)> = of_a
        .iter()
        .flat_map(|(at, a)| of_b.iter().filter(move |(other, _)| other == at).map(move |(_, b)| (*a, *b)))
        .collect();
    // Two nicknames of one name may be the names of two children as well: Maggie and Meg.
    let alike = shared.iter().any(|(a, b)| a == b);
    match (shared.is_empty(), of_a.len() > 1 || of_b.len() > 1) {
        (true, _) => None,
        (false, _) if alike => Some(Kinship::Cognate),
        (false, true) => Some(Kinship::Ambiguous),
        (false, false) => Some(Kinship::Form),
    }
}

/// Given names that children of one family share, with another behind them that tells them apart.
pub(super) fn is_shared(name: &str) -> bool {
    const SHARED: &[&str] = &["maria", "mohammed", "joseph", "john", "anna", "joan"];
    const ALONE: &[&str] =
        &["jean", "joao", "abdul", "abdel", "abd", "nur", "noor", "sri", "md", "thi", "van", "ahmed", "ahmad"];
    let first = |at: &usize| FORMS.get(*at).and_then(|list| list.split(' ').next());
    let whole = LINES.get(name).into_iter().flatten().filter(|(_, nickname)| !nickname);
    ALONE.contains(&name) || whole.into_iter().any(|(at, _)| first(at).is_some_and(|first| SHARED.contains(&first)))
}

/// A name a line: whole names, then nicknames.
const FORMS: &[&str] = &[
    "alexander aleksandr aleksander alexandre alejandro alessandro oleksandr iskander sandy sascha xander lex | alex alec sasha sacha ale shura",
    "alexandra aleksandra alejandra alessandra oleksandra sandy sascha lexi | alex sasha sacha ale shura",
    "andrew andreas andrei andrej andrzej andres andre ondrej andras | andy drew",
    "anthony antonio antoine anton antoni | toni tony tono",
    "antonia antonina | toni tonya",
    "anna ana anne ania anya annie",
    "barbara barb varvara varya | babs",
    "benjamin binyamin beniamino | ben benny benji",
    "catherine katherine kathryn katharina katarina katarzyna caterina catalina ekaterina yekaterina kateryna kate katie kat kitty | kathy cathy katya katia kasia kaska katja",
    "charles carlos carlo karl carl karol | charlie chuck carlitos",
    "charlotte | charlie lottie",
    "christopher christoph cristobal cristoforo krzysztof kit | chris topher krzys",
    "christian cristian kristian | chris",
    "christina christine cristina kristina kristin krystyna tina | chris chrissy",
    "daniel daniil danil dan | danny dani",
    "daniela danielle dana | danny dani",
    "david dawid davide | dave davey dudu",
    "dmitri dmitry dmitriy dmytro dimitri | dima mitya",
    "dorothy dorothea dorota dot | dottie",
    "edward eduardo eduard edoardo | ed eddie ted teddy ned",
    "elizabeth elisabeth elisabetta elzbieta yelizaveta elizaveta beth betty eliza liza libby bess | liz lizzie lizzy",
    "emily emilia emilie | emmy em",
    "emma | emmy em",
    "eugene eugenio yevgeny evgeny evgeni yevgeniy gene | zhenya",
    "eugenia yevgenia evgenia | zhenya",
    "francis francisco francesco francois franz frank | frankie paco pancho fran curro",
    "frances francisca francesca francoise franziska frankie | fran paqui franzi",
    "frederick friedrich federico fryderyk fritz | fred freddie freddy",
    "gabriel gabriele gavriel | gabe gabi",
    "gabriela gabriella gabrielle | gabi gaby",
    "george georg jorge giorgio georges jerzy georgi georgios giorgos yorgos yuri | georgie",
    "gregory gregor gregorio grigori grzegorz | greg grisha",
    "guillermo william wilhelm guillaume guglielmo will | bill billy willy willi memo",
    "harold harry | hal",
    "helen helena elena helene yelena olena lenka eleni",
    "henry heinrich enrique enrico henri henryk harry | hank heinz quique heini",
    "ibrahim abraham avraham ebrahim avi | abe ibo",
    "ignatius ignacio ignazio ignacy | nacho",
    "irina irene ira",
    "isaac yitzhak isaak ike | itzik",
    "jacob jakob jakub yaakov jake | kuba kobi",
    "james jaime giacomo jacques jamie | jim jimmy",
    "jennifer jenny jenni | jen",
    "jesus | chuy chucho",
    "joan joanna johanna giovanna juana ioanna",
    "john johann johannes juan giovanni jean ioannis yannis jan ivan jack hans | johnny jackie vanya janek",
    "jonathan yonatan jon | jonny yoni",
    "joseph josef jose giuseppe jozef yosef yusuf youssef yousef iosif | joe joey pepe beppe sepp yossi",
    "josephine josefine josefina giuseppina jo josie | pepa",
    "joshua yehoshua | josh",
    "julia yulia yuliya iuliia giulia julie | yulya",
    "julian julien giuliano jules",
    "katrina kat trina",
    "konstantin constantine konstantinos | costas kostas kostya",
    "lawrence laurence lorenzo laurent lorenz lars | larry",
    "leonard leonardo leonhard leo | lenny",
    "leopold leopoldo leo | poldi",
    "louis luis luigi ludwig ludvig lou | lucho wiggerl",
    "louise luisa luise lou",
    "ludmila lyudmila liudmila | lyuda",
    "manuel emanuel emmanuel | manolo manny",
    "margaret margarita margherita marguerite margarete malgorzata margarethe | maggie meg peggy gosia marge margo",
    "maria mary marie mariya marija | masha mascha maruja mitzi",
    "martin marcin martino | marty",
    "matthew matthias mateo matteo mathieu matthieu mateusz matvey teo | matt matty",
    "maximilian massimiliano maximiliano maksymilian max | maxi",
    "maxim maxime maksim maksym massimo max",
    "michael mikhail michail miguel michele michel michal mykhailo | mike mikey mick misha mischa micha",
    "mohammed muhammad mohamed mohammad muhammed mohamad mehmet mamadou | mo mhd md",
    "natalia natalie nataliya nathalie natalya natasha | nat tasha",
    "nathan natan | nat nate",
    "nathaniel natanel | nat nate",
    "nicholas nicolas nikolai nikolaus nicola nicolo nikolaj mykola mikolaj nico niko nikos | nick nicky kolya",
    "nicole nicoletta | nicky nic",
    "olga olha olya",
    "patricia patrizia tricia | pat patty trish",
    "patrick patricio patrizio paddy | pat",
    "paul pablo paolo pavel pawel pavlo | pau pasha",
    "peter pedro pietro pierre petr pyotr piotr petro petros | pete petya perico",
    "philip phillip felipe filippo philippe filip | phil pip",
    "rachel raquel rahel rae rachele",
    "raymond ramon raimund | ray moncho",
    "rebecca rebeca rivka | becky becca",
    "richard ricardo riccardo ryszard | rick ricky dick rich richie",
    "robert roberto | rob robbie bob bobby bert",
    "rosa rose rosie",
    "samuel shmuel samuele | sam sammy",
    "samantha | sam sammy",
    "sarah sara",
    "sebastian sebastiano sebastien | seb basti bastian",
    "sergei sergey sergio serge serhii | seryozha",
    "simon simeon shimon simone semyon",
    "sophia sofia sophie zofia sofya sofie | zosia",
    "stephen steven stefan stephan esteban stefano etienne szczepan istvan | steve stevie",
    "stephanie stefanie stefania estefania | steph steffi",
    "susan susanna susanne susana zuzanna shoshana | sue susie suzy susi",
    "svetlana sveta svitlana",
    "tatiana tatyana tetiana tanya tania",
    "theodore theodor teodoro fyodor fedor feodor theo teo | ted teddy",
    "theresa teresa therese tess tessa | terry resi",
    "thomas tomas tommaso tomasz tom | tommy tomek",
    "timothy timotheus timoteo timofey tim | timmy",
    "victor viktor vittorio vic | vik vitya",
    "victoria viktoria vittoria tori vika | vicky vicki",
    "vincent vincenzo vicente vinzenz vince | vinnie",
    "vladimir volodymyr vlad wladimir | vova volodya",
    "walter walther gualtiero | walt wally",
    "zachary zacharias zaccaria | zach zack zak",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that forms are found, and that a form of two names is said to be ambiguous.
    #[test]
    fn forms_are_found() {
        assert_eq!(kinship("william", "bill"), Some(Kinship::Form));
        assert_eq!(kinship("alexander", "sasha"), Some(Kinship::Ambiguous));
        assert_eq!(kinship("alexander", "alexandra"), None);
        assert_eq!(kinship("anna", "eva"), None);
        assert_eq!(kinship("anna", "anya"), Some(Kinship::Cognate));
        assert_eq!(kinship("maggie", "meg"), Some(Kinship::Cognate));
        assert_eq!(kinship("henry", "harry"), Some(Kinship::Cognate));
        assert_eq!(kinship("michael", "michal"), Some(Kinship::Cognate));
        assert_eq!(["maria", "mohamed", "jose", "rowan"].map(is_shared), [true, true, true, false]);
    }

    /// Proves that the table is in the letters that names are folded to, and that no name stands twice in a line.
    #[test]
    fn the_table_is_clean() {
        for list in FORMS {
            let mut seen = std::collections::BTreeSet::new();
            for form in list.split(' ').filter(|form| *form != "|") {
                assert!(form.chars().all(|c| c.is_ascii_lowercase()) && !form.is_empty(), "{list}");
                assert!(seen.insert(form), "{form} twice in {list}");
            }
        }
    }
}
