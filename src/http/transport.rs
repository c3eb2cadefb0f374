//! Sending of requests: connection pools, redirects, and timeouts.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::HeaderMap;
use reqwest::{Client, NoProxy, Proxy, Request, Response, Url};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::error::{Phase, TransportError};
use super::redirect::{self, RedirectAction};
use super::request::{ConnectionPolicy, HttpRequest, RequestBody};
use super::response::HttpResponse;
use super::trace::Tracer;
use super::{is_loopback, tls};
use crate::env::{removed_vars, vars};

/// The settings for sending requests.
#[derive(Clone)]
pub struct TransportSettings {
    pub connect_timeout: Duration,
    /// The time limit of a request with a short body, from the connection to the end of the response. For uploads and
    /// downloads, the longest pause.
    pub request_timeout: Duration,
    /// Replaces the proxies of the environment. May contain a password.
    pub proxy: Option<String>,
    /// A file with PEM certificates that are trusted in addition to the system's.
    pub ca_file: Option<PathBuf>,
    pub user_agent: String,
    /// `true` if a compressed response is decompressed. Forwarded responses are not.
    pub decode: bool,
    pub trace: Option<Tracer>,
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(120),
            proxy: None,
            ca_file: None,
            user_agent: concat!("asst/", env!("CARGO_PKG_VERSION")).to_owned(),
            decode: true,
            trace: None,
        }
    }
}

/// The connection pools of one profile. Clones share them.
#[derive(Clone)]
pub struct Transport {
    settings: Arc<TransportSettings>,
    /// The clients by connection policy, encryption, and loopback. Each is built on first use.
    clients: Arc<[OnceLock<Client>; 8]>,
    /// One permit, which a response needs while it is read beyond a certain length.
    long_response: Arc<Semaphore>,
}

impl Transport {
    /// Creates a transport. Loads and opens nothing before the first request.
    pub fn new(settings: TransportSettings) -> Self {
        Self { settings: Arc::new(settings), clients: Arc::default(), long_response: Arc::new(Semaphore::new(1)) }
    }

    /// Sends a request. Returns the response, whatever its status code, once its headers have arrived.
    ///
    /// # Errors
    /// Returns an error if no response arrives, or if it is a redirect that is not followed.
    pub async fn send(&self, call: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let streams = matches!(call.body, RequestBody::Stream(_));
        let deadline = (!streams).then(|| Instant::now() + self.settings.request_timeout);
        let mut visited: Vec<Url> = Vec::new();
        let mut is_same_origin = true;
        loop {
            let url = visited.last().unwrap_or(&call.url);
            let headers = if is_same_origin { call.all_headers() } else { redirect::public(&call.all_headers()) };
            let trace = self.settings.trace.as_ref().map(|to| to.request(call, url, &headers));
            let mut response = self.send_once(call, url, headers, deadline).await?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            if let Some(trace) = &trace {
                trace.response(status, &headers);
            }
            match redirect::decide(&call.method, &call.url, &visited, status, &headers)? {
                RedirectAction::Stay => {
                    let idle = self.settings.request_timeout;
                    // An upload may take any time, but the response to it must arrive within the timeout.
                    let deadline = deadline.or_else(|| Some(Instant::now() + idle));
                    let long_response = Arc::clone(&self.long_response);
                    return Ok(HttpResponse { status, headers, response, deadline, idle, long_response, trace });
                }
                RedirectAction::Same(_) if !call.body.can_be_sent() => {
                    let reason = "data from standard input cannot be sent a second time".to_owned();
                    return Err(TransportError::Redirect { status: status.as_u16(), reason });
                }
                RedirectAction::Same(next) => visited.push(next),
                RedirectAction::Other(next) => {
                    is_same_origin = false;
                    if let Some(trace) = &trace {
                        trace.note("redirect to another origin: sent without credentials");
                    }
                    visited.push(next);
                }
            }
        }
    }

    async fn send_once(
        &self,
        call: &HttpRequest,
        url: &Url,
        headers: HeaderMap,
        deadline: Option<Instant>,
    ) -> Result<Response, TransportError> {
        let client = self.client(url, call.connection)?;
        let mut request = Request::new(call.method.clone(), url.clone());
        *request.headers_mut() = headers;
        let activity = Activity::default();
        *request.body_mut() = match &call.body {
            RequestBody::Empty => None,
            RequestBody::Json(bytes) => Some(bytes.clone().into()),
            RequestBody::Stream(stream) => {
                let open = stream.open().map_err(|error| TransportError::Source { reason: error.to_string() })?;
                let activity = activity.clone();
                Some(reqwest::Body::wrap_stream(open.inspect(move |_| activity.touch())))
            }
        };
        let limit = self.settings.request_timeout;
        let late = || TransportError::Timeout { phase: Phase::Response, after: limit };
        let sending = client.execute(request);
        let result = match deadline {
            Some(deadline) => timeout_at(deadline, sending).await.map_err(|_| late())?,
            None => activity.watch(limit, sending).await.ok_or_else(late)?,
        };
        result.map_err(|error| {
            let host = super::authority(url);
            let error = TransportError::explain(&error, &host, Phase::Response, self.settings.connect_timeout);
            if self.proxy_may_be_between(url) { error.with_proxy() } else { error }
        })
    }

    pub(super) fn settings(&self) -> &TransportSettings {
        &self.settings
    }

    /// Returns the client for a URL. Builds it on first use.
    pub(super) fn client(&self, url: &Url, connection: ConnectionPolicy) -> Result<Client, TransportError> {
        let (secure, loopback) = (url.scheme() == "https", is_loopback(url));
        let fresh = connection == ConnectionPolicy::Fresh;
        let slot = &self.clients[usize::from(fresh) * 4 + usize::from(secure) * 2 + usize::from(loopback)];
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let client = self.build(secure || self.proxy_is_secure(loopback), loopback, connection)?;
        Ok(slot.get_or_init(|| client).clone())
    }

    fn build(&self, secure: bool, loopback: bool, connection: ConnectionPolicy) -> Result<Client, TransportError> {
        let tls = if secure { tls::with_roots(self.settings.ca_file.as_deref())? } else { tls::without_roots()? };
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.settings.connect_timeout)
            .user_agent(&self.settings.user_agent)
            .gzip(self.settings.decode);
        if connection == ConnectionPolicy::Fresh {
            builder = builder.pool_max_idle_per_host(0);
        }
        if let Some(proxy) = &self.settings.proxy {
            let proxy = Proxy::all(proxy).map_err(|_| settings_error("the proxy is not a URL"))?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_env()));
        } else if loopback {
            // A request to this machine bypasses the proxy: the proxy would connect to its own loopback address, and it
            // would see the key.
            builder = builder.no_proxy();
        } else {
            builder = with_removed_proxies(builder)?;
        }
        // The original error is left out, because it may repeat the password of the proxy.
        builder.build().map_err(|_| settings_error("no HTTP client can be created from these settings"))
    }

    /// Returns `true` if the connection to the proxy is encrypted. Certificates are then needed even for `http://`.
    fn proxy_is_secure(&self, loopback: bool) -> bool {
        let secure = |url: &str| url.starts_with("https:");
        match &self.settings.proxy {
            Some(proxy) => secure(proxy),
            None if loopback => false,
            None => environment_proxies("http").any(|url| secure(&url)),
        }
    }

    /// Returns `true` if a proxy is set for this URL. NO_PROXY may still exclude it.
    pub(super) fn proxy_may_be_between(&self, url: &Url) -> bool {
        self.settings.proxy.is_some() || !is_loopback(url) && environment_proxies(url.scheme()).next().is_some()
    }
}

/// Returns the proxies for a scheme from the environment.
fn environment_proxies(scheme: &str) -> impl Iterator<Item = String> {
    let own = if scheme == "https" { [vars::HTTPS_PROXY, "https_proxy"] } else { [vars::HTTP_PROXY, "http_proxy"] };
    own.into_iter().chain([vars::ALL_PROXY, "all_proxy"]).filter_map(vars::get)
}

/// Adds the proxies of the environment if this program has removed one of these variables. reqwest cannot find a
/// removed variable itself.
fn with_removed_proxies(mut builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, TransportError> {
    let is_proxy = |name: &std::ffi::OsStr| name.to_string_lossy().to_ascii_lowercase().ends_with("_proxy");
    if !removed_vars::all().any(|(name, _)| is_proxy(name)) {
        return Ok(builder);
    }
    for scheme in ["http", "https"] {
        if let Some(url) = environment_proxies(scheme).next() {
            let proxy = if scheme == "http" { Proxy::http(url) } else { Proxy::https(url) };
            let proxy = proxy.map_err(|_| settings_error("the proxy is not a URL"))?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_env()));
        }
    }
    Ok(builder)
}

fn settings_error(reason: &str) -> TransportError {
    TransportError::Settings { reason: reason.to_owned() }
}

/// The time at which the last chunk of an upload was taken.
#[derive(Clone)]
struct Activity(Arc<Mutex<Instant>>);

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Activity {
    fn touch(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now();
    }

    /// Runs `work` to its end. Returns `None` if an upload pauses for longer than `limit`.
    async fn watch<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            let due = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) + limit;
            tokio::select! {
                done = &mut work => return Some(done),
                () = sleep_until(due) => {}
            }
            let due_now = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) + limit;
            if due_now <= Instant::now() {
                return None;
            }
        }
    }
}
