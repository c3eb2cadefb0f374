//! `asst api`: sends any request, for endpoints that have no command.

use super::columns::ANY;
use crate::api::{Method, args};
use crate::app::{App, RawCall};
use crate::exit::Usage;
use anyhow::Result;
use serde_json::{Map, Value};

/// The arguments of `asst api`: any request.
#[derive(Debug, clap::Args)]
pub struct Api {
    /// Method: GET, POST or DELETE
    #[arg(value_parser = parse_method)]
    method: Method,
    /// Path below the base URL, with its query: /threads/thread_1/runs?limit=5
    path: String,
    /// Body of the request
    #[arg(long, value_name = "JSON|@path|-", value_parser = args::body)]
    body: Option<Map<String, Value>>,
    /// Fetch all pages of a list and print the items
    #[arg(long, conflicts_with = "body")]
    paginate: bool,
}

fn parse_method(name: &str) -> Result<Method, String> {
    match name.to_ascii_uppercase().as_str() {
        "GET" => Ok(Method::Get),
        "POST" => Ok(Method::Post),
        "DELETE" => Ok(Method::Delete),
        _ => Err("expected GET, POST or DELETE".into()),
    }
}

impl Api {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        let call = self.call()?;
        app.check_output(ANY)?;
        if app.dry_raw(&call)? {
            return Ok(());
        }
        app.wait(async {
            if !self.paginate {
                return self.show(app, &app.call_raw(call).await?);
            }
            app.show_pages(ANY, app.raw_pages(call)).await
        })
    }

    /// Prints a response of unknown shape. The default is JSON, unless the user chose an output format.
    fn show(&self, app: &App, value: &Value) -> Result<()> {
        if app.options().format.is_none() && app.options().jq.is_none() {
            return Ok(app.ui().out_json(&crate::view::pretty(value))?);
        }
        app.show(ANY, value)
    }

    fn call(&self) -> Result<RawCall> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        if path.contains("://") {
            return Err(Usage::new("pass only the path; the profile selects the backend").into());
        }
        let path = format!("/{}", path.trim_start_matches('/'));
        // A URL parser treats encoded dots and backslashes like dots and slashes, so the check decodes them first.
        let plain = percent_encoding::percent_decode_str(&path).decode_utf8_lossy().replace('\\', "/");
        if plain.contains("//") || plain.split('/').any(|part| part == "." || part == "..") || path.contains('#') {
            return Err(Usage::new(format!("`{path}` is not a path below the base URL of the backend")).into());
        }
        if self.paginate && self.method != Method::Get {
            return Err(Usage::new("--paginate reads a list, so it needs GET").into());
        }
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(decode_pair).collect();
        Ok(RawCall::new(self.method, path, query, self.body.clone()))
    }
}

/// Decodes a pair `NAME=VALUE` of a query.
fn decode_pair(pair: &str) -> (String, String) {
    let decode =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decode(name), decode(value))
}
