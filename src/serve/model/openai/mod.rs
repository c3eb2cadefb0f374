//! The model `openai:URL`: a chat completions endpoint whose output is published as it arrives.

mod address;
mod error;
mod request;
mod stream_decoder;
#[cfg(test)]
mod tests;

pub use address::Names;

use super::{Cut, Reply, Round, Speech, Turn, Wants};
use crate::env::vars;
use crate::http::sse::{self, Parser};
use crate::http::{
    self, HeaderMap, HeaderName, HeaderValue, HttpRequest, Method, Redactor, RequestBody, Tracer, Transport, Url,
};
use crate::serve::run_error::Failure;
use error::Trouble;
use request::Form;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::time::Duration;
use stream_decoder::Hearing;

/// The maximum number of attempts for one round, including the first.
const ATTEMPTS: u32 = 4;
/// The maximum size in bytes of a response.
const LONGEST: usize = 16 << 20;

/// The settings for requests to an endpoint.
#[derive(Clone)]
pub struct Asking {
    /// The key. It is sent only to the endpoint and never shown.
    pub key: Option<SecretString>,
    /// The names of the models on the endpoint.
    pub names: Names,
    /// The longest time without any bytes from the endpoint.
    pub patience: Duration,
    pub trace: Option<Tracer>,
}

impl Default for Asking {
    fn default() -> Self {
        Self { key: None, names: Names::default(), patience: Duration::from_secs(120), trace: None }
    }
}

/// A chat completions endpoint.
pub struct Chat {
    url: Url,
    headers: HeaderMap,
    names: Names,
    transport: Transport,
    redactor: Redactor,
    /// `true` if retries are made without a pause, as tests do.
    hurried: bool,
}

impl fmt::Debug for Chat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Chat").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

impl Chat {
    /// Creates a model for an endpoint without sending a request.
    ///
    /// # Errors
    /// Returns an error if the URL is not usable, or if the key is not a valid header value.
    pub(super) fn new(url: &str, asking: Asking) -> Result<Self, String> {
        let url = address::of(url)?;
        let mut headers = HeaderMap::new();
        if let Some(key) = &asking.key {
            for (name, value) in address::credentials(&url, key.expose_secret()) {
                let mut value = HeaderValue::try_from(value).map_err(|_| "the key cannot stand in a header")?;
                value.set_sensitive(true);
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let settings = http::TransportSettings {
            connect_timeout: asking.patience.min(Duration::from_secs(30)),
            request_timeout: asking.patience,
            trace: asking.trace,
            ..http::TransportSettings::default()
        };
        Ok(Self {
            redactor: Redactor::new(&headers),
            url,
            headers,
            names: asking.names,
            transport: Transport::new(settings),
            hurried: vars::get(vars::ASST_NO_RETRY_DELAY).is_some(),
        })
    }

    /// Returns the optional input of this model, which is the content of image files.
    pub(super) const fn wants() -> Wants {
        Wants { images: true, assistant: false }
    }

    /// Requests the next round. Dropping the future closes the connection to the endpoint.
    pub(super) async fn speak(&self, turn: &Turn, speech: &Speech) -> Round {
        if turn.completion_left == Some(0) {
            let reply = Reply::Incomplete(String::new(), Cut::Completion);
            return Round { reply, prompt_tokens: 0, completion_tokens: 0 };
        }
        match self.rounds(turn, speech).await {
            Ok(round) => round,
            Err(failure) => Round::failed(Failure { message: self.redactor.text(&failure.message), ..failure }),
        }
    }

    async fn rounds(&self, turn: &Turn, speech: &Speech) -> Result<Round, Failure> {
        let mut form = Form::default();
        let mut made = 0;
        loop {
            let body = request::body(turn, self.names.of(&turn.model), &form)?;
            let mut hearing = Hearing::new(speech);
            let trouble = match self.ask(body.to_string(), &mut hearing).await {
                Ok(()) => return hearing.round(turn),
                Err(trouble) => trouble,
            };
            made += 1;
            if hearing.has_spoken() {
                return Err(trouble.failure()); // Published output cannot be withdrawn, so there is no retry.
            }
            if trouble.asks_otherwise(&mut form, turn) {
                made -= 1;
                continue;
            }
            match trouble.pause(made).filter(|_| made < ATTEMPTS) {
                Some(_) if self.hurried => {}
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(trouble.failure()),
            }
        }
    }

    /// Sends one request and reads the whole response.
    async fn ask(&self, body: String, hearing: &mut Hearing<'_>) -> Result<(), Trouble> {
        let mut call = HttpRequest::new(Method::POST, self.url.clone()).body(RequestBody::Json(body.into()));
        call.headers = self.headers.clone();
        call.headers
            .insert(HeaderName::from_static("accept"), HeaderValue::from_static("text/event-stream, application/json"));
        let mut answer = self.transport.send(&call).await.map_err(Trouble::Transport)?;
        if !answer.status.is_success() {
            let (status, headers) = (answer.status.as_u16(), answer.headers.clone());
            let bytes = answer.bytes(http::ERROR_LIMIT).await.unwrap_or_default();
            return Err(Trouble::refused(status, &headers, &bytes));
        }
        if !sse::is_stream(&answer.headers) {
            let bytes = answer.bytes(LONGEST as u64).await.map_err(Trouble::Transport)?;
            return hearing.whole(&bytes);
        }
        let (mut parser, mut length) = (Parser::default(), 0);
        while let Some(piece) = answer.chunk().await.map_err(Trouble::Transport)? {
            length += piece.len();
            if length > LONGEST {
                return Err(Trouble::Nonsense("its answer is longer than 16 MiB".to_owned()));
            }
            parser.push(&piece);
            while let Some(event) = parser.next().map_err(|error| Trouble::Nonsense(error.to_string()))? {
                if hearing.hear(&event.data)? {
                    return Ok(());
                }
            }
        }
        hearing.end()
    }
}
