//! The upload of a file of a manifest.

use crate::app::{App, Call, Payload};
use crate::http::{self, UploadSource};
use crate::manifest::{Content, Resource};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// Uploads a file, and returns its ID.
///
/// # Errors
/// Returns an error if the file changed since the manifest was read, or if the request fails.
pub(super) async fn upload(app: &App, resource: &Resource, content: &Content) -> Result<String> {
    let path = &content.path;
    let now = Content::read(path).with_context(|| format!("could not read {}", path.display()))?;
    if now != *content {
        bail!("{} changed since the manifest was read; run the command again", path.display());
    }
    let fields = fields(&resource.members);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let source = UploadSource::File(path.clone());
    let form = http::upload(&fields, "file", &content.filename(), source, None)
        .with_context(|| format!("could not read {}", path.display()))?;
    let call = Call::to(resource.kind.create, &[], Map::new(), Payload::Form(form))?;
    app.call(call).await?.id().with_context(|| format!("the response to the upload of {} has no ID", path.display()))
}

/// Returns the fields of the upload form, except for the content of the file. Members of a nested object use brackets
/// (docs/protocol/servers.md#what-the-sdks-need-from-a-server).
fn fields(members: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut fields = Vec::new();
    for (name, value) in members.iter().filter(|(name, _)| *name != "filename") {
        match value {
            Value::Object(inner) => {
                fields.extend(inner.iter().map(|(key, value)| (format!("{name}[{key}]"), text(value))));
            }
            value => fields.push((name.clone(), text(value))),
        }
    }
    fields
}
