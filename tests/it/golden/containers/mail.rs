//! E-mail as families forward it.

use super::recorder::{examine, recognise};
use casegate::domain::{
    facts::{FileKind, Readable},
    reason::Reason,
};

/// A message with a plain and an HTML body, an attachment with an encoded name, and a message within.
pub(super) const FORWARDED: &[u8] = b"Received: from mail.example by mx.example; Mon, 4 Mar 2024 10:00:00 +0000\r\n\
From: =?UTF-8?Q?Ana_Mu=C3=B1oz?= <ana@example.org>\r\nTo: intake@example.org\r\nSubject: =?UTF-8?B?SW5mb3JtZSBhbHTDoQ==?=\r\n\
Date: Mon, 4 Mar 2024 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n\
--b1\r\nContent-Type: multipart/alternative; boundary=\"b2\"\r\n\r\n\
--b2\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nEl informe del ni=F1o.\r\n\
--b2\r\nContent-Type: text/html\r\n\r\n<p>El <b>informe</b> del ni&ntilde;o.</p>\r\n--b2--\r\n\
--b1\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=UTF-8''informe%20de%20alt%C3%A1.pdf\r\n\
Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n\
--b1\r\nContent-Type: image/png; name=\"C:\\\\Users\\\\ana\\\\scan.png\"\r\nContent-Disposition: attachment\r\n\
Content-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n\
--b1\r\nContent-Type: message/rfc822\r\n\r\nFrom: doctor@example.org\r\nSubject: Labs\r\nMessage-ID: <1@example.org>\r\n\r\nSee above.\r\n\
--b1--\r\n";

/// Proves that header, body, attachments and messages within come out, each where it belongs.
#[test]
fn a_forwarded_message_is_taken_apart() {
    let outcome = examine("mail.eml", FORWARDED);
    assert_eq!((outcome.kind, outcome.facts.kind), ("mail", Some(FileKind::Message)));
    assert_eq!(outcome.facts.readable, Readable::Yes, "{:?}", outcome.facts.observations);
    let text = &outcome.sink.pages[0].text;
    assert!(text.contains("Ana Muñoz") && text.contains("El informe del niño."), "{text}");
    assert_eq!(text.matches("El informe").count(), 1, "the same text is not read twice");
    assert_eq!(outcome.names(), ["informe de altá.pdf", "scan.png", "Labs.eml"]);
    assert_eq!(outcome.sink.members[0].bytes, b"%PDF-1.4");
    assert_eq!(outcome.facts.search[0].text, "Informe altá");
    assert!(outcome.facts.language_asked);
    let inner = examine("Labs.eml", &outcome.sink.members[2].bytes);
    assert_eq!(inner.kind, "mail");
}

/// Proves that a body that is there as HTML only becomes text.
#[test]
fn an_html_body_becomes_text() {
    let raw = b"From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>The <b>biopsy</b> was normal.</p>";
    let outcome = examine("x", raw);
    assert!(outcome.sink.pages[0].text.contains("The biopsy was normal."), "{}", outcome.sink.pages[0].text);
}

/// Proves that each message of a mailbox becomes a member.
#[test]
fn a_mailbox_is_split() {
    let one = b"From ana@example.org Mon Mar  4 10:00:00 2024\nFrom: a@example.org\nTo: b@example.org\nSubject: one\nDate: x\n\nFrom here on it went well.\n\nText.\n\n";
    let outcome = examine("inbox", &one.repeat(2));
    assert_eq!((outcome.kind, outcome.names()), ("mailbox", vec!["message-1.eml", "message-2.eml"]));
    assert!(outcome.sink.members.iter().all(|member| recognise("x", &member.bytes).unwrap().name() == "mail"));
}

/// Proves that an encrypted message asks for its key instead of being called damaged.
#[test]
fn an_encrypted_message_is_told() {
    let raw = b"From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n\
Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CA\n";
    let outcome = examine("x.eml", raw);
    assert!(outcome.facts.has(Reason::PasswordRequired));
    assert_eq!(outcome.facts.readable, Readable::No);
}

/// Proves that letters and tables with colons are not taken for e-mail.
#[test]
fn other_text_is_no_mail() {
    for text in [
        "Name: A\nDate: 1 March\nSubject: fever\n\nText",
        "To: the parents\nDate: today\n",
        "Hello\nFrom: x\nTo: y\nMessage-ID: z",
    ] {
        assert_ne!(recognise("x.txt", text.as_bytes()).map(|kind| kind.file_kind()), Some(FileKind::Message), "{text}");
    }
}
