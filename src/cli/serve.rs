//! `serve`: the daemon.

use crate::{
    app::Site,
    config::Config,
    control::{client::Refused, server},
};
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

pub(super) async fn serve(config: Config) -> Result<ExitCode, Refused> {
    crate::jail::sandbox::harden_self();
    let site = Site::open(&config).await?;
    let stop = CancellationToken::new();
    let working = site.start(stop.clone());
    server::serve(site.desk.clone(), &config.data.folder, stop.clone())
        .await
        .map_err(|e| Refused::world(e.to_string()))?;
    let _ = working.await;
    site.close().await;
    Ok(ExitCode::SUCCESS)
}
