//! Where a packet is written: a folder, or a ZIP, beside the wanted name until it is whole.
//!
//! Only names made by this module's siblings come here. Whatever is not finished is removed when the sink is dropped; a
//! process that is killed leaves `<name>.partial`, which the next export names and refuses to touch, since it holds
//! documents in the clear.

use crate::{pipeline::Trouble, seal::sha256};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// From here on a ZIP member needs 64-bit sizes.
const LARGE_BYTES: u64 = u32::MAX as u64;

/// A packet being written.
pub(super) struct Sink {
    target: PathBuf,
    beside: PathBuf,
    /// `None` only while a piece is being written, and after the end.
    body: Option<Body>,
    current: String,
    sums: Vec<(String, String)>,
    bytes: u64,
    finished: bool,
}

enum Body {
    Folder(Option<File>),
    Zip(Box<ZipWriter<File>>),
}

impl Sink {
    /// Begins a packet; neither it nor an unfinished one may be there.
    pub(super) async fn create(to: &Path) -> Result<Self, Trouble> {
        let mut beside = to.as_os_str().to_owned();
        beside.push(".partial");
        let beside = PathBuf::from(beside);
        if fs::symlink_metadata(to).is_ok() {
            return Err(Trouble::Refused(format!("{} exists already; a packet never replaces anything", to.display())));
        }
        let zip = to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        let body = if zip {
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside);
            file.map(|file| Body::Zip(Box::new(ZipWriter::new(file))))
        } else {
            DirBuilder::new().mode(0o700).create(&beside).map(|()| Body::Folder(None))
        };
        let body = body.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Trouble::Refused(format!(
                "{} is left from an export that was interrupted and holds documents in the clear; remove it first",
                beside.display()
            )),
            ErrorKind::NotFound => Trouble::Refused(format!("the folder of {} does not exist", to.display())),
            _ => failed(error),
        })?;
        let (target, current, sums) = (to.to_owned(), String::new(), Vec::new());
        Ok(Self { target, beside, body: Some(body), current, sums, bytes: 0, finished: false })
    }

    /// Begins a file of about this size.
    pub(super) async fn begin(&mut self, name: &str, bytes: u64) -> Result<(), Trouble> {
        name.clone_into(&mut self.current);
        let (name, path) = (name.to_owned(), self.beside.join(name));
        self.apply(move |body| match body {
            Body::Folder(file) => {
                if let Some(folder) = path.parent() {
                    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                }
                *file = Some(OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?);
                Ok(())
            }
            Body::Zip(zip) => {
                let options = SimpleFileOptions::default().large_file(bytes >= LARGE_BYTES).unix_permissions(0o600);
                zip.start_file(name, options).map_err(io::Error::other)
            }
        })
        .await
    }

    /// Adds bytes.
    pub(super) async fn piece(&mut self, piece: Vec<u8>) -> Result<(), Trouble> {
        self.bytes += piece.len() as u64;
        self.apply(move |body| match body {
            Body::Folder(Some(file)) => file.write_all(&piece),
            Body::Folder(None) => Err(io::Error::other("bytes outside a file")),
            Body::Zip(zip) => zip.write_all(&piece),
        })
        .await
    }

    /// Ends a file whose SHA-256 is this.
    pub(super) async fn end(&mut self, sum: String) -> Result<(), Trouble> {
        self.sums.push((std::mem::take(&mut self.current), sum));
        self.apply(|body| {
            if let Body::Folder(file) = body {
                *file = None;
            }
            Ok(())
        })
        .await
    }

    /// Writes a small file whole.
    pub(super) async fn file(&mut self, name: &str, content: Vec<u8>) -> Result<(), Trouble> {
        let sum = data_encoding::HEXLOWER.encode(&sha256(&content).0);
        self.begin(name, content.len() as u64).await?;
        self.piece(content).await?;
        self.end(sum).await
    }

    /// Names and SHA-256 of what was written.
    pub(super) fn sums(&self) -> &[(String, String)] {
        &self.sums
    }

    /// Gives the packet its name; files and bytes.
    pub(super) async fn finish(mut self) -> Result<(u64, u64), Trouble> {
        let (beside, target) = (self.beside.clone(), self.target.clone());
        let body = self.body.take();
        let done = tokio::task::spawn_blocking(move || {
            if let Some(Body::Zip(zip)) = body {
                zip.finish().map_err(io::Error::other)?;
            }
            let whole = File::open(&beside)?;
            nix::unistd::syncfs(&whole)?;
            // Nothing that came meanwhile is replaced; a folder that is not empty would be refused by the system anyway.
            if fs::symlink_metadata(&target).is_ok() {
                return Err(ErrorKind::AlreadyExists.into());
            }
            fs::rename(&beside, &target)?;
            let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        });
        done.await.map_err(|e| failed(io::Error::other(e)))?.map_err(failed)?;
        self.finished = true;
        Ok((self.sums.len() as u64, self.bytes))
    }

    /// Writing blocks, so it is done off the async threads.
    async fn apply(&mut self, act: impl FnOnce(&mut Body) -> io::Result<()> + Send + 'static) -> Result<(), Trouble> {
        let Some(mut body) = self.body.take() else { return Err(failed(io::Error::other("an earlier write failed"))) };
        let done = tokio::task::spawn_blocking(move || act(&mut body).map(|()| body)).await;
        self.body = Some(done.map_err(|e| failed(io::Error::other(e)))?.map_err(failed)?);
        Ok(())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if !self.finished {
            // Best effort: the next export names what could not be removed.
            let _ = if self.beside.is_dir() { fs::remove_dir_all(&self.beside) } else { fs::remove_file(&self.beside) };
        }
    }
}

fn failed(error: io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Trouble::Refused("there is no room for the packet".to_owned())
        }
        ErrorKind::AlreadyExists => Trouble::Refused("the packet's name was taken meanwhile".to_owned()),
        _ => Trouble::Retry { act: "writing a packet", cause: error.to_string() },
    }
}
