//! Given names that are forms of one another: nicknames, and the same name in the spelling of another language.
//!
//! A small table of the common ones: a name that is missing here makes a person look at the document, nothing worse.
//! Names that are given by themselves as well (Lisa, Liam, Mia) are left out: a sister may be called so.
//! A form of several names (`Alex`, `Sasha`) does not say which of them is meant: twins share such forms.

/// What the table says about two given names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kinship {
    /// Forms of one name.
    Form,
    /// One may be a form of the other, and of another name as well.
    Ambiguous,
}

/// The kinship of two names, folded to Latin letters.
pub(super) fn kinship(a: &str, b: &str) -> Option<Kinship> {
    let of = |name: &str| -> Vec<usize> {
        let lists = FORMS.iter().enumerate();
        lists.filter(|(_, list)| list.split(' ').any(|form| form == name)).map(|(at, _)| at).collect()
    };
    let (of_a, of_b) = (of(a), of(b));
    let shared = of_a.iter().any(|at| of_b.contains(at));
    let kinship = if of_a.len() > 1 || of_b.len() > 1 { Kinship::Ambiguous } else { Kinship::Form };
    shared.then_some(kinship)
}

/// A name a line, all its forms.
const FORMS: &[&str] = &[
    "alexander aleksandr aleksander alexandre alejandro alessandro oleksandr iskander alex alec sandy sasha sascha sacha xander lex ale shura",
    "alexandra aleksandra alejandra alessandra oleksandra alex sandy sasha sascha sacha lexi ale shura",
    "andrew andreas andrei andrej andrzej andres andre andy drew ondrej andras",
    "anthony antonio antoine anton antoni toni tony tono",
    "antonia antonina toni tonya",
    "anna ana anne ania anya annie",
    "barbara barb babs varvara varya",
    "benjamin binyamin beniamino ben benny benji",
    "catherine katherine kathryn katharina katarina katarzyna caterina catalina ekaterina yekaterina kateryna kate katie kathy cathy kat kitty katya katia kasia kaska katja",
    "charles carlos carlo karl carl karol charlie chuck carlitos",
    "charlotte charlie lottie",
    "christopher christoph cristobal cristoforo krzysztof chris kit topher krzys",
    "christian cristian kristian chris",
    "christina christine cristina kristina kristin krystyna chris chrissy tina",
    "daniel daniil danil danny dan dani",
    "daniela danielle danny dani dana",
    "david dawid davide dave davey dudu",
    "dmitri dmitry dmitriy dmytro dimitri dima mitya",
    "dorothy dorothea dorota dot dottie",
    "edward eduardo eduard edoardo ed eddie ted teddy ned",
    "elizabeth elisabeth elisabetta elzbieta yelizaveta elizaveta liz lizzie lizzy beth betty eliza liza libby bess",
    "emily emilia emilie emmy em",
    "emma emmy em",
    "eugene eugenio yevgeny evgeny evgeni yevgeniy zhenya gene",
    "eugenia yevgenia evgenia zhenya",
    "francis francisco francesco francois franz frank frankie paco pancho fran curro",
    "frances francisca francesca francoise franziska fran frankie paqui franzi",
    "frederick friedrich federico fryderyk fred freddie freddy fritz",
    "gabriel gabriele gavriel gabe gabi",
    "gabriela gabriella gabrielle gabi gaby",
    "george georg jorge giorgio georges jerzy georgi georgios giorgos yorgos yuri georgie",
    "gregory gregor gregorio grigori grzegorz greg grisha",
    "guillermo william wilhelm guillaume guglielmo will bill billy willy willi memo",
    "harold harry hal",
    "helen helena elena helene yelena olena lenka eleni",
    "henry heinrich enrique enrico henri henryk hank harry heinz quique heini",
    "ibrahim abraham avraham ebrahim abe avi ibo",
    "ignatius ignacio ignazio ignacy nacho",
    "irina irene ira",
    "isaac yitzhak isaak ike itzik",
    "jacob jakob jakub yaakov jake kuba kobi",
    "james jaime giacomo jacques jim jimmy jamie",
    "jennifer jenny jen jenni",
    "jesus chuy chucho",
    "joan joanna johanna giovanna juana ioanna",
    "john johann johannes juan giovanni jean ioannis yannis jan ivan johnny jack jackie hans vanya janek",
    "jonathan yonatan jon jonny yoni",
    "joseph josef jose giuseppe jozef yosef yusuf youssef yousef iosif joe joey pepe beppe sepp yossi",
    "josephine josefine josefina giuseppina jo josie pepa",
    "joshua yehoshua josh",
    "julia yulia yuliya iuliia giulia julie yulya",
    "julian julien giuliano jules",
    "katrina kat trina",
    "konstantin constantine konstantinos costas kostas kostya",
    "lawrence laurence lorenzo laurent lorenz larry lars",
    "leonard leonardo leonhard leo lenny",
    "leopold leopoldo leo poldi",
    "louis luis luigi ludwig ludvig lou lucho wiggerl",
    "louise luisa luise lou",
    "ludmila lyudmila liudmila lyuda",
    "manuel manolo manny emanuel emmanuel",
    "margaret margarita margherita marguerite margarete malgorzata margarethe maggie meg peggy gosia marge margo",
    "maria mary marie mariya marija masha mascha maruja mitzi",
    "martin marcin martino marty",
    "matthew matthias mateo matteo mathieu matthieu mateusz matvey matt matty teo",
    "maximilian massimiliano maximiliano maksymilian max maxi",
    "maxim maxime maksim maksym massimo max",
    "michael mikhail michail miguel michele michel michal mykhailo mike mikey mick misha mischa micha",
    "mohammed muhammad mohamed mohammad muhammed mohamad mehmet mamadou mo mhd md",
    "natalia natalie nataliya nathalie natalya natasha nat tasha",
    "nathan nat natan nate",
    "nathaniel nat nate natanel",
    "nicholas nicolas nikolai nikolaus nicola nicolo nikolaj mykola mikolaj nick nicky nico niko kolya nikos",
    "nicole nicoletta nicky nic",
    "olga olha olya",
    "patricia patrizia pat patty tricia trish",
    "patrick patricio patrizio pat paddy",
    "paul pablo paolo pavel pawel pavlo pau pasha",
    "peter pedro pietro pierre petr pyotr piotr petro petros pete petya perico",
    "philip phillip felipe filippo philippe filip phil pip",
    "rachel raquel rahel rae rachele",
    "raymond ramon raimund ray moncho",
    "rebecca rebeca rivka becky becca",
    "richard ricardo riccardo ryszard rick ricky dick rich richie",
    "robert roberto rob robbie bob bobby bert",
    "rosa rose rosie",
    "samuel shmuel samuele sam sammy",
    "samantha sam sammy",
    "sarah sara",
    "sebastian sebastiano sebastien seb basti bastian",
    "sergei sergey sergio serge serhii seryozha",
    "simon simeon shimon simone semyon",
    "sophia sofia sophie zofia sofya sofie zosia",
    "stephen steven stefan stephan esteban stefano etienne szczepan istvan steve stevie",
    "stephanie stefanie stefania estefania steph steffi",
    "susan susanna susanne susana zuzanna shoshana sue susie suzy susi",
    "svetlana sveta svitlana",
    "tatiana tatyana tetiana tanya tania",
    "theodore theodor teodoro fyodor fedor feodor ted teddy theo teo",
    "theresa teresa therese tess tessa terry resi",
    "thomas tomas tommaso tomasz tom tommy tomek",
    "timothy timotheus timoteo timofey tim timmy",
    "victor viktor vittorio vic vik vitya",
    "victoria viktoria vittoria vicky vicki tori vika",
    "vincent vincenzo vicente vinzenz vince vinnie",
    "vladimir volodymyr vlad vova volodya wladimir",
    "walter walther gualtiero walt wally",
    "zachary zacharias zaccaria zach zack zak",
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
    }

    /// Proves that the table is in the letters that names are folded to, and that no name stands twice in a line.
    #[test]
    fn the_table_is_clean() {
        for list in FORMS {
            let mut seen = std::collections::BTreeSet::new();
            for form in list.split(' ') {
                assert!(form.chars().all(|c| c.is_ascii_lowercase()) && !form.is_empty(), "{list}");
                assert!(seen.insert(form), "{form} twice in {list}");
            }
        }
    }
}
