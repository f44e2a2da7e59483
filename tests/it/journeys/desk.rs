//! What the desk is told: which case, which document, what waits in the holding case, what is not ready, what was not taken.

use super::shell::{Said, Shell, tree};
use crate::{
    make,
    support::{
        daemon::Daemon,
        lacking::{Lack, skip},
        watch::{PATIENCE, until_true},
    },
};
use nix::sys::termios::{LocalFlags, tcgetattr};
use serde_json::Value;
use std::{
    fs::{self, File, Permissions},
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Stdio,
};

const LETTER: &[u8] =
    b"Dear colleague, thank you for seeing this child in your clinic in spring. The scan was normal.\n";

/// A site with a case that holds a letter in a folder.
fn with_letter() -> (Shell, String) {
    let shell = Shell::init();
    shell.write("media/usb/informe alta.txt", LETTER);
    let case = shell.open_case();
    shell.ingest(&case, &["media"]);
    (shell, case)
}

fn paths(shown: &Value) -> Vec<String> {
    let rows = shown["rows"].as_array().unwrap();
    rows.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

/// Proves that the holding case can be named, is opened where a document is moved to it, is listed as what it is, and is
/// never ready, whatever lies in it: in the list, the gate and the packet; that documents leave it by the same name.
#[test]
fn the_holding_case_is_seen_and_never_ready() {
    let (shell, case) = with_letter();
    assert!(shell.run(["case", "gate", "holding"]).ended(2).err.contains("no holding case yet"));
    assert!(!shell.run(["case", "list"]).ended(0).out.contains("holding"));
    shell.run(["case", "move", &case, "informe alta.txt", "--to", "holding"]).ended(0);
    let listed = shell.run(["case", "list"]).ended(0).out;
    let line = listed.lines().find(|line| line.contains("(the holding case)")).unwrap_or_else(|| panic!("{listed}"));
    assert!(line.ends_with("holding_case") && line.contains(" open "), "{line}");
    shell.run(["ingest", "--case", "holding", "patient.toml"]).ended(1);
    let gate = shell.run(["case", "gate", "holding", "--json"]).ended(1).lines();
    assert_eq!((&gate[0]["ready"], &gate[0]["blocking"]), (&false.into(), &serde_json::json!(["holding_case"])));
    let words = shell.run(["case", "gate", "holding"]).ended(1).out;
    assert!(words.contains("is not ready") && words.contains("case move holding DOCUMENT"), "{words}");
    let shown = shell.run(["case", "show", "holding"]).ended(0).out;
    assert!(shown.lines().next().unwrap().contains(", (the holding case), open"), "{shown}");
    let export = ["export", "--case", "holding", "--to", "held", "--reason", "to look at them"];
    assert!(shell.run(export).ended(1).err.contains("NOT ready"));
    let page = fs::read_to_string(shell.path("held/index.html")).unwrap();
    assert!(page.contains("NOT ready: holding_case") && !page.contains("Nothing blocks"), "{page}");
    shell.run(["case", "move", "holding", "informe alta.txt", "--to", &case]).ended(0);
    shell.run(["ingest", "--case", &case, "--until", "filed", "patient.toml"]);
    assert!(paths(&shell.show(&case)).contains(&"media/usb/informe alta.txt".to_owned()));
}

/// Proves that a document is named as `case show` shows it, by the last part of its path, and that where several are called
/// that the whole paths are listed and nothing is done.
#[test]
fn a_document_is_named_as_it_is_shown() {
    let (shell, case) = with_letter();
    shell.write(
        "post/informe alta.txt",
        b"Dear colleague, the second letter says that nothing more is to be done this year.\n",
    );
    shell.write(
        "post/other.txt",
        b"Dear colleague, the third letter is about the appointment in June, at ten o'clock.\n",
    );
    let other = shell.open_case();
    let flag = |document: &str| {
        shell.run(["case", "flag", &case, document, "--finding", "poor_translation", "--reason", "makes no sense"])
    };
    flag("informe alta.txt").ended(0);
    shell.ingest(&case, &["post"]);
    let refused = flag("informe alta.txt").ended(2);
    for path in ["media/usb/informe alta.txt", "post/informe alta.txt"] {
        assert!(refused.err.contains(path), "{}", refused.err);
    }
    flag("usb/informe alta.txt").ended(0);
    assert!(flag("alta.txt").ended(2).err.contains("no such document"), "half a name is none");
    shell.run(["case", "move", &case, "…er.txt", "--to", &other]).ended(0);
    assert!(!paths(&shell.show(&case)).contains(&"post/other.txt".to_owned()));
    shell.run(["case", "move", &case, "gone.txt", "--to", &other]).ended(2);
}

/// Proves that an id of no case is said to be one, and a shredded case to be shredded, by every command that names a
/// case: neither is called damage.
#[test]
fn a_wrong_case_is_not_damage() {
    let (shell, case) = with_letter();
    let nobody = "a".repeat(26);
    let commands = |case: &str| -> Vec<Vec<String>> {
        let order = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        vec![
            order(&["case", "show", case]),
            order(&["case", "gate", case]),
            order(&["case", "move", case, "x", "--to", &nobody]),
            order(&["case", "flag", case, "x", "--finding", "illegible", "--reason", "x"]),
            order(&["case", "waive", case, "x", "--finding", "illegible", "--reason", "x"]),
            order(&["case", "close", case]),
            order(&["ingest", "--case", case, "patient.toml"]),
            order(&["search", "--case", case, "--reason", "x", "letter"]),
            order(&["export", "--case", case, "--to", "out", "--reason", "x"]),
            order(&["link", "--case", case]),
        ]
    };
    let events = || shell.run(["audit", "export"]).ended(0).lines().len();
    let before = events();
    for command in commands(&nobody) {
        let said = shell.run(&command).ended(2);
        assert!(said.err.contains("there is no case") && !said.err.contains("damaged"), "{command:?}: {}", said.err);
    }
    assert_eq!(events(), before, "nothing is written down about a case that is not there");
    shell.run(["case", "shred", &case, "--yes"]).ended(0);
    for command in commands(&case) {
        let said = shell.run(&command).ended(2);
        assert!(said.err.contains("shredded") && !said.err.contains("damaged"), "{command:?}: {}", said.err);
    }
    assert!(shell.run(["case", "list"]).ended(0).out.contains("shredded"));
}

/// Proves that commands that are named as the next ones reach the same site, also where its path has a space, and that
/// `inspect`, after which there is no case, names none.
#[test]
fn next_commands_reach_the_site() {
    let shell = Shell::nowhere();
    let made: Said = shell.command().args(["--data", "my site", "init", "--no-recovery"]).output().unwrap().into();
    let made = made.ended(0).out;
    assert!(made.contains("Next: casegate --data 'my site' serve, then casegate --data 'my site' case open"), "{made}");
    shell.write("cut.pdf", b"%PDF-1.4 cut");
    let looked = shell.run(["inspect", "cut.pdf"]).ended(1).out;
    let last = looked.lines().last().unwrap();
    assert!(last.starts_with("It would not be ready: 2 things block: truncated, "), "{looked}");
    assert!(!looked.contains("case gate"), "{looked}");
}

/// Proves that a command that is named in an error, at the gate or beside a link reaches the same site when it is given as it
/// stands there, also where a daemon says it.
#[test]
fn hints_reach_the_site() {
    let (shell, case) = with_letter();
    let run = |arguments: &[&str]| -> Said {
        let mut command = shell.command();
        command.env_remove("CASEGATE_DATA").args(["--data", "my site"]).args(arguments).output().unwrap().into()
    };
    let nothing = run(&["case", "list"]).ended(2).err;
    assert!(nothing.contains("at my site; make one with `casegate --data 'my site' init`"), "{nothing}");
    fs::rename(shell.data(), shell.path("my site")).unwrap();
    fs::rename(shell.keys(), shell.path("my site.keys")).unwrap();
    let hint = "`casegate --data 'my site' case list` shows them";
    let check = |way: &str| {
        for wrong in ["zzzz", &"a".repeat(26)] {
            let refused = run(&["case", "show", wrong]).ended(2).err;
            assert!(refused.contains(hint), "{way}: {refused}");
        }
        let unknown = run(&["case", "move", &case, "gone.txt", "--to", "holding"]).ended(2).err;
        assert!(unknown.contains("`casegate --data 'my site' case show`"), "{way}: {unknown}");
    };
    check("without a daemon");
    shell.write("pipeline.toml", b"[http]\nlisten = \"127.0.0.1:0\"\n[metrics]\nlisten = \"\"\n");
    let mut serve = shell.command();
    serve.env_remove("CASEGATE_DATA").args(["--data", "my site", "--config", "pipeline.toml", "serve"]);
    let daemon = Daemon::start(serve, &shell.path("my site"), &shell.path("daemon.log"));
    check("with a daemon");
    let link = run(&["link", "--case", &case]).ended(0).err;
    assert!(link.contains("To end it: casegate --data 'my site' link revoke "), "{link}");
    run(&["ingest", "--case", "holding", "patient.toml"]).ended(1);
    let gate = run(&["case", "gate", "holding"]).ended(1).out;
    assert!(gate.contains("`casegate --data 'my site' case move holding DOCUMENT --to CASE`"), "{gate}");
    daemon.kill();
}

/// Proves that what was printed with a checkpoint can be kept as it is, and that what is none is refused.
#[test]
fn a_checkpoint_is_read_as_it_was_printed() {
    let (shell, _) = with_letter();
    for (name, order) in [("plain", &["audit", "verify"][..]), ("json", &["verify", "--json"])] {
        shell.write(name, shell.run(order).ended(0).out.as_bytes());
        shell.run(["audit", "verify", "--checkpoint", name]).ended(0);
    }
    let line = fs::read_to_string(shell.path("plain")).unwrap();
    shell.write("line", &line.as_bytes()[line.find('{').unwrap()..]);
    shell.run(["verify", "--checkpoint", "line"]).ended(0);
    for nonsense in ["", "no checkpoint\n", "{\"checkpoint\": 3}"] {
        shell.write("nonsense", nonsense.as_bytes());
        assert!(
            shell.run(["audit", "verify", "--checkpoint", "nonsense"]).ended(2).err.contains("not an audit checkpoint")
        );
    }
    let other = Shell::init();
    other.write("plain", line.as_bytes());
    assert!(other.run(["audit", "verify", "--checkpoint", "plain"]).ended(1).out.contains("WRONG"));
}

/// A letter that opens with a password only (ISO 32000-1, 7.6).
fn locked(password: &str) -> Vec<u8> {
    let text = "Dear colleague, thank you for seeing this child in your clinic. The scan was normal.";
    let mut document = lopdf::Document::load_mem(&make::pdf::page(&[text])).unwrap();
    let id = || lopdf::Object::string_literal("casegate-test-id");
    document.trailer.set("ID", vec![id(), id()]);
    let state = lopdf::EncryptionState::try_from(lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "the owner's",
        user_password: password,
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    });
    document.encrypt(&state.unwrap()).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// Gives a password as somebody at a terminal does; all that the terminal shows.
fn typed(shell: &Shell, case: &str, password: &str) -> (Option<i32>, String) {
    let pty = nix::pty::openpty(None, None).unwrap();
    let end = || Stdio::from(pty.slave.try_clone().unwrap());
    let mut command = shell.command();
    let mut child = command.args(["case", "password", case]).stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
    drop(command);
    until_true("the terminal shows no more what is typed", PATIENCE, || {
        !tcgetattr(&pty.slave).unwrap().local_flags.contains(LocalFlags::ECHO)
    });
    let mut terminal = File::from(pty.master);
    terminal.write_all(format!("{password}\n").as_bytes()).unwrap();
    let code = child.wait().unwrap().code();
    drop(pty.slave);
    let mut shown = Vec::new();
    // With nobody at the other end it ends in an error.
    let _ = terminal.read_to_end(&mut shown);
    (code, String::from_utf8_lossy(&shown).into_owned())
}

/// Proves that a password is asked for at a terminal without being shown, and none, or an empty one, is refused; that a
/// document that was opened with it says so in the ledger and in the packet, manifest and page, with what to do, and
/// that the password is not in the packet.
#[test]
fn a_locked_document_leaves_with_a_word_about_it() {
    let password = "open-Sesame-7";
    let shell = Shell::init();
    shell.write("report.pdf", &locked(password));
    shell.write("letter.txt", LETTER);
    let case = shell.open_case();
    shell.ingest(&case, &["report.pdf", "letter.txt"]);
    let gate = |code: i32| shell.run(["case", "gate", &case, "--json"]).ended(code).lines().remove(0);
    assert_eq!(gate(1)["blocking"], serde_json::json!(["password_required"]));
    shell.write("empty", b"\n\n");
    for arguments in [&["case", "password", &case][..], &["case", "password", &case, "--password-file", "empty"]] {
        assert!(shell.run(arguments).ended(2).err.contains("no password was given"));
    }
    let (code, shown) = typed(&shell, &case, "");
    assert!(code == Some(2) && shown.contains("no password was given"), "{shown}");
    let (code, shown) = typed(&shell, &case, password);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("Password") && !shown.contains(password), "{shown}");
    shell.ingest(&case, &["letter.txt"]);
    assert_eq!(gate(0)["ready"], true);
    let export = shell.run(["export", "--case", &case, "--to", "packet", "--reason", "released"]).ended(0);
    assert_eq!(export.err, "", "what is ready leaves without a warning");
    let files = tree(&shell.path("packet"));
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let told = |path: &str| {
        let documents = manifest["documents"].as_array().unwrap();
        let document = documents.iter().find(|document| document["path"] == path).unwrap();
        document["reasons"].to_string().contains("opens_with_password")
    };
    assert!(told("report.pdf") && !told("letter.txt"), "{manifest}");
    let page = String::from_utf8(files["index.html"].clone()).unwrap();
    assert!(page.contains("Locked (1)") && page.contains("ask the intake desk"), "{page}");
    assert!(!files.values().any(|file| file.windows(password.len()).any(|part| part == password.as_bytes())));
}

/// Proves that a file and a folder that cannot be read are named, keep nothing else from being taken, and that the
/// exit code says that something is missing; and that a data folder that cannot be looked into is not said to be none.
#[test]
fn what_cannot_be_read_is_named() {
    let shell = Shell::nowhere();
    shell.write("usb/fine.txt", LETTER);
    shell.write("usb/closed.txt", b"nobody reads this");
    shell.write("usb/shut/inner.txt", b"nor this");
    let closed = [shell.path("usb/closed.txt"), shell.path("usb/shut")];
    closed.iter().for_each(|path| fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap());
    fs::set_permissions(shell.folder.path(), Permissions::from_mode(0o755)).unwrap();
    let mut command = shell.command();
    command.args(["inspect", "--json", "--no-reading", "usb"]);
    if nix::unistd::Uid::effective().is_root() {
        // Whoever may read everything meets nothing closed.
        command.uid(65_534).gid(65_534);
    }
    let output = command.output();
    closed.iter().for_each(|path| fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap());
    let Ok(output) = output else { return skip(Lack::Right, "another user may not run this program here") };
    let said = Said::from(output).ended(3);
    let lines = said.lines();
    assert_eq!((&lines[0]["path"], &lines[1]["summary"]["entries"]), (&"usb/fine.txt".into(), &1.into()));
    for path in ["usb/closed.txt", "usb/shut"] {
        assert!(said.err.contains(&format!("NOT TAKEN IN: {path}: ")), "{}", said.err);
    }
    let elsewhere: Said = shell.command().args(["--data", "patient.toml", "case", "list"]).output().unwrap().into();
    let elsewhere = elsewhere.ended(3).err;
    assert!(elsewhere.contains("cannot be looked into") && !elsewhere.contains(" init`"), "{elsewhere}");
}

/// Proves that birth dates are taken with and without quotation marks and not from the future, and that no link lasts
/// for decades.
#[test]
fn dates_make_sense() {
    let shell = Shell::init();
    let open = |name: &str, born: &str| {
        shell.write(name, format!("given = \"Ana\"\nfamily = \"Sample\"\nbirth_date = {born}\n").as_bytes());
        shell.run(["case", "open", "--programme", "cincinnati", "--patient", name, "--json"])
    };
    let case = open("toml-date.toml", "2017-04-09").ended(0).lines()[0]["case"].as_str().unwrap().to_owned();
    assert!(open("future.toml", "\"2999-01-01\"").ended(2).err.contains("in the future"));
    assert!(open("future-date.toml", "2999-01-01").ended(2).err.contains("in the future"));
    assert!(open("nonsense.toml", "\"9.4.2017\"").ended(2).err.contains("YYYY-MM-DD"));
    shell.run(["link", "--case", &case, "--expires", "366d"]).ended(0);
    assert!(shell.run(["link", "--case", &case, "--expires", "367d"]).ended(2).err.contains("366 days"));
    assert!(shell.run(["link", "--case", &case, "--expires", "106751991167d"]).ended(2).err.contains("d"));
}

/// Proves that everything that needs a person is listed, however much it is, behind an empty line, while what is fine is
/// cut short; and that help says where a reason is needed.
#[test]
fn what_needs_a_person_is_listed_whole() {
    let shell = Shell::init();
    let list = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/manifest/list.csv")).unwrap();
    shell.write("slides/list.csv", &list);
    for number in 10..55 {
        shell.write(&format!("bad/cut-{number}.pdf"), format!("%PDF-1.4 {number}").as_bytes());
        shell.write(&format!("good/note-{number}.txt"), format!("Note {number}: {}", noted(number)).as_bytes());
    }
    let case = shell.open_case();
    shell.run(["ingest", "--case", &case, "slides", "bad", "good"]).ended(1);
    let shown = shell.run(["case", "show", &case]).ended(0).out;
    let (before, after) = shown.split_once("Needs a person").unwrap();
    assert!(before.contains("Slide manifest") && before.ends_with("\n\n"), "{before}");
    assert!((10..55).all(|number| after.contains(&format!("cut-{number}.pdf"))), "{after}");
    assert!(after.contains("… and 5 more"), "{after}");
    for command in ["search", "export"] {
        assert!(shell.run([command, "--help"]).ended(0).out.contains("Needed where no daemon runs"));
    }
}

fn noted(number: u32) -> &'static str {
    match number % 3 {
        0 => "the child was seen in the clinic today and is doing well after the operation.\n",
        1 => "the next appointment is in the summer, and the family knows whom to call before.\n",
        _ => "the laboratory sent its results, and all of them are within the usual bounds.\n",
    }
}

/// Proves that a configuration that names a folder, a certificate or a passphrase that is not there is not called right,
/// that `serve` says the same of it, and that metrics open to other machines are remarked on.
#[test]
fn a_configuration_is_checked_against_the_world() {
    let shell = Shell::nowhere();
    let check = |lines: &str| {
        shell.write("pipeline.toml", lines.as_bytes());
        let checked = shell.run(["--config", "pipeline.toml", "check-config"]);
        if checked.code != 0 {
            let served = shell.run(["--config", "pipeline.toml", "serve"]);
            assert_eq!((served.code, &served.err), (checked.code, &checked.err), "{lines}");
        }
        checked
    };
    check("").ended(0);
    assert!(check("[watch]\nfolder = \"nowhere\"\n").ended(2).err.contains("watch.folder"));
    let tls = "[http]\ntls_certificate = \"nowhere.pem\"\ntls_key = \"nowhere.key\"\n";
    assert!(check(tls).ended(2).err.contains("http.tls_certificate"));
    fs::create_dir(shell.path("faxes")).unwrap();
    check("[watch]\nfolder = \"faxes\"\n").ended(0);
    let moved = "[watch]\nfolder = \"faxes\"\nafter = \"move\"\nmove_to = \"nowhere\"\n";
    assert!(check(moved).ended(2).err.contains("watch.move_to"));
    assert!(check("[keys]\npassphrase_file = \"nowhere\"\n").ended(2).err.contains("keys.passphrase_file"));
    check("[keys]\npassphrase_file = \"/run/credentials/casegate.service/site-passphrase\"\n").ended(0);
    assert!(check("[metrics]\nlisten = \"0.0.0.0:8481\"\n").ended(0).err.contains("metrics.listen"));
}
