//! RTF cut into tokens (Rich Text Format Specification 1.9.1, "RTF Syntax"). Never fails: what is no token is text.

/// A token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name` with its number, if any.
    Word(&'a str, Option<i32>),
    /// `\'hh`
    Byte(u8),
    /// `\~`, `\*`, `\-` and their kin.
    Symbol(u8),
    /// Bytes that stand for themselves.
    Text(&'a [u8]),
}

/// Cuts a document into tokens.
pub(crate) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(source: &'a [u8]) -> Self {
        Self { rest: source }
    }

    /// Leaves out the bytes that follow a `\binN`.
    pub(crate) fn leave_out(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes.min(self.rest.len())..];
    }

    fn take(&mut self, bytes: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let first = *self.rest.first()?;
        if first == b'\'' {
            let digits = self.take(3).get(1..3).unwrap_or(b"3F");
            let value = std::str::from_utf8(digits).ok().and_then(|d| u8::from_str_radix(d, 16).ok());
            return Some(Token::Byte(value.unwrap_or(b'?')));
        }
        if !first.is_ascii_alphabetic() {
            self.take(1);
            return Some(Token::Symbol(first));
        }
        let length = self.rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let name = std::str::from_utf8(self.take(length)).unwrap_or("");
        let sign = usize::from(self.rest.first() == Some(&b'-'));
        let digits = self.rest[sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let number = match digits {
            0 => None,
            _ => std::str::from_utf8(self.take(sign + digits)).ok().and_then(|text| text.parse().ok()),
        };
        // One blank behind a control word belongs to it.
        if self.rest.first() == Some(&b' ') {
            self.take(1);
        }
        Some(Token::Word(name, number))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while let [b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
        match self.rest.first()? {
            b'{' => {
                self.take(1);
                Some(Token::Open)
            }
            b'}' => {
                self.take(1);
                Some(Token::Close)
            }
            b'\\' => {
                self.take(1);
                self.control()
            }
            _ => {
                let special = |byte: &u8| matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n');
                let length = self.rest.iter().position(special).unwrap_or(self.rest.len());
                Some(Token::Text(self.take(length)))
            }
        }
    }
}
