//! What an outside program cannot do, and what comes of trying (T22).

use super::warder::{ALLOWANCE, Warder, config};
use casegate::jail::{
    JailError, ToolError, Tools,
    tools::{
        ToolHost,
        programs::{Program, Programs},
        run::{Allowance, Errand},
    },
};
use std::{path::PathBuf, time::Instant};

const FORBIDDEN: &str = "it tried what it may not do";

/// Proves that this kernel gives every wall, so that the other tests mean something.
#[tokio::test]
async fn t22_every_wall_of_the_tools_stands() {
    let warder = Warder::without_programs().await;
    let ran = warder.lets("works_honestly", ALLOWANCE).await.unwrap();
    assert_eq!(ran.missing_walls, None);
}

/// Proves that a program reads no file but the system's libraries, and writes none.
#[tokio::test]
async fn t22_tools_have_no_files() {
    let warder = Warder::without_programs().await;
    assert_eq!(warder.hears("reads_files").await, format!("{:?}", [Some(13); 6]));
    // What changes a folder is not even asked of the file system.
    let refused = [Some(13), Some(13), Some(13), Some(1), Some(1), Some(1)];
    assert_eq!(warder.hears("writes_files").await, format!("{refused:?}"));
}

/// Proves that no socket can be made, for TCP, UDP or within the machine.
#[tokio::test]
async fn t22_tools_have_no_network() {
    assert_eq!(Warder::without_programs().await.hears("opens_sockets").await, format!("{:?}", [Some(1); 5]));
}

/// Proves that a program starts no other and not even itself, and looks into no process: whoever tries is dead.
#[tokio::test]
async fn t22_tools_have_no_processes() {
    let warder = Warder::without_programs().await;
    for misdeed in ["executes_another", "executes_itself", "signals_its_parent", "traces"] {
        warder.is_fatal(misdeed, ALLOWANCE, FORBIDDEN).await;
    }
    // Starting a process asks for a socket pair first, or makes the process at once.
    match warder.lets("forks", ALLOWANCE).await {
        Ok(ran) => assert!(String::from_utf8_lossy(&ran.output).contains("SAID: Err(Os { code: 1,"), "{ran:?}"),
        Err(ToolError::Failed(_, why)) => assert!(why.contains(FORBIDDEN), "{why}"),
        Err(other) => panic!("{other:?}"),
    }
}

/// Proves that limits cannot be raised from within, and that there is nothing of the daemon's: no variable, and no
/// descriptor but the three pipes.
#[tokio::test]
async fn t22_tools_have_no_way_to_loosen() {
    let warder = Warder::without_programs().await;
    assert_eq!(warder.hears("raises_limits").await, format!("{:?}", [Some(1); 3]));
    assert_eq!(warder.hears("looks_around").await, r#"(["CASEGATE_TOLD"], 3)"#);
}

/// Proves that memory, processor time, time and output end at their limits.
#[tokio::test]
async fn t22_tools_come_to_an_end() {
    let warder = Warder::without_programs().await;
    assert_eq!(warder.hears("reserves_memory").await, "true");
    warder.is_fatal("takes_memory", ALLOWANCE, "perhaps for want of 2147483648 bytes of memory").await;
    let hurried = Allowance { cpu_seconds: 1, ..ALLOWANCE };
    warder.is_fatal("spins", hurried, "more than 1 s of processor time").await;
    let begun = Instant::now();
    warder.is_fatal("hangs", Allowance { wall_seconds: 1, ..ALLOWANCE }, "more than 1 s").await;
    warder.is_fatal("chatters", ALLOWANCE, "more than 1048576 bytes").await;
    warder.is_fatal("lingers", ALLOWANCE, "signal 9").await;
    assert!(begun.elapsed().as_secs() < ALLOWANCE.wall_seconds);
}

/// Proves that honest programs can work: a thread, endless complaints, large input, and input that is not read.
#[tokio::test]
async fn honest_programs_can_work() {
    let warder = Warder::without_programs().await;
    assert_eq!(warder.hears("works_honestly").await, "7");
    let program = Program { name: "honest", path: Some(std::env::current_exe().unwrap()) };
    for (misdeed, said) in [("reads_its_input", "SAID: 30000007"), ("works_honestly", "SAID: 7")] {
        let input = vec![b'x'; 30_000_000];
        let errand = Errand {
            program: &program,
            arguments: super::warder::misdeed_arguments(misdeed),
            environment: vec!["CASEGATE_TOLD=1".to_owned()],
            readable: Vec::new(),
            input: [b"at last", &input],
            allowance: ALLOWANCE,
        };
        let ran = warder.host.run(errand).await.unwrap();
        assert!(String::from_utf8_lossy(&ran.output).contains(said), "{ran:?}");
    }
}

/// Proves that a program cannot pass for a launcher that failed: what it says comes behind the launcher's own line.
#[tokio::test]
async fn launchers_cannot_be_forged() {
    let ran = Warder::without_programs().await.lets("forges_the_launchers_line", ALLOWANCE).await.unwrap();
    assert_eq!((ran.code, ran.missing_walls), (1, None));
}

/// Proves that what is not installed is said to be missing, by each question, and that the host opens all the same.
#[tokio::test]
async fn what_is_missing_is_said() {
    let host = Warder::without_programs().await.host;
    assert!(host.packs().is_empty());
    let page = super::warder::blank(10, 10);
    assert!(matches!(host.stands(&page).await, Err(ToolError::Missing(_))));
    assert!(matches!(host.pdf_page(b"%PDF", 1, 100).await, Err(ToolError::Missing("pdftoppm"))));
}

/// Proves that a jail that cannot be built is the world's failure, not the page's, wherever it fails.
#[tokio::test]
async fn a_launcher_that_cannot_jail_is_an_error() {
    let program = Program { name: "tool", path: Some(PathBuf::from("/bin/true")) };
    let programs = Programs { tesseract: program, ..Programs::none() };
    for executable in ["/nonexistent/casegate", "/bin/true", "/bin/echo"] {
        let config = config(programs.clone());
        let opened =
            ToolHost::open(casegate::jail::tools::ToolsConfig { executable: executable.into(), ..config }).await;
        assert!(matches!(opened, Err(JailError::Unavailable(_))), "{executable}");
    }
    // A program that is there and is no tesseract: there is nothing to read with, and nothing worse.
    let host = ToolHost::open(config(programs)).await.unwrap();
    assert!(host.packs().is_empty());
}
