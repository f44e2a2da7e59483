//! X25519 keys as age writes them: `age1…` for the public half, `AGE-SECRET-KEY-1…` for the secret half
//! (C2SP `age`, "The X25519 recipient type"; Bech32 of BIP 173).
//!
//! A public key that agrees on nothing (a point of small order) is refused when it is read, so that sealing cannot fail.

use super::{error::SealError, random_bytes};
use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey, X25519};
use bech32::{Bech32, Hrp, primitives::decode::CheckedHrpstring};
use std::{fmt, str::FromStr};
use zeroize::{Zeroize, Zeroizing};

const RECIPIENT_PREFIX: Hrp = Hrp::parse_unchecked("age");
const IDENTITY_PREFIX: Hrp = Hrp::parse_unchecked("age-secret-key-");

/// A public X25519 key: whoever has it can seal, and read nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AgeRecipient([u8; 32]);

impl AgeRecipient {
    /// The bytes of the point.
    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A few letters that tell recipients apart in file names; they are public, like the rest.
    pub(super) fn short_name(&self) -> String {
        self.to_string().chars().skip("age1".len()).take(16).collect()
    }
}

impl FromStr for AgeRecipient {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let point = *decode(text.trim(), RECIPIENT_PREFIX)?;
        let probe = AgeIdentity::generate();
        probe.agree(&point).map_err(|_| SealError::NotAKey("a point of small order"))?;
        Ok(Self(point))
    }
}

impl fmt::Display for AgeRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_to_fmt::<Bech32, _>(f, RECIPIENT_PREFIX, &self.0).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for AgeRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A secret X25519 key.
pub struct AgeIdentity {
    secret: Zeroizing<[u8; 32]>,
    private: PrivateKey,
    recipient: AgeRecipient,
}

impl AgeIdentity {
    /// Draws a new key.
    pub fn generate() -> Self {
        Self::from_secret(Zeroizing::new(random_bytes()))
    }

    /// Reads an identity, alone or as a key file with comment lines; the first key counts, as with `age -i`.
    ///
    /// # Errors
    /// [`SealError::NotAKey`].
    pub fn from_text(text: &str) -> Result<Self, SealError> {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .ok_or(SealError::NotAKey("no key in the text"))?;
        Ok(Self::from_secret(decode(line, IDENTITY_PREFIX)?))
    }

    /// The public half.
    pub const fn recipient(&self) -> AgeRecipient {
        self.recipient
    }

    /// The text of a key file that `age -i` reads: `about` as a comment, the public key as another, the key.
    /// `about` is one line without personal data.
    pub(super) fn expose_key_file(&self, about: &str) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(256));
        text.push_str("# ");
        text.push_str(about);
        text.push_str("\n# public key: ");
        text.push_str(&self.recipient.to_string());
        text.push('\n');
        let mut key = bech32::encode_upper::<Bech32>(IDENTITY_PREFIX, self.secret.as_slice())
            .expect("32 bytes are far below the length limit of Bech32");
        text.push_str(&key);
        key.zeroize();
        text.push('\n');
        text
    }

    /// The secret bytes, for derivation in `keys.rs`.
    pub(super) fn expose_secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// The shared secret with a peer's point.
    ///
    /// # Errors
    /// [`SealError::Damaged`] for a point of small order.
    pub(super) fn agree(&self, peer: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let refused = "the key share is not a usable point";
        agreement::agree(&self.private, UnparsedPublicKey::new(&X25519, peer), SealError::Damaged(refused), |shared| {
            let mut copy = Zeroizing::new([0; 32]);
            if shared.len() != copy.len() {
                return Err(SealError::Damaged(refused));
            }
            copy.copy_from_slice(shared);
            Ok(copy)
        })
    }

    fn from_secret(secret: Zeroizing<[u8; 32]>) -> Self {
        let private = PrivateKey::from_private_key(&X25519, secret.as_slice())
            .expect("every 32 bytes are a private key of X25519 (RFC 7748, 5)");
        let point = private.compute_public_key().expect("a parsed private key has a public half");
        let recipient = AgeRecipient(point.as_ref().try_into().expect("a point of X25519 has 32 bytes"));
        Self { secret, private, recipient }
    }
}

fn decode(text: &str, prefix: Hrp) -> Result<Zeroizing<[u8; 32]>, SealError> {
    let checked =
        CheckedHrpstring::new::<Bech32>(text).map_err(|_| SealError::NotAKey("the letters do not check out"))?;
    if checked.hrp() != prefix {
        return Err(SealError::NotAKey("another kind of key"));
    }
    let mut bytes = Zeroizing::new([0; 32]);
    let mut count = 0;
    for byte in checked.byte_iter() {
        *bytes.get_mut(count).ok_or(SealError::NotAKey("too long"))? = byte;
        count += 1;
    }
    if count == bytes.len() { Ok(bytes) } else { Err(SealError::NotAKey("too short")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::ExposeSecret;

    /// Keys go to the age crate and back without a change, in both directions.
    #[test]
    fn keys_are_those_of_age() {
        let theirs = age::x25519::Identity::generate();
        let ours = AgeIdentity::from_text(theirs.to_string().expose_secret()).unwrap();
        assert_eq!(ours.recipient().to_string(), theirs.to_public().to_string());
        let text = ours.expose_key_file("about");
        assert!(text.lines().any(|line| line == theirs.to_string().expose_secret()));
        let parsed: AgeRecipient = theirs.to_public().to_string().parse().unwrap();
        assert_eq!(parsed, ours.recipient());
    }

    /// Texts that are no key, or a key of the other kind, or one that agrees on nothing, are refused.
    #[test]
    fn wrong_texts_are_refused() {
        let key = AgeIdentity::generate();
        let public = key.recipient().to_string();
        let secret = key.expose_key_file("about");
        assert!(AgeIdentity::from_text(&public).is_err());
        assert!(secret.parse::<AgeRecipient>().is_err());
        assert!(AgeIdentity::from_text("# only a comment\n").is_err());
        assert!(public[..public.len() - 1].parse::<AgeRecipient>().is_err());
        let zero = bech32::encode::<Bech32>(RECIPIENT_PREFIX, &[0; 32]).unwrap();
        assert!(matches!(zero.parse::<AgeRecipient>(), Err(SealError::NotAKey("a point of small order"))));
        let long = bech32::encode::<Bech32>(RECIPIENT_PREFIX, &[9; 33]).unwrap();
        assert!(matches!(long.parse::<AgeRecipient>(), Err(SealError::NotAKey("too long"))));
    }
}
