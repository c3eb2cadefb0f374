//! `--dry-run`: prints the request that would be sent, with its credentials hidden.

use super::{App, Call, DryRun};
use crate::client::Request;
use crate::http::{self, Redactor, RequestBody, StreamBody, is_secret};
use crate::json;
use crate::ui::{OutputTarget, escape_json, sanitize_lines};
use anyhow::Result;
use std::fmt::Write;

impl App {
    /// Checks a request. In a dry run, prints it and returns `true`.
    pub fn dry(&self, call: &Call) -> Result<bool> {
        self.check(call)?;
        self.dry_request(&call.request())
    }

    /// In a dry run, prints the request and returns `true`. The caller must then not send it.
    pub fn dry_request(&self, request: &Request) -> Result<bool> {
        let text = match self.options.dry_run {
            DryRun::Off => return Ok(false),
            DryRun::Http => http_text(&self.idle_client()?.http_request(request)?),
            DryRun::Curl => curl_command(&self.idle_client()?.http_request(request)?),
        };
        if matches!(self.ui.output_target(), OutputTarget::Terminal { .. }) && sanitize_lines(&text) != text {
            self.ui.warn("control characters are left out on a terminal; redirect the output to keep them");
        }
        self.ui.out_lines(&text)?;
        Ok(true)
    }
}

/// Formats a request like the text of HTTP: method and URL, headers, and the body.
fn http_text(call: &http::HttpRequest) -> String {
    let mut out = format!("{} {}\n", call.method, call.url);
    for (name, value) in Redactor::new(&call.headers).headers(&call.headers) {
        let _ = writeln!(out, "{name}: {value}");
    }
    match &call.body {
        RequestBody::Empty => {}
        RequestBody::Json(text) => {
            let pretty = json::stored(text).ok();
            let pretty = pretty.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_default();
            let _ = writeln!(out, "content-type: application/json\n\n{}", escape_json(&pretty));
        }
        RequestBody::Stream(stream) => {
            let _ = writeln!(out, "content-type: multipart/form-data\n");
            for (name, value) in &stream.form().fields {
                let _ = writeln!(out, "{name}: {value}");
            }
            let _ = writeln!(out, "{}", describe_file(stream));
        }
    }
    out
}

/// Formats a request as a curl command. A shell variable stands for the key, so that the command contains no secret.
fn curl_command(call: &http::HttpRequest) -> String {
    let mut out = format!("curl -X {} {}", call.method, quoted(call.url.as_str()));
    for (name, value) in &call.headers {
        let shown = match (name.as_str(), is_secret(name, value)) {
            ("authorization", _) => format!("\"{name}: Bearer $ASST_KEY\""),
            ("api-key", _) => format!("\"{name}: $ASST_KEY\""),
            // Any other secret header gets a variable of its own, because its value is not the key.
            (_, true) => format!("\"{name}: $ASST_{}\"", name.as_str().to_uppercase().replace(['-', '.'], "_")),
            _ => quoted(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))),
        };
        let _ = write!(out, " \\\n  -H {shown}");
    }
    match &call.body {
        RequestBody::Empty => {}
        RequestBody::Json(text) => {
            let data = quoted(&escape_json(&String::from_utf8_lossy(text)));
            let _ = write!(out, " \\\n  -H 'content-type: application/json' \\\n  --data-raw {data}");
        }
        RequestBody::Stream(stream) => {
            let form = stream.form();
            for (name, value) in &form.fields {
                let _ = write!(out, " \\\n  --form-string {}", quoted(&format!("{name}={value}")));
            }
            let _ = write!(out, " \\\n  -F {}", quoted(&curl_file(form)));
        }
    }
    out.push('\n');
    out
}

/// Describes the file part of a form by its name, path and size, without its content.
fn describe_file(stream: &StreamBody) -> String {
    let form = stream.form();
    let from = form.path.as_deref().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    format!("{}: {} from {from}, {} in all", form.part, form.file_name, stream.summary())
}

/// Formats a file as the argument of curl's `-F`. Standard input (`-`) stands for a file that is read from a pipe.
fn curl_file(form: &http::FormContents) -> String {
    let escaped = |text: &str| text.replace('\\', r"\\").replace('"', r#"\""#);
    let path = form.path.as_deref().map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    format!("{}=@\"{}\";filename=\"{}\"", form.part, escaped(&path), escaped(&form.file_name))
}

/// Quotes a text for a POSIX shell.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_is_one_word_for_a_shell() {
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
