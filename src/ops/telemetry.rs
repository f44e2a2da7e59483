//! Log lines and numbers.
//!
//! Lines go to standard error and never hold names, file names, tokens or text of documents; neither do labels of
//! numbers. Only our own lines are let through below warnings: what libraries would tell about requests could hold a
//! token. The environment cannot change that.

use crate::{
    config::{Config, LogFormat},
    domain::job::OpenWork,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

/// Who writes lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Voice {
    /// The daemon: as configured.
    Daemon,
    /// A command: warnings only.
    Command,
}

/// Begins to write log lines. A second call changes nothing.
pub fn log(config: &Config, voice: Voice) {
    let filter = match voice {
        Voice::Daemon => format!("warn,casegate={}", config.log.level),
        Voice::Command => "warn".to_owned(),
    };
    let lines = fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    // Somebody else (a test) may have begun already: their lines are as good.
    let _ = match (config.log.format, voice) {
        (LogFormat::Json, Voice::Daemon) => lines.json().try_init(),
        (LogFormat::Text, Voice::Daemon) => lines.with_ansi(false).with_target(false).try_init(),
        (_, Voice::Command) => lines.with_ansi(false).with_target(false).without_time().try_init(),
    };
}

/// The numbers of this process.
#[derive(Clone)]
pub struct Numbers(PrometheusHandle);

impl Numbers {
    /// Begins to count.
    ///
    /// # Errors
    /// Somebody counts already.
    pub fn begin() -> Result<Self, String> {
        let handle = PrometheusBuilder::new().install_recorder().map_err(|e| e.to_string())?;
        metrics::describe_counter!(
            "casegate_entries_received_total",
            "Entries that became durable, by what they were."
        );
        metrics::describe_counter!("casegate_bytes_received_total", "Plaintext bytes of entries that became durable.");
        metrics::describe_counter!("casegate_entries_filed_total", "Entries that were judged and filed, by outcome.");
        metrics::describe_counter!("casegate_http_requests_total", "Requests by route, method and status.");
        metrics::describe_gauge!("casegate_uploads_open", "Uploads that take bytes.");
        metrics::describe_gauge!("casegate_jobs_open", "Jobs about entries, waiting or running.");
        metrics::describe_gauge!("casegate_jobs_stuck", "Jobs that were given up.");
        metrics::describe_gauge!("casegate_readings_open", "Documents whose pages are read from their pixels.");
        metrics::describe_counter!("casegate_pages_read_total", "Pages that were read from their pixels, by end.");
        metrics::describe_counter!("casegate_reading_passes_total", "Passes of the reader of text over pages.");
        Ok(Self(handle))
    }

    /// Notes the work that is open now.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; these are counts far below 2^52")]
    pub fn work(&self, work: OpenWork) {
        metrics::gauge!("casegate_uploads_open").set(work.uploads as f64);
        metrics::gauge!("casegate_jobs_open").set(work.jobs as f64);
        metrics::gauge!("casegate_jobs_stuck").set(work.stuck as f64);
        metrics::gauge!("casegate_readings_open").set(work.readings as f64);
    }

    /// Everything, as Prometheus reads it.
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}
