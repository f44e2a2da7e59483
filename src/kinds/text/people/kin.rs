//! Labels and headings of the patient's family, and of those who pay and answer for a patient.
//!
//! What stands behind them is theirs. Whoever is missing here is taken for the patient by a birth date beside the name, so
//! the list is long; a label counts only at the start of a cell and with a colon.

use super::labels::{Field, Label};

/// Labels in small letters, parted by bars.
pub(super) const KIN: &[(Field, Label, &[&str])] = &[(Field::Kin, Label::Word, LABELS)];

const LABELS: &[&str] = &[
    "brothers|sisters|cousins|twins|mother|mother's name|mother’s name|mother name|father|father's name|father’s name|father name|parent",
    "parents|parent name|parent's name|parent/guardian|parent/guardian name|parent or guardian|guardian",
    "guardian name|legal guardian|guarantor|guarantor name|subscriber|subscriber name|policy holder|insured",
    "emergency contact|next of kin|contact|contact name|contact person|sibling|brother|sister|twin|donor",
    "spouse|requester|interpreter|maternal name|madre|nombre de la madre|padre|nombre del padre|tutor|tutora",
    "hermano|hermana|mère|père|nom de la mère|nom du père|frère|sœur|soeur|demi-frère|demi-sœur|demi-soeur|cousine|mutter|vater|eltern",
    "erziehungsberechtigte|erziehungsberechtigter|bruder|schwester|mãe|nome da mãe|nome do pai|pai|matka",
    "ojciec|anne adı|baba adı|мать|отец|母亲|父亲|母|父|保護者|보호자|الأم|الأب|mom|dad|carer|caregiver|caretaker",
    "foster parent|foster mother|foster father|stepmother|stepfather|grandmother|grandfather|aunt|uncle",
    "cousin|husband|wife|partner|relative|relation|informant|historian|accompanied by|responsible party",
    "responsible party name|responsible person|person responsible|guarantor's name|billing|billing name",
    "billing contact|billing party|bill to|payer|payer name|payor|account holder|account name|cardholder",
    "cardholder name|policyholder|policyholder name|policy holder name|policy holder's name|policy owner",
    "primary insured|insured name|insured's name|insured party|insured person|subscriber's name",
    "emergency contact name|next of kin name|nok|half-brother|half-sister|twin brother|twin sister|co-twin",
    "responsable|responsable del paciente|representante legal|nombre del tutor|titular|asegurado|asegurada",
    "nombre del asegurado|tomador|garante|contacto|contacto de emergencia|persona de contacto",
    "persona responsable|familiar|familiar responsable|acompañante|informante|abuela|abuelo|gemelo|gemela",
    "mellizo|melliza|responsable légal|responsable légale|représentant légal|tuteur|tutrice|assuré|assurée",
    "nom de l'assuré|titulaire|titulaire du contrat|payeur|débiteur|contact d'urgence|personne à prévenir",
    "personne à contacter|personne de confiance|accompagnant|informateur|jumeau|jumelle|grand-mère|grand-père",
    "name der mutter|name des vaters|sorgeberechtigte|sorgeberechtigter|gesetzlicher vertreter|vormund",
    "versicherter|hauptversicherter|versicherungsnehmer|versicherungsnehmerin|mitglied|zahlungspflichtiger",
    "kostenträger|rechnungsempfänger|rechnung an|notfallkontakt|kontaktperson|ansprechpartner|bezugsperson",
    "angehörige|angehöriger|begleitperson|zwilling|zwillingsbruder|zwillingsschwester|geschwister|großmutter",
    "großvater|genitore|genitori|nome della madre|nome del padre|tutore|intestatario|intestataria|assicurato",
    "assicurata|contatto|contatto di emergenza|accompagnatore|accompagnatrice|informatore|fratello|sorella",
    "gemello|gemella|responsável|responsável legal|responsável financeiro|nome do responsável",
    "encarregado de educação|filiação|titular do plano|segurado|segurada|contato|contato de emergência",
    "contacto de emergência|acompanhante|irmão|irmã|gêmeo|gêmea|avó|avô|opiekun|opiekun prawny|opiekunowie",
    "rodzic|rodzice|przedstawiciel ustawowy|ubezpieczony|płatnik|osoba kontaktowa|osoba do kontaktu",
    "osoba upoważniona|brat|siostra|bliźniak|bliźniaczka|законный представитель|представитель|опекун",
    "плательщик|страхователь|контактное лицо|родитель|родители|фио матери|фио отца|сопровождающий|брат|сестра",
    "мати|батько|законний представник|опікун|платник|контактна особа|veli|vasi|anne|baba|annesi|babası",
    "refakatçi|yakını|hasta yakını|sigortalı|acil durum kişisi|kardeş|ikizi|moeder|vader|ouder|ouders|voogd",
    "verzekeringnemer|verzekerde|betaler|contactpersoon|noodcontact|naaste|broer|zus|tweelingbroer",
    "tweelingzus|mamma|pappa|mor|far|moder|fader|vårdnadshavare|målsman|anhörig|närstående|værge|pårørende",
    "foresatt|foresatte|forælder|forældre|bror|syster|søster|tvilling|otec|zákonný zástupce|pojištěnec|plátce",
    "kontaktní osoba|bratr|sestra|majka|staratelj|skrbnik|nositelj osiguranja|mama|tata|tutore legal",
    "aparținător|reprezentant legal|asigurat|persoană de contact|μητέρα|πατέρας|γονέας|κηδεμόνας|ασφαλισμένος",
    "άμεσα ασφαλισμένος|αδελφός|αδελφή|אם|אב|שם האם|שם האב|הורה|אפוטרופוס|איש קשר|מבוטח|משלם|אח|אחות|اسم الأم",
    "اسم الأب|ولي الأمر|الوصي|الكفيل|جهة الاتصال|المؤمن عليه|الدافع|الأخ|الأخت|母亲姓名|父亲姓名|監護人|监护人|联系人|聯絡人",
    "紧急联系人|家属|家長|家长|付款人|投保人|哥哥|姐姐|弟弟|妹妹|母親|父親|親権者|緊急連絡先|連絡先|世帯主|被保険者|扶養者|続柄|兄|姉|弟|妹|어머니|아버지|법정대리인|비상연락처|연락처",
    "피보험자|납부자|형제|자매|mẹ|cha|bố|họ tên mẹ|họ tên cha|họ tên bố|người giám hộ|người liên hệ|người nhà|người thân",
    "guarantor’s name|policy holder’s name|insured’s name|subscriber’s name|nom de l’assuré|contact d’urgence",
];

/// Words of a heading below which the fields are a parent's, guardian's or payer's, parted by bars.
const HEADINGS: &[&str] = &[
    "mother|father|parent|parents|guardian|guardians|guarantor|subscriber|emergency|kin|insured|policyholder",
    "siblings|requester|madre|padre|padres|tutor|mère|père|mutter|vater|eltern|mãe|pai|genitori|rodzice",
    "opiekun|родители|мать|отец|父母|保護者|보호자|guarantors|responsible|payer|payor|informant|relatives|asegurado",
    "assuré|notfallkontakt|versicherungsnehmer|sorgeberechtigte|kontaktperson|angehörige|responsável",
    "encarregado|opiekunowie|представитель|плательщик|veli|refakatçi|moeder|vader|ouders|vårdnadshavare",
    "pårørende|κηδεμόνας|γονείς|הורים|ولي|监护人|家属|緊急連絡先|법정대리인|titular|responsable",
];

/// Does a heading with this word speak of them?
pub(super) fn heads_kin(word: &str) -> bool {
    HEADINGS.iter().any(|line| line.split('|').any(|known| known == word))
}

/// Is this a word for one of them?
pub(super) fn is_kin(word: &str) -> bool {
    heads_kin(word) || LABELS.iter().any(|line| line.split('|').any(|known| known == word))
}
