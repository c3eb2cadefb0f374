//! `asst serve`: runs the embedded server as a standalone process.

use crate::app::{App, EmbeddingsChoice, ModelChoice};
use crate::config::TimeLimit;
use crate::env::{secrets, vars};
use crate::exit::Usage;
use crate::serve::{self, Fault, OpenAiMode, ServerSettings, StoreLocation};
use anyhow::{Context, Result};
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a server that shuts down waits for runs in progress. A second signal ends it at once.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// The arguments of the server.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Address to listen on; port 0 selects a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8642")]
    listen: String,
    /// Store for objects: memory, a folder, or a PostgreSQL database (postgres://USER@HOST/DATABASE), which several
    /// servers may share [default: that of ASST_SERVE_STORE, or memory]
    #[arg(long, value_name = "memory|PATH|URL")]
    store: Option<String>,
    /// Model: echo, script:FILE, or openai:URL for any chat completions endpoint (docs/models.md)
    #[arg(long, value_name = "MODEL", default_value = "echo")]
    model: String,
    /// Variable that holds the key of the model's endpoint
    #[arg(long, value_name = "NAME", env = "ASST_MODEL_KEY_ENV", hide_env = true, hide_env_values = true)]
    model_key_env: Option<String>,
    /// Request model TO from the endpoint if a run names model FROM; *=TO for all other models (repeatable)
    #[arg(long, value_name = "FROM=TO", env = "ASST_MODEL_MAP", hide_env = true, value_delimiter = ',')]
    model_map: Vec<String>,
    /// Maximum time without data from the model's endpoint [default: 120s]
    #[arg(long, value_name = "DURATION", env = "ASST_MODEL_TIMEOUT", hide_env = true)]
    model_timeout: Option<TimeLimit>,
    /// Endpoint for embeddings, openai:URL; with it, searches in vector stores use words and embeddings
    #[arg(long, value_name = "MODEL")]
    embed: Option<String>,
    /// Variable that holds the key of the embeddings endpoint
    #[arg(long, value_name = "NAME", requires = "embed")]
    embed_key_env: Option<String>,
    /// Model to request from the embeddings endpoint [default: text-embedding-3-large]
    #[arg(long, value_name = "NAME", requires = "embed")]
    embed_model: Option<String>,
    /// Maximum time without data from the embeddings endpoint [default: 120s]
    #[arg(long, value_name = "DURATION", requires = "embed")]
    embed_timeout: Option<TimeLimit>,
    /// File with the key that clients must send [default: that of ASST_SERVE_KEY, or none]
    #[arg(long, value_name = "PATH")]
    key_file: Option<PathBuf>,
    /// Time after which a run expires
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    run_expiry: TimeLimit,
    /// Fault to inject, such as 429,retry-after=2,rate=0.1 (docs/faults.md lists all)
    #[arg(long = "fault", value_name = "FAULT", env = "ASST_FAULT", hide_env = true, value_delimiter = ';')]
    faults: Vec<Fault>,
    /// Seed of the faults that affect a fraction of the requests [default: a new one each time]
    #[arg(long, value_name = "N", env = "ASST_FAULT_SEED", hide_env = true)]
    fault_seed: Option<u64>,
    /// Reject requests to list threads, as OpenAI did before it retired its Assistants endpoints
    #[arg(long)]
    openai_compat: bool,
    /// Respond with 404 to all requests about assistants and threads, as OpenAI does since it retired these endpoints
    #[arg(long, conflicts_with = "openai_compat")]
    openai_sunset: bool,
}

impl Serve {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        let key = self.key()?;
        let address = self.address(key.is_some())?;
        let faults = serve::faults(&self.faults, self.fault_seed);
        let ui = app.shared_ui();
        // Raised first, because the default limits in `ServerSettings` depend on the number of files that the process
        // may open.
        serve::allow_more_files();
        let settings = ServerSettings {
            store: app.serve_store(self.store.as_deref())?,
            key,
            model: app.model("--model", &self.model_choice())?,
            embeddings: self.embeddings().map(|choice| app.embeddings(&choice)).transpose()?.map(Arc::new),
            run_life: self.run_expiry.0,
            openai: self.openai(),
            faults: faults.clone(),
            report: Arc::new(move |text| ui.warn(text)),
            ..ServerSettings::default()
        };
        let is_in_memory = matches!(settings.store, StoreLocation::Memory);
        let listener = TcpListener::bind(address).with_context(|| format!("could not listen on {address}"))?;
        let bound = listener.local_addr().context("could not listen")?;
        crate::env::limits::check_threads()?;
        crate::env::limits::check_open_files()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.context("could not start the async runtime")?;
        runtime.block_on(async {
            let server = serve::start(listener, settings).context("could not start the server")?;
            app.ui().print_line(&format!("listening on http://{bound}/v1"));
            if let Some(faults) = faults {
                app.ui().note(&format!("faults are on, with --fault-seed {}", faults.seed()));
            }
            if is_in_memory {
                app.ui().note(
                    "all objects are in memory and are lost when the server ends; pass --store PATH to keep them",
                );
            }
            shutdown_signal().await;
            tokio::select! {
                () = async { server.drain(DRAIN_TIMEOUT).await; server.stop().await } => {}
                () = shutdown_signal() => {}
            }
            Ok(())
        })
    }

    fn model_choice(&self) -> ModelChoice {
        ModelChoice {
            name: Some(self.model.clone()),
            key_env: self.model_key_env.clone(),
            map: self.model_map.clone(),
            timeout: self.model_timeout.map(|limit| limit.0),
        }
    }

    fn embeddings(&self) -> Option<EmbeddingsChoice> {
        Some(EmbeddingsChoice {
            name: self.embed.clone()?,
            key_env: self.embed_key_env.clone(),
            model: self.embed_model.clone(),
            timeout: self.embed_timeout.map(|limit| limit.0),
        })
    }

    /// Returns the extent to which the server imitates OpenAI.
    fn openai(&self) -> OpenAiMode {
        match (self.openai_sunset, self.openai_compat) {
            (true, _) => OpenAiMode::Retired,
            (_, true) => OpenAiMode::Compatible,
            _ => OpenAiMode::Extended,
        }
    }

    /// Returns the key that clients must send: that of the file, else that of the variable. `None` means no key.
    fn key(&self) -> Result<Option<SecretString>> {
        let (text, place) = match &self.key_file {
            Some(path) => {
                let text = crate::env::text::read_small(path)
                    .map_err(|error| Usage::new(format!("--key-file {}: {error}", path.display())))?;
                (Some(text.trim().to_owned()), "the key file")
            }
            None => (vars::get(vars::ASST_SERVE_KEY), vars::ASST_SERVE_KEY),
        };
        match text {
            Some(text) if text.is_empty() => Err(Usage::new(format!("{place} is empty")).into()),
            text => {
                text.iter().for_each(|text| secrets::add(text));
                Ok(text.map(SecretString::from))
            }
        }
    }

    /// Returns the address to listen on. Without a key, it must be a loopback address.
    fn address(&self, has_key: bool) -> Result<SocketAddr> {
        let invalid = |reason: String| Usage::new(format!("--listen {}: {reason}", self.listen));
        let mut found = self.listen.to_socket_addrs().map_err(|_| invalid("expected HOST:PORT".into()))?;
        let address = found.next().ok_or_else(|| invalid("no such host".into()))?;
        let loopback = match address.ip() {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => ip.is_loopback(),
        };
        if !loopback && !has_key {
            let reason = "expected a key, because the address is not a loopback address".to_owned();
            return Err(Usage {
                message: invalid(reason).message,
                hint: Some("pass --key-file PATH, or set ASST_SERVE_KEY".into()),
            }
            .into());
        }
        Ok(address)
    }
}

/// Waits for Ctrl-C or SIGTERM.
async fn shutdown_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
