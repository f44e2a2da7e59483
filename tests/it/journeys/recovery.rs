//! T28: the handbook's recipe restores a case with the stock `age` command.

use super::shell::{Shell, program, tree};
use crate::support::lacking::{Lack, skip};
use std::{collections::BTreeSet, path::Path};

/// The commands of the handbook, as they stand there.
fn recipe() -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/handbook/recovery.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, from) = page.split_once("```bash\n").expect("the page has a block of commands");
    from.split_once("```").expect("the block ends").0.to_owned()
}

fn has_tools() -> bool {
    let has = |name: &str| program(name).arg("--version").output().is_ok_and(|output| output.status.success());
    let all = ["age", "jq"].into_iter().all(has);
    if !all {
        skip(Lack::Installable, "the commands `age` and `jq` are needed to try the handbook's recipe");
    }
    all
}

/// Runs the recipe; the restored documents.
fn restore(shell: &Shell, (key, keys): (&Path, &Path), (data, case): (&Path, &str)) -> Option<BTreeSet<Vec<u8>>> {
    let out = shell.path("out");
    let _ = std::fs::remove_dir_all(&out);
    let mut command = program("bash");
    command.arg("-c").arg(recipe()).env("KEY", key).env("KEYS", keys).env("DATA", data).env("CASE", case);
    let output = command.env("OUT", &out).output().unwrap();
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return None;
    }
    let documents = tree(&out).into_iter().filter(|(name, _)| name.starts_with("document-"));
    Some(documents.map(|(_, bytes)| bytes).collect())
}

/// T28: proves that the recipe, with the site key and with the recovery key alone, gives back every document byte for
/// byte, members of archives too, with nothing of this program left, and that another key opens nothing.
#[test]
fn t28_a_case_restores_with_the_age_command_alone() {
    if !has_tools() {
        return;
    }
    let shell = Shell::init();
    let files = shell.write_upload();
    let case = shell.open_case();
    let rows = shell.ingest(&case, &["upload"]);
    assert!(rows.len() > 10);
    // What the recipe may use: objects and contents list, not the catalog.
    std::fs::create_dir(shell.path("rest")).unwrap();
    for part in ["objects", "contents"] {
        std::fs::rename(shell.data().join(part), shell.path("rest").join(part)).unwrap();
    }
    std::fs::remove_dir_all(shell.data()).unwrap();
    let expected = |name: &str| !name.ends_with("Thumbs.db") && !name.ends_with("empty.txt");
    let mut expected: BTreeSet<Vec<u8>> =
        files.iter().filter(|(name, _)| expected(name)).map(|(_, bytes)| bytes.clone()).collect();
    expected.insert(b"A second letter, which came inside an archive, says that the biopsy was benign.\n".to_vec());
    let site_key = std::fs::read(shell.keys().join("site.key")).unwrap();
    for key in ["site.keys/site.key", "recovery.key"] {
        let data = (shell.path("rest"), case.as_str());
        let restored = restore(&shell, (&shell.path(key), &shell.keys()), (&data.0, data.1));
        assert!(restored.expect("the recipe succeeds") == expected, "{key}: other documents came out");
        // The recovery key is tried with the site key gone.
        let _ = std::fs::remove_file(shell.keys().join("site.key"));
    }
    std::fs::write(shell.path("other.key"), site_key).unwrap();
    let stranger = Shell::init();
    let foreign = stranger.keys().join("site.key");
    assert!(restore(&shell, (&foreign, &shell.keys()), (&shell.path("rest"), &case)).is_none());
    flipped_part_is_found(&shell, &case);
}

/// A flipped bit in a part makes the recipe stop.
fn flipped_part_is_found(shell: &Shell, case: &str) {
    let objects = shell.path("rest/objects");
    let (name, mut bytes) = tree(&objects).into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
    bytes[1_000] ^= 4;
    std::fs::write(objects.join(name), bytes).unwrap();
    let key = shell.path("other.key");
    assert!(restore(shell, (&key, &shell.keys()), (&shell.path("rest"), case)).is_none());
}
