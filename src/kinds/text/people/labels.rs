//! The labels that announce a patient's name, birth date, identifier and sex.

/// What a label announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    /// The patient's name.
    Name,
    /// The name of somebody: of the patient, unless the surroundings say otherwise.
    SomeName,
    /// A given name by itself.
    Given,
    /// A family name by itself.
    Family,
    /// Somebody of a hospital or practice; what follows in the line but the name is the patient's again.
    Staff,
    /// A parent, guardian, sibling or payer; what follows in the line is theirs.
    Kin,
    /// A birth date.
    Birth,
    /// An identifier.
    Id,
    /// A sex.
    Sex,
}

/// How sure a label is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Label {
    /// Means this wherever it stands.
    Sure,
    /// An ordinary word too.
    Word,
}

/// Labels in small letters, some of them parted by bars. Turkish is there without its own letters too: small letters of
/// capitals lose them. So is Romanian, which is written without, and with two kinds of comma.
pub(super) const LABELS: &[(Field, Label, &[&str])] = &[
    (
        Field::Name,
        Label::Sure,
        &[
            "patient name",
            "name of the patient",
            "re patient",
            "patient's name",
            "patient’s name",
            "name of patient",
            "child's name",
            "child’s name",
            "name of child",
            "nombre del paciente",
            "nom du patient",
            "nome do paciente",
            "nome del paziente",
            "name des patienten",
            "patientenname",
            "имя пациента",
            "hasta adı",
            "hastanın adı",
            "اسم المريض",
            "患者姓名",
            "患者氏名",
            "患者名",
            "환자명",
            "naam patiënt|naam van de patiënt|patiëntnaam|naam patient|naam kind",
            "numele pacientului|numele pacientei|nume pacient|nume și prenume pacient|nume si prenume pacient",
            "jméno pacienta|jméno pacientky|jméno a příjmení pacienta|jméno dítěte|meno pacienta",
            "ім'я пацієнта|ім’я пацієнта|піб пацієнта|п.і.б. пацієнта|прізвище, ім'я, по батькові пацієнта",
            "beteg neve|a beteg neve|páciens neve|gyermek neve",
            "ime pacijenta|ime i prezime pacijenta|ime bolesnika|ime i prezime bolesnika|ime djeteta",
            "potilaan nimi|nama pasien|nama lengkap pasien|nama penderita|nama anak",
            "nome do doente|nome do utente|nome da criança|nome completo do utente|nome completo do doente",
            "họ và tên bệnh nhân|họ tên bệnh nhân|tên bệnh nhân|họ và tên người bệnh|họ tên người bệnh",
            "hasta adı soyadı|hastanın adı soyadı|hasta adi soyadi|hasta adi|hastanin adi|hastanin adi soyadi",
        ],
    ),
    (
        Field::Name,
        Label::Word,
        &[
            "patient",
            "patiente",
            "patientin",
            "paciente",
            "paziente",
            "pacjent",
            "pacjentka",
            "hasta",
            "пациент",
            "пациентка",
            "ασθενής",
            "מטופל",
            "שם המטופל",
            "患者",
            "환자",
            "المريض",
            "child",
            "bệnh nhân|người bệnh",
            "patiënt|patiënte|pacient|pacienta|pacientă|pacientka|bolnav|bolnavul",
            "пацієнт|пацієнтка|хворий|хвора|beteg|páciens|pacijent|pacijentica|pacijentkinja|bolesnik|bolesnica",
            "potilas|pasien|penderita|doente",
        ],
    ),
    (
        Field::SomeName,
        Label::Sure,
        &[
            "full name",
            "nombre y apellidos",
            "nombre completo",
            "apellidos y nombre",
            "nom et prénom",
            "nom, prénom",
            "nome completo",
            "nome e cognome",
            "cognome e nome",
            "name, vorname",
            "ф.и.о",
            "фио",
            "imię i nazwisko",
            "nazwisko i imię",
            "adı soyadı",
            "ονοματεπώνυμο",
            "姓名",
            "氏名",
            "성명",
            "nume și prenume|nume si prenume|nume şi prenume|numele și prenumele|numele si prenumele",
            "jméno a příjmení|příjmení a jméno|meno a priezvisko|ime i prezime|prezime i ime|ime in priimek",
            "п.і.б|піб|прізвище, ім'я, по батькові|прізвище, ім’я, по батькові|прізвище та ім'я|прізвище та ім’я",
            "to the parents of|to the parent of|to the parent(s) of|to the parents or guardians of|to the family of",
            "to the parents/guardians of|to the parent/guardian of|to the parent or guardian of|parent/guardian of",
            "parents/guardians of|parent or guardian of|parents or guardians of|dear parents of|to the guardian of",
            "an die eltern von|an die erziehungsberechtigten von|sehr geehrte eltern von|aux parents de|a los padres de",
            "ai genitori di|aos pais de|aan de ouders van|til foreldrene til|til forældrene til|till föräldrarna till",
            "nama lengkap|volledige naam|koko nimi|sukunimi ja etunimi|teljes név|adi soyadi|ad soyad|ad soyadı",
        ],
    ),
    (
        Field::SomeName,
        Label::Word,
        &[
            "name",
            "nombre",
            "nom",
            "nome",
            "naam",
            "namn",
            "navn",
            "re",
            "regarding",
            "betreff",
            "שם",
            "الاسم",
            "이름",
            "họ và tên|họ tên",
            "utente|jméno|nume|numele|név|nimi|nama|ime|ім'я|ім’я",
        ],
    ),
    (
        Field::Given,
        Label::Word,
        &[
            "given name",
            "given names",
            "given name(s)",
            "first name",
            "forename",
            "forenames",
            "vorname",
            "prénom",
            "prénoms",
            "nombres",
            "имя",
            "imię",
            "imiona",
            "adı",
            "voornaam",
            "förnamn",
            "fornavn",
            "prenume|prenumele|utónév|keresztnév|etunimi|etunimet|voornamen|roepnaam",
            "όνομα",
        ],
    ),
    (
        Field::Family,
        Label::Word,
        &[
            "family name",
            "surname",
            "last name",
            "nachname",
            "familienname",
            "nom de famille",
            "apellido",
            "apellidos",
            "sobrenome",
            "cognome",
            "фамилия",
            "nazwisko",
            "soyadı",
            "achternaam",
            "efternamn",
            "etternavn",
            "příjmení|priezvisko|prezime|прізвище|sukunimi|vezetéknév|családnév|nume de familie|nama keluarga|apelido",
            "apelidos|soyadi|soyad|geslachtsnaam",
            "επώνυμο",
        ],
    ),
    (
        Field::Birth,
        Label::Sure,
        &[
            "date of birth",
            "birth date",
            "birthdate",
            "birthday",
            "dob",
            "d.o.b",
            "fecha de nacimiento",
            "fecha nacimiento",
            "f. nac",
            "f.nac",
            "fecha nac",
            "date de naissance",
            "né le",
            "née le",
            "geburtsdatum",
            "geb. am",
            "geboren am",
            "data de nascimento",
            "data di nascita",
            "nato il",
            "nata il",
            "data urodzenia",
            "doğum tarihi",
            "дата рождения",
            "تاريخ الميلاد",
            "出生日期",
            "出生年月",
            "生年月日",
            "생년월일",
            "geboortedatum|geb. datum|geb.datum|geboren op",
            "data nașterii|data naşterii|data nasterii|născut la|născută la|data de naștere",
            "datum narození|narozen dne|narozena dne|dátum narodenia|datum rođenja|datum rodjenja",
            "дата народження|дата нар|születési dátum|születési idő|születési ideje|szül. dátum|szül. idő",
            "syntymäaika|syntymäpäivä|tanggal lahir|tgl. lahir|tgl lahir|fødselsdato|födelsedatum",
            "data nasc|data de nasc|ngày tháng năm sinh|ngày, tháng, năm sinh|dogum tarihi|d. tarihi",
        ],
    ),
    (
        Field::Birth,
        Label::Word,
        &[
            "born",
            "geb.",
            "geb",
            "ur.",
            "geboren",
            "nacido",
            "nacida",
            "g.d.",
            "ngày sinh",
            "ημερομηνία γέννησης",
            "תאריך לידה",
            "nar.|nar|narozen|narozena|rođen|rođena|született|sinh ngày|szül.|szül|synt.|synt|lahir|ttl|d.n.|nasc.|sinh|d.t.",
        ],
    ),
    (
        Field::Id,
        Label::Sure,
        &[
            "mrn",
            "medical record number",
            "medical record no",
            "medical record #",
            "patient id",
            "patient no",
            "patient number",
            "patient #",
            "hospital number",
            "hospital no",
            "chart number",
            "nhc",
            "nº historia",
            "n.º historia",
            "número de historia",
            "historia clínica nº",
            "numéro de dossier",
            "numéro patient",
            "ipp",
            "patientennummer",
            "patienten-id",
            "patienten-nr",
            "fallnummer",
            "prontuário",
            "cartella clinica n",
            "numer pacjenta",
            "pesel",
            "dosya no",
            "протокол №",
            "история болезни №",
            "病历号",
            "住院号",
            "病案号",
            "患者番号",
            "患者id",
            "등록번호",
            "رقم الملف",
            "patiëntnummer|patiënt-id|patiëntnr|dossiernummer|zis-nummer|numărul pacientului|nr. foaie de observație",
            "nr. foaie de observaţie|nr. foaie de observatie|nr. dosar|cod pacient|cnp|číslo pacienta|id pacienta",
            "rodné číslo|číslo chorobopisu|номер пацієнта|медична карта №|історія хвороби №|номер картки",
            "beteg azonosító|betegazonosító|törzsszám|naplószám|taj szám|taj-szám",
            "broj pacijenta|matični broj|broj povijesti bolesti|mbo|potilasnumero|potilastunnus|henkilötunnus|hetu",
            "nomor rekam medis|no. rekam medis|no rekam medis|no. rm|nomor pasien|nomor rm",
            "número de utente|nº de utente|n.º de utente|nº utente|n.º utente|nº do processo|n.º do processo",
            "nº de processo|n.º de processo|número do processo|número de processo|processo clínico n.º",
            "mã bệnh nhân|mã bn|mã người bệnh|mã số bệnh nhân|số bệnh án|mã bệnh án|số hồ sơ",
            "hasta no|hasta numarası|hasta numarasi|dosya numarası|dosya numarasi|protokol no|protokol numarası",
            "t.c. kimlik no|tc kimlik no|t.c. kimlik numarası|hasta kimlik no",
        ],
    ),
    (
        Field::Sex,
        Label::Word,
        &[
            "sex",
            "gender",
            "sexo",
            "sexe",
            "geschlecht",
            "sesso",
            "płeć",
            "cinsiyet",
            "пол",
            "性别",
            "性別",
            "성별",
            "geslacht|sexul|pohlaví|pohlavie|стать|neme|spol|sukupuoli|jenis kelamin|giới tính|kjønn|køn|kön",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use crate::{
        domain::facts::{NamedPerson, PageText, PersonRole},
        kinds::text::people::people,
    };

    fn only(text: &str) -> NamedPerson {
        let mut found = people(&[PageText { page: 1, text: text.to_owned() }]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.remove(0)
    }

    /// Proves that what announces name, birth date and number is known in the languages of letters that families send.
    #[test]
    fn labels_of_many_languages() {
        for (name, birth, id) in [
            ("Patiënt", "Geboortedatum", "Patiëntnummer"),
            ("Numele pacientului", "Data nașterii", "Nr. foaie de observație"),
            ("Pacient", "Data nasterii", "CNP"),
            ("Jméno pacienta", "Datum narození", "Rodné číslo"),
            ("Пацієнт", "Дата народження", "Номер пацієнта"),
            ("Beteg neve", "Születési idő", "Törzsszám"),
            ("Pacijent", "Datum rođenja", "Broj pacijenta"),
            ("Potilas", "Syntymäaika", "Potilasnumero"),
            ("Nama pasien", "Tanggal lahir", "No. rekam medis"),
            ("Doente", "Data de nascimento", "N.º do processo"),
            ("Nome do utente", "Data nasc.", "Número de utente"),
            ("Họ và tên bệnh nhân", "Ngày sinh", "Mã bệnh nhân"),
            ("Hasta Adı Soyadı", "Doğum Tarihi", "Hasta No"),
            ("HASTA ADI SOYADI", "DOĞUM TARİHİ", "DOSYA NUMARASI"),
        ] {
            let person = only(&format!("{name}: Ana Ruiz\n{birth}: 02.03.2015\n{id}: 4711-22\n"));
            assert_eq!((person.names, person.role), (vec!["Ana Ruiz".to_owned()], PersonRole::Patient), "{name}");
            assert_eq!(person.birth_date.as_deref(), Some("02.03.2015"), "{birth}");
            assert_eq!(person.ids, [("4711-22".to_owned(), None)], "{id}");
        }
    }

    /// Proves that names in two fields are one name, and that a label which others bear too names nobody for certain.
    #[test]
    fn names_in_parts_and_of_anybody() {
        for (family, given) in [("Nume", "Prenume"), ("Příjmení", "Jméno"), ("Prezime", "Ime"), ("Sukunimi", "Etunimi")]
        {
            let person = only(&format!("{family}: RUIZ   {given}: Ana\n"));
            assert_eq!(person.names.len(), 1, "{family}");
            assert!(person.names[0].contains("RUIZ") && person.names[0].contains("Ana"), "{:?}", person.names);
        }
        for label in ["Utente", "Nama", "Név", "Jméno a příjmení", "ПІБ"] {
            assert_eq!(only(&format!("{label}: Ana Ruiz\n")).role, PersonRole::Unknown, "{label}");
        }
    }

    /// Proves that these words in a sentence, and of people beside the patient, name nobody.
    #[test]
    fn words_of_sentences() {
        for text in [
            "De patiënt werd gezien op de polikliniek.\n",
            "A beteg állapota javult, testvére született 2014.01.01.\n",
            "Anyja neve: Eva Ruiz\n",
            "Nama ibu: Eva Ruiz\n",
            "Se quedó hasta no tener fiebre.\n",
        ] {
            let found = people(&[PageText { page: 1, text: text.to_owned() }]);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
