//! `asst api`: sends any request, for endpoints that have no command.

use super::columns::ANY;
use crate::api::{Class, Method, args, endpoint_of};
use crate::app::{App, Call, Shape, no_stream};
use crate::client::{ClientError, Expects, Paginator, Payload, Request};
use crate::exit::{CallFailed, Usage};
use anyhow::Result;
use serde_json::{Map, Value};

/// An arbitrary request.
#[derive(Debug, clap::Args)]
pub struct Api {
    /// Method: GET, POST or DELETE
    #[arg(value_parser = method)]
    method: Method,
    /// Path below the base URL: /threads/thread_1/runs?limit=5
    path: String,
    /// Body of the request
    #[arg(long, value_name = "JSON|@path|-", value_parser = args::body)]
    body: Option<Map<String, Value>>,
    /// Fetch all pages of a list and print the items
    #[arg(long, conflicts_with = "body")]
    paginate: bool,
}

fn method(name: &str) -> Result<Method, String> {
    match name.to_ascii_uppercase().as_str() {
        "GET" => Ok(Method::Get),
        "POST" => Ok(Method::Post),
        "DELETE" => Ok(Method::Delete),
        _ => Err("the protocol has GET, POST and DELETE".into()),
    }
}

impl Api {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        let request = self.request()?;
        no_stream(&request.payload)?;
        app.check_sheet(ANY)?;
        let tried = format!("{} {}", self.method.name(), request.path);
        let failed = |source: ClientError| CallFailed { tried: tried.clone(), hint: None, source };
        if app.dry_request(&request)? {
            return Ok(());
        }
        app.wait(async {
            let session = app.session().await?;
            if !self.paginate {
                // A known endpoint is recorded as by its own command, so that no ID is lost.
                let reply = match endpoint_of(request.method, &request.path) {
                    Some((spec, ids)) => app.call(Call::raw(spec, ids, request)).await?,
                    None => session.client.send(&request).await.map_err(failed)?,
                };
                return self.show(app, &reply.value);
            }
            let mut walk = Paginator::unchanged(request.clone());
            let mut printer = app.printer(ANY, Shape::Many)?;
            while let Some(page) = walk.next(&session.client).await.map_err(failed)? {
                app.ui().out(&printer.page(&page.items)?)?;
                page.warning.iter().for_each(|warning| app.ui().warn(warning));
            }
            app.ui().out(&printer.end()?)?;
            app.tell_unseen(&printer);
            Ok(())
        })
    }

    /// Prints a response of unknown shape. The default is JSON, unless the user chose an output format.
    fn show(&self, app: &App, value: &Value) -> Result<()> {
        if app.options().format.is_none() && app.options().jq.is_none() {
            return Ok(app.ui().out_json(&crate::view::pretty(value))?);
        }
        app.show(ANY, value)
    }

    fn request(&self) -> Result<Request> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        if path.contains("://") {
            return Err(Usage::new("give the path only; the profile says which backend").into());
        }
        let path = format!("/{}", path.trim_start_matches('/'));
        // URLs treat encoded dots and backslashes like plain ones, so the check decodes them first.
        let plain = percent_encoding::percent_decode_str(&path).decode_utf8_lossy().replace('\\', "/");
        if plain.contains("//") || plain.split('/').any(|part| part == "." || part == "..") || path.contains('#') {
            return Err(Usage::new(format!("`{path}` is not a path behind the base of the backend")).into());
        }
        if self.paginate && self.method != Method::Get {
            return Err(Usage::new("--paginate walks a list, which is a GET").into());
        }
        Ok(Request {
            method: self.method,
            class: match self.method {
                Method::Get => Class::Read,
                Method::Delete => Class::Repeatable,
                Method::Post => Class::Once,
            },
            query: query.split('&').filter(|pair| !pair.is_empty()).map(decoded).collect(),
            payload: match (&self.body, self.method) {
                (Some(body), _) => Payload::Json(body.clone()),
                (None, Method::Post) => Payload::Json(Map::new()),
                (None, _) => Payload::None,
            },
            until: None,
            collection: COLLECTIONS.iter().any(|name| path.strip_prefix('/') == Some(*name)),
            expects: Expects::Anything,
            object: None,
            path,
        })
    }
}

/// The collections of the protocol. A 404 for one of them means that the backend does not have the endpoint.
const COLLECTIONS: [&str; 6] = ["assistants", "threads", "files", "vector_stores", "uploads", "conversations"];

fn decoded(pair: &str) -> (String, String) {
    let decode =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decode(name), decode(value))
}
