//! The check of a pulled manifest before it replaces anything: it is read back and compared with the backend.

use super::uploads::Uploads;
use super::{Chosen, PullOptions};
use crate::app::App;
use crate::exit::{AlreadyReported, FAILED};
use crate::manifest::{
    DEFAULT_ENVIRONMENT, Manifest, ManifestError, Problem, ReadOptions, ResourceName, differences, object_at,
};
use crate::provision::folder::check_sync;
use crate::ui::ErrorReport;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads a manifest, and compares each of its objects with the one of the backend.
///
/// # Errors
/// Returns an error that names each member that the manifest cannot represent.
pub(super) fn check(app: &App, options: &PullOptions, path: &Path, chosen: &[Chosen], uploads: &Uploads) -> Result<()> {
    let files: [PathBuf; 1] = [path.to_owned()];
    let environment = Some(options.environment.as_str()).filter(|name| *name != DEFAULT_ENVIRONMENT);
    let dialect = |_: Option<&str>| app.dialect_of(options.profile.as_deref());
    let manifest = match Manifest::read(ReadOptions {
        files: &files,
        environment,
        dialect: &dialect,
        check_sync: &check_sync,
        variables: &[],
        texts: None,
    }) {
        Ok(manifest) => manifest,
        Err(ManifestError::Input(error)) => return Err(error.into()),
        Err(ManifestError::Problems(problems)) => {
            problems.iter().for_each(|problem| report(app, &described(path, chosen, problem)));
            return Err(AlreadyReported(FAILED).into());
        }
    };
    let pulled = chosen.iter().map(|one| ((one.kind.section, one.name.clone()), one.live.id.clone()));
    let files = uploads.0.iter().map(|(id, upload)| (("files", upload.name.clone()), id.clone()));
    let ids: BTreeMap<ResourceName, String> = pulled.chain(files).collect();
    let mut failed = false;
    for one in chosen {
        let resource =
            manifest.resources.iter().find(|resource| resource.kind == one.kind && resource.name == one.name);
        let Some(resource) = resource else {
            report(app, &format!("{} ({}) is missing in the manifest that was composed", one.path(), one.live.id));
            failed = true;
            continue;
        };
        let wanted = resource.resolved(|name| ids.get(name).cloned().unwrap_or_default());
        for difference in differences(&resource.form(&one.live.members), &resource.form(&wanted.members)) {
            let message = format!(
                "{} ({}): a manifest cannot represent `{}`: the backend has {}, the manifest would have {}",
                one.path(),
                one.live.id,
                difference.path,
                difference.before,
                difference.after
            );
            report(app, &message);
            failed = true;
        }
    }
    if failed { Err(AlreadyReported(FAILED).into()) } else { Ok(()) }
}

/// Returns a problem with the object in which it is. Its place is in a file that nobody will see.
fn described(path: &Path, chosen: &[Chosen], problem: &Problem) -> String {
    let object = object_at(path, &problem.place);
    let id = object.as_ref().and_then(|(section, name)| {
        chosen.iter().find(|one| one.kind.section == *section && one.name == *name).map(|one| one.live.id.clone())
    });
    match (object, id) {
        (Some((section, name)), Some(id)) => format!("{section}.{name} ({id}): {}", problem.message),
        _ => problem.message.clone(),
    }
}

fn report(app: &App, message: &str) {
    app.ui().error(&ErrorReport {
        exit_code: FAILED,
        kind: "failed".into(),
        message: message.to_owned(),
        hint: Some("nothing was written; name the other objects with --id to pull them without it".into()),
        ..ErrorReport::default()
    });
}
