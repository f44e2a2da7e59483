//! Children that do not exist: names of many peoples, in their own scripts where they have one.

use crate::support::random::Random;

/// Given name, family name: in Latin letters, and as written at home.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    pub(super) latin: &'static str,
    pub(super) home: &'static str,
}

pub(super) const fn both(latin: &'static str, home: &'static str) -> Script {
    Script { latin, home }
}

pub(super) const fn latin(latin: &'static str) -> Script {
    Script { latin, home: "" }
}

/// A people: given names and family names.
pub(super) struct People {
    pub(super) given: &'static [Script],
    pub(super) family: &'static [Script],
    /// Is the family name written first, without a space?
    pub(super) joined: bool,
}

pub(super) const PEOPLES: &[People] = &[
    People {
        given: &[
            latin("Rowan"),
            latin("William"),
            latin("Charlotte"),
            latin("Margaret"),
            latin("Theodore"),
            latin("Lena"),
            latin("Lina"),
            latin("Harper"),
            latin("Benjamin"),
            latin("Zachary"),
        ],
        family: &[latin("Ashgrove"), latin("O'Brien"), latin("Smith"), latin("McAllister"), latin("Baker")],
        joined: false,
    },
    People {
        given: &[
            latin("María José"),
            latin("María Luisa"),
            latin("José Antonio"),
            latin("Íñigo"),
            latin("Ximena"),
            latin("Francisco"),
            latin("Lucía"),
            latin("Santiago"),
        ],
        family: &[latin("García López"), latin("Núñez Peña"), latin("de la Cruz"), latin("Fernández Gil")],
        joined: false,
    },
    People {
        given: &[
            latin("Jürgen"),
            latin("Friederike"),
            latin("Matthias"),
            latin("Anna-Lena"),
            latin("Käthe"),
            latin("Björn"),
        ],
        family: &[latin("Müller"), latin("von Weiß"), latin("Großmann"), latin("Schröder")],
        joined: false,
    },
    People {
        given: &[
            latin("Łukasz"),
            latin("Zuzanna"),
            latin("Çağla"),
            latin("Işık"),
            latin("Zoë"),
            latin("François"),
            latin("Åse"),
        ],
        family: &[latin("Wiśniewski"), latin("Yıldız"), latin("Lefèvre"), latin("van der Berg"), latin("Ångström")],
        joined: false,
    },
    People {
        given: &[
            both("Yulia", "Юлия"),
            both("Sergei", "Сергей"),
            both("Ekaterina", "Екатерина"),
            both("Mikhail", "Михаил"),
            both("Darya", "Дарья"),
            both("Timofey", "Тимофей"),
        ],
        family: &[both("Shcherbakov", "Щербаков"), both("Kuznetsov", "Кузнецов"), both("Morozov", "Морозов")],
        joined: false,
    },
    People {
        given: &[
            both("Giorgos", "Γιώργος"),
            both("Eleni", "Ελένη"),
            both("Dimitra", "Δήμητρα"),
            both("Nikos", "Νίκος"),
        ],
        family: &[both("Papadopoulos", "Παπαδόπουλος"), both("Makris", "Μακρής")],
        joined: false,
    },
    People {
        given: &[
            both("Ahmad", "أحمد"),
            both("Fatima", "فاطمة"),
            both("Hassan", "حسن"),
            both("Hussein", "حسين"),
            both("Mohammed", "محمد"),
            both("Mahmoud", "محمود"),
        ],
        family: &[both("Mansour", "منصور"), both("Khalil", "خليل"), both("Nasser", "ناصر")],
        joined: false,
    },
    People {
        given: &[both("David", "דוד"), both("Sarah", "שרה"), both("Miriam", "מרים"), both("Yonatan", "יונתן")],
        family: &[both("Cohen", "כהן"), both("Mizrahi", "מזרחי")],
        joined: false,
    },
    People {
        given: &[both("Xiaoming", "小明"), both("Xiaohong", "小红"), both("Wei", "伟"), both("Meiling", "美玲")],
        family: &[both("Wang", "王"), both("Zhang", "张"), both("Chen", "陈")],
        joined: true,
    },
    People {
        given: &[both("Taro", "太郎"), both("Hanako", "花子"), both("Haruto", "陽翔"), both("Yui", "結衣")],
        family: &[both("Yamada", "山田"), both("Suzuki", "鈴木"), both("Tanaka", "田中")],
        joined: true,
    },
    People {
        given: &[both("Gildong", "길동"), both("Minjun", "민준"), both("Seoyeon", "서연"), both("Jiwoo", "지우")],
        family: &[both("Hong", "홍"), both("Kim", "김"), both("Park", "박")],
        joined: true,
    },
    People {
        given: &[both("Tai Man", "大文"), both("Siu Ming", "小明"), both("Ka Yan", "嘉欣")],
        family: &[both("Chan", "陳"), both("Wong", "黃"), both("Ng", "吳")],
        joined: true,
    },
    People {
        given: &[both("Kamal", "कमल"), both("Rahul", "राहुल"), both("Anjali", "अंजलि"), both("Raj", "राज")],
        family: &[both("Sharma", "शर्मा"), both("Patel", "पटेल")],
        joined: false,
    },
    People {
        given: &[both("Rahim", "রহিম"), both("Nusrat", "নুসরাত"), both("Karthik", "கார்த்திக்")],
        family: &[both("Sheikh", "শেখ"), both("Murugan", "முருகன்")],
        joined: false,
    },
    People {
        given: &[both("Somchai", "สมชาย"), both("Malee", "มาลี"), both("Abebe", "አበበ"), both("Tigist", "ትግስት")],
        family: &[both("Rattanakul", "รัตนกุล"), both("Kebede", "ከበደ")],
        joined: false,
    },
    People {
        given: &[both("Giorgi", "გიორგი"), both("Tamar", "თამარ"), both("Armen", "Արմեն"), both("Anahit", "Անահիտ")],
        family: &[both("Beridze", "ბერიძე"), both("Petrosyan", "Պետրոսյան")],
        joined: false,
    },
    People {
        given: &[latin("Hùng"), latin("Minh Anh"), latin("Thúy"), latin("Đức")],
        family: &[latin("Nguyễn"), latin("Trần"), latin("Lê")],
        joined: false,
    },
];

/// A child.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub(super) people: usize,
    /// Is the family name written first at home, without a space?
    pub(super) joined: bool,
    pub(super) given: Script,
    pub(super) family: Script,
    /// Year, month, day.
    pub(super) birth: (u64, u64, u64),
    pub(super) sex: &'static str,
    pub(super) id: String,
}

/// Any child.
pub(super) fn child(random: &mut Random) -> Child {
    let people = pick(random, PEOPLES.len());
    let of = &PEOPLES[people];
    let given = of.given[pick(random, of.given.len())];
    let family = of.family[pick(random, of.family.len())];
    let sex = if random.below(2) == 0 { "female" } else { "male" };
    Child { people, joined: of.joined, given, family, birth: birth(random), sex, id: id(random) }
}

/// A child whose name is in Latin letters and plainly nobody else's.
pub(super) fn any_latin() -> Child {
    Child { given: latin("Rowan"), family: latin("Ashgrove"), people: 0, joined: false, ..child(&mut Random::new(7)) }
}

/// A given name of the same people, and another one.
pub(super) fn other_given(random: &mut Random, child: &Child) -> Script {
    let all = PEOPLES[child.people].given;
    let at = all.iter().position(|name| name.latin == child.given.latin).unwrap();
    all[(at + 1 + pick(random, all.len() - 1)) % all.len()]
}

/// A family name of the same people, and another one.
pub(super) fn other_family(random: &mut Random, child: &Child) -> Script {
    let all = PEOPLES[child.people].family;
    let at = all.iter().position(|name| name.latin == child.family.latin).unwrap();
    all[(at + 1 + pick(random, all.len() - 1)) % all.len()]
}

/// A birth date of a child.
pub(super) fn birth(random: &mut Random) -> (u64, u64, u64) {
    (2006 + random.below(19), 1 + random.below(12), 1 + random.below(28))
}

/// Another birth date, more than a slip away.
pub(super) fn other_birth(random: &mut Random, not: (u64, u64, u64)) -> (u64, u64, u64) {
    loop {
        let other = birth(random);
        let far = other.0 != not.0 && other.1 != not.1 && other.2 != not.2;
        // A two-digit year beside swapped numbers could mean both.
        let swapped = [other.1, other.2, other.0 % 100].contains(&(not.0 % 100)) && [other.1, other.2].contains(&not.2);
        if far && !swapped {
            return other;
        }
    }
}

pub(super) fn id(random: &mut Random) -> String {
    format!("{:07}", 1_000_000 + random.below(9_000_000))
}

pub(super) fn pick(random: &mut Random, end: usize) -> usize {
    usize::try_from(random.below(end as u64)).unwrap()
}
