//! The connection of a command to the backend of its profile. With `--local`, it starts the embedded server in this
//! process.

use super::App;
use crate::api::Backend;
use crate::app::{Call, Trace};
use crate::client::{
    ApiResponse, AuthHeader, BackendAccess, Client, ClientError, ClockSkew, Download, Page, Paginator, RateLimiter,
    Scheme, StreamResponse, retry::RetryPolicy,
};
use crate::config::{Profile, Secret, SecretKind};
use crate::env::{random, secrets, vars};
use crate::exit::Usage;
use crate::http::{TraceLevel, Tracer, Transport};
use crate::serve;
use anyhow::{Context, Result};
use secrecy::SecretString;
use std::sync::Arc;

/// A connection to a backend. Only the module `app` can use its client, so that other modules cannot send a request
/// without recording it.
pub struct Session {
    pub(super) client: Client,
    /// The namespace in which the IDs of this backend are valid (docs/design/configuration.md#origin).
    pub origin: String,
    /// The maximum number of requests in flight.
    pub concurrency: usize,
    /// The embedded server in this process, with `--local`.
    server: Option<serve::Server>,
}

impl Session {
    pub(crate) fn server(&self) -> Option<&serve::Server> {
        self.server.as_ref()
    }

    /// Sends a request without recording it. For reads and cancellations in bulk, and for callers that record the
    /// outcome themselves. Commands use [`App::call`] instead.
    pub(crate) async fn send_unrecorded(&self, call: &Call) -> Result<ApiResponse, ClientError> {
        self.client.send(&call.request()).await
    }

    /// Returns the next page of a list without recording it, or `None` at the end of the list. Commands use
    /// [`App::pages`] instead.
    pub(crate) async fn next_page(&self, paginator: &mut Paginator) -> Result<Option<Page>, ClientError> {
        paginator.next(&self.client).await
    }

    /// Requests the content of a file. Returns once the response head has arrived.
    pub(crate) async fn download(&self, call: &Call) -> Result<Download, ClientError> {
        self.client.download(&call.request()).await
    }

    /// Sends a request whose response may be a stream. The caller records the outcome.
    pub(crate) async fn stream(&self, call: &Call) -> Result<StreamResponse, ClientError> {
        self.client.stream(&call.request()).await
    }

    /// Returns the difference between the local clock and that of the backend.
    pub(crate) fn skew(&self) -> ClockSkew {
        self.client.skew()
    }
}

impl App {
    /// Returns the session, which starts on first use.
    pub async fn session(&self) -> Result<&Session> {
        if self.session.get().is_none() {
            let profile = self.profile()?;
            let session = if profile.backend == Backend::Local {
                self.start_local(profile)?
            } else {
                let client = self.client(profile, profile.base_url.clone(), fetch_key(profile).await?);
                Session { client, origin: origin(profile, None)?, concurrency: profile.concurrency, server: None }
            };
            let _ = self.session.set(session);
        }
        self.session.get().context("the session was not opened; this is a bug in asst")
    }

    /// Returns the origin of the backend, in which the IDs of its responses are valid. Starts the session.
    pub async fn origin(&self) -> Result<&str> {
        Ok(&self.session().await?.origin)
    }

    /// Returns a client for a dry run, which formats requests and does not send them. It needs neither a key nor a
    /// server.
    pub(crate) fn idle_client(&self) -> Result<Client> {
        let profile = self.profile()?;
        let base = profile.base_url.clone().or_else(|| Some("http://127.0.0.1:8642/v1".to_owned()));
        let redacted = AuthHeader::new(scheme(profile.backend, SecretKind::Key), &crate::http::REDACTED.into());
        Ok(self.client(profile, base, Some(redacted)))
    }

    fn client(&self, profile: &Profile, base: Option<String>, key: Option<AuthHeader>) -> Client {
        let target = BackendAccess {
            backend: profile.backend,
            base: base.unwrap_or_default().into(),
            api_version: profile.api_version.clone(),
            key,
            headers: headers(profile),
            beta: profile.beta,
        };
        let retry_policy = RetryPolicy { retries: profile.retries, max_wait: profile.max_wait };
        let source = profile.credential.clone();
        let backend = profile.backend;
        let renew = move || {
            source
                .discard_cached()
                .then(|| source.resolve().ok())
                .flatten()
                .flatten()
                .map(|secret| auth_header(backend, &secret))
        };
        let transport = Transport::new(profile.transport(self.tracer()));
        Client::new(transport, target, retry_policy, RateLimiter::new(profile.rate), Some(Arc::new(renew)))
            .with_status_line(self.waits().clone())
    }

    pub(crate) fn tracer(&self) -> Option<Tracer> {
        let verbosity = match self.options.trace {
            Trace::Off => return None,
            Trace::Short => TraceLevel::Cut,
            Trace::Full => TraceLevel::Full,
        };
        let ui = self.shared_ui();
        Some(Tracer::new(verbosity, move |line| ui.print_line(line)))
    }

    /// Starts the embedded server on a free loopback port, with a random key that only this process has.
    fn start_local(&self, profile: &Profile) -> Result<Session> {
        let folder = self.paths()?.local_store_dir();
        let model = self.local_model()?;
        let key = SecretString::from(random::alphanumeric(40));
        let faults = local_faults()?;
        let ui = self.shared_ui();
        let settings = serve::ServerSettings {
            store: serve::StoreLocation::Folder(folder.clone()),
            key: Some(key.clone()),
            model,
            faults,
            report: Arc::new(move |text| ui.warn(text)),
            ..serve::ServerSettings::default()
        };
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("could not listen on loopback")?;
        let base = format!("http://{}/v1", listener.local_addr().context("could not listen on loopback")?);
        let server = serve::start(listener, settings)
            .with_context(|| format!("could not start the embedded server on {}", folder.display()))?;
        let client = self.client(profile, Some(base), Some(AuthHeader::new(Scheme::Bearer, &key)));
        let origin = origin(profile, Some(server.store_id()))?;
        Ok(Session { client, origin, concurrency: profile.concurrency, server: Some(server) })
    }

    /// Returns the origin of the profile without a request. Returns `None` if there is no profile, or if the embedded
    /// server has never run.
    pub fn origin_if_any(&self) -> Result<Option<String>> {
        let Some(profile) = self.profile_if_any()? else { return Ok(None) };
        let store = match profile.backend {
            Backend::Local => serve::store_id(&self.paths()?.local_store_dir())?,
            _ => None,
        };
        Ok(profile.origin(store.as_deref()))
    }
}

impl App {
    /// Returns the origin whose rows a list of the ledger shows. Returns `None` if there is no profile, and the list
    /// then shows the rows of all origins.
    ///
    /// An embedded server that has never run has no origin yet. This returns an origin without rows for it, so that the
    /// list is empty.
    pub fn origin_to_list(&self) -> Result<Option<String>> {
        match self.origin_if_any()? {
            None if self.profile_if_any()?.is_some() => Ok(Some("asst:none".to_owned())),
            origin => Ok(origin),
        }
    }
}

/// Parses the variables for the faults that the embedded server injects.
fn local_faults() -> Result<Option<Arc<serve::Faults>>, Usage> {
    let text = vars::get(vars::ASST_FAULT).unwrap_or_default();
    let read = |text: &str| text.parse().map_err(|error| Usage::new(format!("{}: {error}", vars::ASST_FAULT)));
    let faults = text.split(';').map(str::trim).filter(|text| !text.is_empty()).map(read);
    let faults: Vec<serve::Fault> = faults.collect::<Result<_, Usage>>()?;
    let seed = vars::get(vars::ASST_FAULT_SEED).map(|text| text.parse());
    let seed = seed.transpose().map_err(|_| Usage::new(format!("{}: expected a number", vars::ASST_FAULT_SEED)))?;
    Ok(serve::faults(&faults, seed))
}

fn origin(profile: &Profile, store: Option<&str>) -> Result<String> {
    let missing = || Usage::new(format!("profile `{}` has no base_url", profile.name));
    Ok(profile.origin(store).ok_or_else(missing)?)
}

/// Fetches the credential. A slow source runs on a separate thread, so that signals are still handled.
async fn fetch_key(profile: &Profile) -> Result<Option<AuthHeader>> {
    let source = profile.credential.clone();
    if !source.may_block() {
        return Ok(source.resolve()?.map(|secret| auth_header(profile.backend, &secret)));
    }
    let (send, receive) = tokio::sync::oneshot::channel();
    crate::env::limits::detach(move || send.send(source.resolve()))?;
    let secret = receive.await.context("the credential could not be fetched")??;
    Ok(secret.map(|secret| auth_header(profile.backend, &secret)))
}

fn auth_header(backend: Backend, secret: &Secret) -> AuthHeader {
    AuthHeader::new(scheme(backend, secret.kind()), &secret.expose().into())
}

fn scheme(backend: Backend, kind: SecretKind) -> Scheme {
    match (backend, kind) {
        (Backend::AzureOpenAi, SecretKind::Key) => Scheme::ApiKey,
        _ => Scheme::Bearer,
    }
}

/// Returns the additional headers of a profile, and registers the values of secret headers as secrets.
fn headers(profile: &Profile) -> Vec<(String, SecretString)> {
    let secret = profile.headers.iter().filter(|(name, _)| crate::http::names_secret(name));
    // The value may begin with the name of a scheme, as in `authorization`, so each word is registered as a secret.
    let words = secret.flat_map(|(_, value)| value.expose().split(' '));
    words.for_each(secrets::add);
    let mut headers: Vec<(String, SecretString)> =
        profile.headers.iter().map(|(name, value)| (name.clone(), value.expose().into())).collect();
    if profile.backend == Backend::OpenAi || profile.backend == Backend::Compatible {
        let scopes = [("openai-organization", &profile.organization), ("openai-project", &profile.project)];
        let scopes = scopes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_deref()?.into())));
        headers.extend(scopes);
    }
    headers
}
