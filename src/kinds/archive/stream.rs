//! Single compressed streams: gzip (RFC 1952), bzip2, xz. What comes out is one member, or a tar's members.
//!
//! The bytes out are bounded by the container's limits alone, whatever a header claims. The dictionary that an xz header
//! asks for is bounded before it is allocated.

use super::delivery::{Delivery, Item};
use super::tar;
use crate::domain::facts::{Facts, FileKind};
use crate::kinds::{Exam, Kind, Probe, Source};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Cursor, Read, SeekFrom};

/// A compressed stream of one format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// gzip, several members after one another included.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
}

impl Kind for Stream {
    fn name(&self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Archive
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let head = probe.head;
        match self {
            // RFC 1952 2.3: only the method Deflate exists, the three upper flags are zero.
            Self::Gzip => head.starts_with(b"\x1f\x8b\x08") && head.get(3).is_some_and(|flags| flags & 0xE0 == 0),
            Self::Bzip2 => {
                head.starts_with(b"BZh")
                    && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
                    && matches!(head.get(4..10), Some(b"1AY&SY" | b"\x17\x72\x45\x38\x50\x90"))
            }
            Self::Xz => head.starts_with(b"\xFD7zXZ\0"),
        }
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let own_name = exam.name.last().to_vec();
        let (source, mut delivery) = Delivery::of(exam);
        let inner = self.inner_name(source, &own_name);
        // A source that cannot be rewound yields nothing, which the account then says.
        let _ = source.seek(SeekFrom::Start(0));
        let packed_bytes = Source::bytes(&*source);
        let memory_kib = delivery.limits().inspector_memory_bytes_max / 2 / 1024;
        let packed = BufReader::with_capacity(128 * 1024, source);
        let mut plain: Box<dyn Read + '_> = match self {
            Self::Gzip => Box::new(Members(Some(GzDecoder::new(packed)))),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Xz => {
                let memory_kib = u32::try_from(memory_kib).unwrap_or(u32::MAX - 1);
                Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, memory_kib))
            }
        };
        let mut head = Vec::new();
        let first = (&mut plain).take(tar::BLOCK_BYTES as u64).read_to_end(&mut head);
        let is_tar = first.is_ok() && tar::is_header(&head);
        // A fault within the first block must come up again when the member is read.
        let rest: Box<dyn Read + '_> = match first {
            Ok(_) => plain,
            Err(error) => Box::new(Broken(Some(error))),
        };
        let mut whole = Cursor::new(head).chain(rest);
        if is_tar {
            let ended = tar::deliver(&mut whole, &mut delivery);
            return delivery.finish(FileKind::Archive, &format!("tar+{}", self.name()), ended);
        }
        let item = Item { packed_bytes: Some(packed_bytes), ..Item::new(inner, None) };
        let ended = delivery.copy(item, &mut whole);
        delivery.finish(FileKind::Archive, self.name(), ended)
    }
}

impl Stream {
    /// The name of what comes out: the one in the gzip header, else ours without its last extension.
    fn inner_name(self, source: &mut dyn Source, own_name: &[u8]) -> Vec<u8> {
        if self == Self::Gzip && source.seek(SeekFrom::Start(0)).is_ok() {
            let head = BufReader::new(source.take(64 * 1024));
            if let Some(name) = GzDecoder::new(head).header().and_then(|header| header.filename()) {
                // RFC 1952 2.3.1 wants no folders here; only the last part is a name.
                let last = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(name);
                if !last.is_empty() && last != b".." {
                    return last.to_vec();
                }
            }
        }
        let stem = own_name.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0).map(|dot| &own_name[..dot]);
        match stem {
            Some(stem) if own_name.ends_with(b"tgz") => [stem, b".tar"].concat(),
            Some(stem) => stem.to_vec(),
            None => b"content".to_vec(),
        }
    }
}

/// The members of a gzip file one after the other (RFC 1952 2.2). Zeros behind the last one are padding, as tapes and
/// some programs leave it; anything else there is a fault.
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(mut rest) = self.0.take().map(GzDecoder::into_inner) else { break };
            match rest.fill_buf()?.first().copied() {
                None => break,
                Some(0x1F) => self.0 = Some(GzDecoder::new(rest)),
                Some(_) => return padding(rest).map(|()| 0),
            }
        }
        Ok(0)
    }
}

/// Sees to it that nothing but zeros is left.
fn padding(rest: impl Read) -> io::Result<()> {
    if BufReader::new(rest).bytes().all(|byte| matches!(byte, Ok(0))) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "other bytes follow the stream"))
}

/// Repeats an error that came early.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
