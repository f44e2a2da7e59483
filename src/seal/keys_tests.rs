//! The keys of a case.

use super::*;

const PLACE: Place<'static> = Place { table: "entries", row: b"\x01\x02", field: "record" };

/// A record opens in its place, however it was sealed, and the empty one too.
#[test]
fn records_open_in_their_place() {
    let keys = CaseKeys::generate();
    for plain in [&b""[..], b"x", &[7; 100_000]] {
        let derived = keys.seal_record(PLACE, plain);
        assert_eq!(**keys.open_record(PLACE, &derived).unwrap(), *plain);
        let small = seal_small(&keys.recipient(), PLACE, plain);
        assert_eq!(**keys.open_record(PLACE, &small).unwrap(), *plain);
    }
}

/// A record moved to another table, row or field, or opened with another case's keys, does not open.
#[test]
fn records_open_nowhere_else() {
    let keys = CaseKeys::generate();
    let elsewhere = [
        Place { table: "uploads", ..PLACE },
        Place { row: b"\x01\x03", ..PLACE },
        Place { row: b"", ..PLACE },
        Place { field: "recor", ..PLACE },
    ];
    for sealed in [keys.seal_record(PLACE, b"x"), seal_small(&keys.recipient(), PLACE, b"x")] {
        for place in elsewhere {
            assert!(matches!(keys.open_record(place, &sealed), Err(SealError::Damaged(_))));
        }
        assert!(CaseKeys::generate().open_record(PLACE, &sealed).is_err());
    }
}

/// Every flipped bit and every cut of a record is found, and unknown versions are refused.
#[test]
fn damaged_records_do_not_open() {
    let keys = CaseKeys::generate();
    for sealed in [keys.seal_record(PLACE, b"some text"), seal_small(&keys.recipient(), PLACE, b"some text")] {
        for at in 0..sealed.0.len() {
            let mut flipped = sealed.clone();
            flipped.0[at] ^= 0x10;
            assert!(keys.open_record(PLACE, &flipped).is_err(), "byte {at}");
            assert!(keys.open_record(PLACE, &Sealed(sealed.0[..at].to_vec())).is_err(), "cut at {at}");
        }
        let longer = Sealed([&sealed.0[..], b"x"].concat());
        assert!(keys.open_record(PLACE, &longer).is_err());
    }
}

/// The same record sealed twice looks different: nothing about it can be compared.
#[test]
fn sealing_is_randomised() {
    let keys = CaseKeys::generate();
    assert_ne!(keys.seal_record(PLACE, b"x"), keys.seal_record(PLACE, b"x"));
}

/// Derived values depend on the case, the purpose and the input, and on nothing else.
#[test]
fn derived_values_are_stable_and_apart() {
    let text = AgeIdentity::generate().expose_key_file("x");
    let (one, same) = (CaseKeys::from_identity_text(&text).unwrap(), CaseKeys::from_identity_text(&text).unwrap());
    let other = CaseKeys::generate();
    let digest = super::super::sha256(b"1.2.3");
    assert_eq!(one.fingerprint(&digest), same.fingerprint(&digest));
    assert_ne!(one.fingerprint(&digest), other.fingerprint(&digest));
    assert_ne!(one.fingerprint(&digest).0, digest.0);
    assert_eq!(one.instance("1.2.3"), same.instance("1.2.3\0"));
    assert_ne!(one.instance("1.2.3"), one.instance("1.2.33"));
    assert_ne!(one.instance("1.2.3"), other.instance("1.2.3"));
    let parent = EntryId::from_bytes([1; 16]);
    assert_eq!(one.member_id(parent, 5), same.member_id(parent, 5));
    assert_ne!(one.member_id(parent, 5), one.member_id(parent, 6));
    assert_ne!(one.member_id(parent, 5), one.member_id(EntryId::from_bytes([2; 16]), 5));
    assert_ne!(one.member_id(parent, 5), other.member_id(parent, 5));
    let record = one.seal_record(PLACE, b"x");
    assert_eq!(**same.open_record(PLACE, &record).unwrap(), *b"x");
}

/// Derivation is fixed for ever: these values were computed apart from this code, from the labels and RFC 5869.
#[test]
fn derivation_does_not_change() {
    let keys =
        CaseKeys::from_identity_text("AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33")
            .unwrap();
    let hex = |bytes: &[u8]| HEXLOWER.encode(bytes);
    assert_eq!(keys.recipient().to_string(), "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa");
    assert_eq!(
        hex(&keys.fingerprint(&PlainDigest([0; 32])).0),
        "e74588062198fcadbe211c6550e7ad2675e5bb62288a1d06ad65643ace61a2c0"
    );
    assert_eq!(
        hex(&keys.instance("1.2.840.10008.1").0),
        "5d10bc325331b9bfa187a6d7a1e4458ec807c5daa0ad74e3ccc8cb53ff002896"
    );
    assert_eq!(hex(keys.member_id(EntryId::from_bytes([1; 16]), 7).as_bytes()), "b5509f339fd387c063b72959e1366655");
    let sealed = HEXLOWER.decode(b"01000102030405060708090a0bb82c9b40667ebaa6756540dc8d74cc342a3ae3ecf2").unwrap();
    assert_eq!(**keys.open_record(PLACE, &Sealed(sealed)).unwrap(), *b"fixed");
}
