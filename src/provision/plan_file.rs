//! A saved plan: digests, IDs and actions, without values (docs/provisioning.md#saved-plans).

use super::plan::{Plan, PlanOptions};
use super::planned::PlannedObject;
use crate::env::clock;
use crate::exit::Usage;
use crate::json;
use crate::sync::SyncItem;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The version of the file format.
const FORMAT: u64 = 1;

/// The member with the digest over all others.
const DIGEST: &str = "digest";

/// A plan that was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedPlan {
    project: String,
    environment: String,
    origin: String,
    /// The choices with which the plan was made.
    pub options: PlanOptions,
    /// The fingerprint of each object, by its identity.
    objects: BTreeMap<String, Value>,
}

impl SavedPlan {
    /// Saves a plan.
    pub fn of(plan: &Plan, options: &PlanOptions) -> Self {
        Self {
            project: plan.manifest.project.clone(),
            environment: plan.manifest.environment.clone(),
            origin: plan.origin.clone(),
            options: options.clone(),
            objects: fingerprints(&plan.objects),
        }
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> String {
        let mut file = Map::new();
        file.insert("asst_plan".to_owned(), FORMAT.into());
        file.insert("project".to_owned(), self.project.as_str().into());
        file.insert("environment".to_owned(), self.environment.as_str().into());
        file.insert("origin".to_owned(), self.origin.as_str().into());
        file.insert("created_at".to_owned(), clock::now().into());
        file.insert("targets".to_owned(), json!(self.options.targets));
        file.insert("prune".to_owned(), self.options.prune.into());
        file.insert("objects".to_owned(), self.objects.values().cloned().collect());
        let digest = digest_of(&file);
        file.insert(DIGEST.to_owned(), digest.into());
        let text = serde_json::to_string_pretty(&file).unwrap_or_default();
        format!("{text}\n")
    }

    /// Reads the text of a file. `name` is its name for errors.
    ///
    /// # Errors
    /// Returns an error if the file is not a plan of this version, or if it was changed.
    pub fn read(text: &str, name: &str) -> Result<Self, Usage> {
        const HINT: &str = "`asst plan --out FILE` saves a plan";
        let wrong = |reason: &str| Usage::hinted(format!("{name}: {reason}"), HINT);
        let value = json::read(text).map_err(|error| wrong(&format!("expected a saved plan: {error}")))?;
        let mut file = value.as_object().cloned().ok_or_else(|| wrong("expected a saved plan"))?;
        match file.get("asst_plan").and_then(Value::as_u64) {
            Some(FORMAT) => {}
            Some(other) => return Err(wrong(&format!("expected a plan of version {FORMAT}, got version {other}"))),
            None => return Err(wrong("expected a saved plan, got another JSON document")),
        }
        let digest = file.shift_remove(DIGEST);
        if digest.as_ref().and_then(Value::as_str) != Some(&digest_of(&file)) {
            return Err(wrong("the plan was changed after it was saved"));
        }
        let text_of = |name: &str| file.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(project), Some(environment), Some(origin)) =
            (text_of("project"), text_of("environment"), text_of("origin"))
        else {
            return Err(wrong("the plan is incomplete"));
        };
        let list = |name: &str| file.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let targets = list("targets").iter().filter_map(|target| target.as_str().map(str::to_owned)).collect();
        let prune = file.get("prune").and_then(Value::as_bool).unwrap_or_default();
        let key = |object: &Value| Some(object.get("object")?.as_str()?.to_owned());
        let objects = list("objects").into_iter().filter_map(|object| Some((key(&object)?, object))).collect();
        Ok(Self {
            project,
            environment,
            origin,
            options: PlanOptions { targets, prune, ..PlanOptions::default() },
            objects,
        })
    }

    /// Checks that the plan was made for the same project, environment, and backend.
    ///
    /// # Errors
    /// Returns an error with the saved value and the present one.
    pub fn check_belongs(&self, project: &str, environment: &str, origin: &str) -> Result<(), Usage> {
        let pairs = [
            ("project", self.project.as_str(), project),
            ("environment", self.environment.as_str(), environment),
            ("backend", self.origin.as_str(), origin),
        ];
        match pairs.into_iter().find(|(_, saved, now)| saved != now) {
            None => Ok(()),
            Some((what, saved, now)) => {
                let message = format!("the plan was saved for the {what} {saved}, but this command uses {now}");
                Err(Usage::hinted(message, "save a new plan with `asst plan --out FILE`"))
            }
        }
    }

    /// Returns the objects that differ between this plan and a new one, with the reasons.
    pub fn moved(&self, plan: &Plan) -> Vec<(String, &'static str)> {
        let now = fingerprints(&plan.objects);
        let mut moved = Vec::new();
        for (key, before) in &self.objects {
            match now.get(key) {
                None => moved.push((key.clone(), "is no longer part of the plan")),
                Some(after) if after != before => moved.push((key.clone(), reason(before, after))),
                Some(_) => {}
            }
        }
        let is_new = |key: &&String| !self.objects.contains_key(*key);
        moved.extend(now.keys().filter(is_new).map(|key| (key.clone(), "was not part of the plan")));
        moved
    }
}

/// Returns the fingerprints of objects. The key of an object with one ID contains the ID, because several objects may
/// have the same identity.
fn fingerprints(objects: &[PlannedObject]) -> BTreeMap<String, Value> {
    let of = |object: &PlannedObject| {
        let (wanted, live) = object.digests();
        let stated = object.resource.as_ref().map(|resource| resource.digest());
        let key = match object.ids.first() {
            Some(id) if object.ids.len() == 1 => format!("{} {} {id}", object.kind.noun, object.key),
            _ => format!("{} {}", object.kind.noun, object.key),
        };
        let mut value = json!({
            "object": key, "kind": object.kind.kind().name(), "action": object.action.name(), "ids": object.ids,
            "wanted": wanted, "stated": stated, "live": live,
        });
        if let Some(folder) = &object.folder {
            let changes: Vec<Value> = folder.changes.iter().map(SyncItem::to_json).collect();
            value["folder"] = digest_of(&Map::from_iter([
                ("files".to_owned(), folder.digest.clone().into()),
                ("changes".to_owned(), changes.into()),
            ]))
            .into();
        }
        (key, value)
    };
    objects.iter().map(of).collect()
}

fn reason(before: &Value, after: &Value) -> &'static str {
    let differs = |member: &str| before.get(member) != after.get(member);
    if differs("wanted") || differs("stated") {
        "changed in the manifest"
    } else if differs("folder") {
        "changed in its folders, or among the files of the vector store"
    } else if differs("live") || differs("ids") {
        "changed at the backend"
    } else {
        "has another action"
    }
}

fn digest_of(file: &Map<String, Value>) -> String {
    let text = serde_json::to_string(file).unwrap_or_default();
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn saved() -> SavedPlan {
        SavedPlan {
            project: "hr".to_owned(),
            environment: "prod".to_owned(),
            origin: "url:x".to_owned(),
            options: PlanOptions { targets: vec!["helper".to_owned()], prune: true, ..PlanOptions::default() },
            objects: BTreeMap::from([("hr/prod/a".to_owned(), json!({ "object": "hr/prod/a", "wanted": "w" }))]),
        }
    }

    #[test]
    fn a_plan_survives_its_file_and_no_change_does() {
        let text = saved().to_text();
        let read = SavedPlan::read(&text, "plan.json").unwrap();
        assert_eq!(
            (&read.project, &read.options.targets, read.options.prune),
            (&"hr".to_owned(), &vec!["helper".to_owned()], true)
        );
        assert_eq!(read, SavedPlan { objects: read.objects.clone(), ..saved() });
        for (from, to, expected) in [
            ("\"w\"", "\"v\"", "was changed"),
            ("hr/prod/a", "hr/prod/b", "was changed"),
            ("\"asst_plan\": 1", "\"asst_plan\": 2", "version 1, got version 2"),
            ("\"asst_plan\": 1", "\"plan\": 1", "another JSON document"),
            ("\"prune\": true", "\"prune\": false", "was changed"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text, "{from}");
            assert!(SavedPlan::read(&changed, "plan.json").unwrap_err().message.contains(expected), "{from}");
        }
        assert!(SavedPlan::read("{", "plan.json").is_err());
    }

    #[test]
    fn a_plan_belongs_to_one_project_environment_and_backend() {
        let plan = saved();
        assert!(plan.check_belongs("hr", "prod", "url:x").is_ok());
        for (project, environment, origin) in [("it", "prod", "url:x"), ("hr", "dev", "url:x"), ("hr", "prod", "url:y")]
        {
            assert!(plan.check_belongs(project, environment, origin).is_err(), "{project} {environment} {origin}");
        }
    }
}
