//! Checks a changed manifest in every environment: the changed objects must match the backend, and everything else must
//! be as before.

use super::changed::Changed;
use super::refusal::Refusal;
use crate::manifest::{
    Manifest, ManifestError, Problem, ReadOptions, Resource, RestOfManifest, UploadedPaths, differences,
};
use crate::provision::plan::Plan;
use anyhow::Result;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The digests of the entries of a manifest in one environment, by section and name.
type Digests = BTreeMap<(String, String), String>;

/// The environments of a manifest before a change.
pub(super) struct Environments {
    /// The environments that can be read.
    read: BTreeMap<String, Digests>,
    /// The first problem of each environment that cannot be read, such as a variable without a value.
    unread: BTreeMap<String, Option<Problem>>,
    /// The part of the manifest that the environments in `unread` may use.
    rest: RestOfManifest,
    /// The files that some environment uploads.
    uploads: Vec<UploadedPaths>,
}

impl Environments {
    /// Reads the manifest of a plan in every environment except the environment of the plan.
    ///
    /// # Errors
    /// Returns an error if a file of the manifest cannot be read any more.
    pub(super) fn read(plan: &Plan, read: ReadOptions<'_>) -> Result<Self> {
        let rest = RestOfManifest::read(read, &plan.manifest.environment)?;
        let uploads = vec![plan.manifest.uploaded_paths()];
        let mut states = Self { read: BTreeMap::new(), unread: BTreeMap::new(), rest, uploads };
        for environment in plan.manifest.environments.iter().filter(|name| **name != plan.manifest.environment) {
            match Manifest::read(ReadOptions { environment: Some(environment), ..read }) {
                Ok(manifest) => {
                    states.uploads.push(manifest.uploaded_paths());
                    states.read.insert(environment.clone(), digests(&manifest));
                }
                Err(ManifestError::Problems(problems)) => {
                    states.unread.insert(environment.clone(), problems.into_iter().next());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(states)
    }

    /// Checks that the changed objects now match the backend, and that all other objects are as before.
    pub(super) fn check(&self, plan: &Plan, read: ReadOptions<'_>, changed: &[Changed<'_>]) -> Result<(), Refusal> {
        let manifest = Manifest::read(read).map_err(|error| Refusal::unreadable("the changed manifest", &error))?;
        let others = |digests: Digests| -> Digests {
            let is_other = |(section, name): &(String, String)| {
                !changed.iter().any(|one| one.resource.kind.section == section && one.resource.name == *name)
            };
            digests.into_iter().filter(|(id, _)| is_other(id)).collect()
        };
        let before = others(digests(&plan.manifest));
        let after = others(digests(&manifest));
        if before != after {
            return Err(Refusal::also_changes(&plan.manifest.environment, &before, &after));
        }
        for one in changed {
            let resource = manifest.of_kind(one.resource.kind).find(|resource| resource.name == one.resource.name);
            let resource = resource.ok_or_else(|| Refusal::missing(&one.path()))?;
            let wanted = resource.resolved(|name| one.id_of(plan, name));
            let found = differences(&resource.form(one.live), &resource.form(&wanted.members));
            if !found.is_empty() || resource.form(one.live) != one.form {
                return Err(Refusal::differs(&found));
            }
        }
        for (name, before) in &self.read {
            let after = Manifest::read(ReadOptions { environment: Some(name), ..read })
                .map_err(|error| Refusal::unreadable(&format!("the environment `{name}`"), &error))?;
            if digests(&after) != *before {
                return Err(Refusal::also_changes(name, before, &digests(&after)));
            }
        }
        self.check_files(plan, read)
    }

    /// Checks that the change touches no file that the manifest uploads. If an environment could not be read, also checks
    /// that it cannot read any changed part.
    fn check_files(&self, plan: &Plan, read: ReadOptions<'_>) -> Result<(), Refusal> {
        let texts = || read.texts.into_iter().flat_map(BTreeMap::keys);
        if let Some(upload) = texts().find(|path| self.uploads.iter().any(|uploads| uploads.may_have(path))) {
            return Err(Refusal::is_upload(upload));
        }
        let Some((name, problem)) = self.unread.first_key_value() else { return Ok(()) };
        let rest = RestOfManifest::read(read, &plan.manifest.environment)
            .map_err(|error| Refusal::unreadable("the changed manifest", &error))?;
        match rest == self.rest && !texts().any(|path| rest.may_name(path)) {
            true => Ok(()),
            false => Err(Refusal::unchecked(name, problem.as_ref())),
        }
    }
}

fn digests(manifest: &Manifest) -> Digests {
    let state =
        |resource: &Arc<Resource>| ((resource.kind.section.to_owned(), resource.name.clone()), resource.digest());
    manifest.resources.iter().map(state).collect()
}
