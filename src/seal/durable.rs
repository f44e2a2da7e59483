//! Small key files that must survive a power cut: temp file in the same folder, contents synced, put in place, folder
//! synced. Everything here is readable by its owner only. Blocking.

use super::{error::SealError, random_bytes};
use data_encoding::HEXLOWER;
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// How the names of files begin that are not whole yet.
const TEMP: &str = ".new-";

/// What happens where a file of that name exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// It stays, and the write fails with `AlreadyExists`.
    Keep,
    /// The new one takes its place at once.
    Replace,
}

/// Writes a file with mode 0600, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), SealError> {
    let folder = folder_of(path);
    let temp = folder.join(format!("{TEMP}{}", HEXLOWER.encode(&random_bytes::<8>())));
    let result = write_temp(&temp, bytes).and_then(|()| match existing {
        Existing::Keep => fs::hard_link(&temp, path),
        Existing::Replace => fs::rename(&temp, path),
    });
    let removed = match fs::remove_file(&temp) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    result.and(removed).map_err(SealError::world("writing a key file"))?;
    sync_folder(&folder)
}

/// Writes a small file that lies beside keys, durably, in the place of one that may be there: whole or not at all.
///
/// # Errors
/// [`SealError::World`].
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), SealError> {
    write(path, bytes, Existing::Replace)
}

/// Shreds what writes that were cut short have left in a key folder. Only for who is alone with it.
///
/// # Errors
/// [`SealError::World`].
pub fn sweep_key_folder(folder: &Path) -> Result<(), SealError> {
    let act = "looking through a key folder";
    for item in fs::read_dir(folder).map_err(SealError::world(act))? {
        let item = item.map_err(SealError::world(act))?;
        if item.file_name().as_encoded_bytes().starts_with(TEMP.as_bytes()) {
            shred_file(&item.path())?;
        }
    }
    Ok(())
}

/// Makes a folder with mode 0700 unless it is there, with its parents, durably.
pub(super) fn make_folder(path: &Path) -> Result<(), SealError> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(SealError::world("making a key folder"))?;
    missing.into_iter().try_for_each(|made| sync_folder(&folder_of(made)))
}

/// Makes changes to the entries of a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), SealError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(SealError::world("syncing a key folder"))
}

/// Overwrites a file with random bytes. On copy-on-write or flash storage the old blocks may live on; that is why
/// shredding also replaces the site identity that could open them.
pub(super) fn overwrite(file: &mut File) -> Result<(), SealError> {
    let mut pass = || -> std::io::Result<()> {
        let mut left = file.metadata()?.len();
        while left > 0 {
            let noise: [u8; 256] = random_bytes();
            let count = left.min(noise.len() as u64) as usize;
            file.write_all(&noise[..count])?;
            left -= count as u64;
        }
        file.sync_all()
    };
    pass().map_err(SealError::world("overwriting a key file"))
}

/// Overwrites a file and removes it.
pub(super) fn shred_file(path: &Path) -> Result<(), SealError> {
    let act = "shredding a key file";
    overwrite(&mut OpenOptions::new().write(true).open(path).map_err(SealError::world(act))?)?;
    fs::remove_file(path).map_err(SealError::world(act))
}

/// The folder a file lies in, also for a bare name.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn write_temp(temp: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(temp)?;
    file.write_all(bytes)?;
    file.sync_all()
}
