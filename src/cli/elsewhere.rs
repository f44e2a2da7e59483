//! Paths that are named to a daemon. It opens them itself, and a service may see other folders than whoever gives the
//! command: then it is said so, with a place that both see, instead of "does not exist" or, worse, "written".

use super::desk::Reach;
use crate::control::{Reply, Request, Sight, client::Refused};
use std::path::{Path, PathBuf};

/// The folder that the shipped unit lets the daemon write to; the handbook has it made.
const EXCHANGE: &str = "/srv/casegate-exchange";

/// Refuses what is to be read where the daemon would not read what is meant.
pub(super) async fn check_readable(reach: &Reach, paths: &[PathBuf]) -> Result<(), Refused> {
    for path in paths {
        let path = absolute(path)?;
        if let Some(daemons) = daemons_sight(reach, &path).await
            && let Some(why) = unread(&path, &Sight::of(&path), &daemons)
        {
            return Err(Refused::world(why));
        }
    }
    Ok(())
}

/// Refuses a place to write to that is not the daemon's, or where it may not write. It need not exist yet.
pub(super) async fn check_writable(reach: &Reach, to: &Path) -> Result<(), Refused> {
    let Some(there) = absolute(to)?.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned) else {
        return Ok(());
    };
    match daemons_sight(reach, &there).await.and_then(|daemons| unwritten(&there, &Sight::of(&there), &daemons)) {
        Some(why) => Err(Refused::world(why)),
        None => Ok(()),
    }
}

/// Refuses to say of something that it was written where it is not there.
pub(super) fn check_written(reach: &Reach, to: &Path) -> Result<(), Refused> {
    let gone = matches!(std::fs::symlink_metadata(to), Err(error) if error.kind() == std::io::ErrorKind::NotFound);
    if gone && matches!(reach, Reach::Daemon(_)) {
        return Err(Refused::world(format!(
            "the daemon says that it wrote {}, and there is no such thing here: {}",
            to.display(),
            advice("name a place that both see")
        )));
    }
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf, Refused> {
    std::path::absolute(path).map_err(|e| Refused::usage(e.to_string()))
}

/// What the daemon sees at a path; nothing where there is no daemon, or one that cannot say.
async fn daemons_sight(reach: &Reach, path: &Path) -> Option<Sight> {
    if !matches!(reach, Reach::Daemon(_)) {
        return None;
    }
    match reach.ask(&Request::Look { path: path.to_owned() }).await {
        Ok(Reply::Sight(sight)) => Some(sight),
        _ => None,
    }
}

/// Why the daemon cannot read what its asker can.
fn unread(path: &Path, own: &Sight, daemons: &Sight) -> Option<String> {
    // What the asker does not see either is for the command itself to say.
    own.file?;
    if own.file == daemons.file && (daemons.readable || !own.readable) {
        return None;
    }
    let what =
        if own.file == daemons.file { "may not read it" } else { "does not see it, or sees something else there" };
    let advice = advice("put it into a folder that both see");
    Some(format!("{} is there, and the daemon {what}: {advice}", path.display()))
}

/// Why the daemon cannot write where its asker can.
fn unwritten(folder: &Path, own: &Sight, daemons: &Sight) -> Option<String> {
    if own.file == daemons.file && (daemons.writable || !own.writable) {
        return None;
    }
    let what = if own.file == daemons.file { "may not write there" } else { "sees another folder there, or none" };
    let advice = advice("name a place that both see");
    Some(format!("nothing was written: {} is there, and the daemon {what}: {advice}", folder.display()))
}

fn advice(what: &str) -> String {
    format!(
        "it runs as another user, or as a service that is shut off from some folders; {what}, such as {EXCHANGE}, and see \
         deploy/casegate.service; or stop the daemon and give this command again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Sight = Sight { file: Some((1, 7)), readable: true, writable: true };

    /// Proves that only what the asker can do and the daemon cannot is spoken of, with a place that works.
    #[test]
    fn differences_are_told() {
        let path = Path::new("/tmp/disc.iso");
        let other = Sight { file: Some((2, 7)), ..HERE };
        let none = Sight { file: None, readable: false, writable: false };
        let closed = Sight { readable: false, writable: false, ..HERE };
        for daemons in [&other, &none, &closed] {
            let told = unread(path, &HERE, daemons).expect("told");
            assert!(told.starts_with("/tmp/disc.iso is there, and the daemon ") && told.contains(EXCHANGE), "{told}");
            let told = unwritten(path, &HERE, daemons).expect("told");
            assert!(told.starts_with("nothing was written: ") && told.contains(EXCHANGE), "{told}");
        }
        assert_eq!(unread(path, &HERE, &HERE), None);
        assert_eq!(unwritten(path, &HERE, &HERE), None);
        let unwritable = Sight { writable: false, ..HERE };
        assert_eq!(unread(path, &HERE, &unwritable), None, "nothing is written to what is read");
        assert_eq!(unread(path, &none, &none), None, "what nobody sees is for the command to say");
        assert_eq!(unread(path, &closed, &closed), None, "the same for what nobody may read");
    }

    /// Proves that what a daemon says it wrote has to be there, and that the shipped unit opens the folder that is named.
    #[test]
    fn what_was_written_is_looked_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let daemon = Reach::Daemon(folder.path().to_owned());
        assert!(check_written(&daemon, folder.path()).is_ok());
        let refused = check_written(&daemon, &folder.path().join("backup")).expect_err("it is not there");
        assert_eq!(refused.exit_code, 3);
        assert!(refused.message.contains(EXCHANGE), "{refused}");
        let unit = include_str!("../../deploy/casegate.service");
        assert!(unit.contains(&format!("ReadWritePaths=-{EXCHANGE}\n")));
    }
}
