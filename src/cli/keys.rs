//! `init` and `keys`.

use super::{
    again,
    arguments::{Init, Keys},
    desk::Reach,
    say,
};
use crate::{
    app::{self, Began, Layout},
    config::Config,
    control::client::{self, Refused},
    ops,
};
use std::{fs::File, process::ExitCode};

pub(super) fn init(config: &Config, command: &Init) -> Result<ExitCode, Refused> {
    let layout = Layout::of(config);
    let beside = layout.keys.join("recovery.key");
    let recovery = if command.no_recovery { None } else { Some(command.recovery_out.as_deref().unwrap_or(&beside)) };
    let made = app::init(config, recovery)?;
    if made.began == Began::HalfWay {
        say("An earlier init was ended half-way. What it had made was kept, and the rest was made now.\n");
    }
    say(format_args!("A Casegate site is ready in {}.\n", made.layout.data.display()));
    say(format_args!("Keys:           {}", made.layout.keys.display()));
    say("                back them up apart from the data; whoever has both can read everything");
    match &made.recovery {
        Some(path) => {
            say(format_args!("Recovery key:   {}", path.display()));
            say("                MOVE IT AWAY NOW, offline: it opens every case when the site key is lost");
        }
        None => say("Recovery key:   none. If the site key is lost, everything is lost."),
    }
    let casegate = again::casegate();
    say(format_args!("\nNext: {casegate} serve, then {casegate} case open --programme NAME --patient FILE"));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn keys(config: &Config, command: Keys) -> Result<ExitCode, Refused> {
    let layout = Layout::of(config);
    match command {
        Keys::Init(command) => return init(config, &command),
        Keys::List => {
            let keyring = app::open_keyring(config, &layout)?;
            say(again::literally(&ops::keys::list(&keyring, &layout.recovery_recipients())?));
        }
        Keys::Rotate => {
            let alone = alone(config).await?;
            let keyring = app::open_keyring(config, &layout)?;
            let cases = ops::keys::rotate(&keyring, (&layout.site_key(), app::passphrase(config)?.as_ref()))?;
            drop(alone);
            note_keys_changed(config, "rotated").await?;
            say(format_args!(
                "The keys of {cases} cases are wrapped to a new site key; the old one is gone. Back the keys up again."
            ));
        }
        Keys::AddRecovery { recipient } => {
            let alone = alone(config).await?;
            let keyring = app::open_keyring(config, &layout)?;
            let cases = ops::keys::add_recovery(&keyring, &recipient, &layout.recovery_recipients())?;
            drop(alone);
            note_keys_changed(config, "recovery recipient added").await?;
            say(format_args!("The keys of {cases} cases can now be opened with that identity as well."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Keys change only while no other process holds them in memory; until what is returned is dropped, none can.
async fn alone(config: &Config) -> Result<File, Refused> {
    if client::reach(&config.data.folder).await.is_some() {
        return Err(Refused::usage("a daemon holds these keys in memory; stop it first"));
    }
    Ok(app::take_lock(&Layout::of(config))?)
}

async fn note_keys_changed(config: &Config, what: &str) -> Result<(), Refused> {
    let reach = Reach::open(config).await?;
    if let Reach::Here(here) = &reach {
        here.note_keys_changed(what).await?;
    }
    reach.close().await;
    Ok(())
}
