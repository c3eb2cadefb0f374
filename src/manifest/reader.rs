//! Reading a manifest: its keys, environments and variables, and the check of each object before any request.

use super::kinds::{KINDS, ResourceKind};
use super::members::Members;
use super::problem::Problem;
use super::source::{Source, locate, member};
use super::variables::Variables;
use super::{DEFAULT_ENVIRONMENT, DIGEST, KEY, Manifest, Resource};
use crate::api::Dialect;
use crate::api::check::{self, Refusal, Rules, UNKNOWN};
use crate::config::nearest;
use crate::env::input::{self, InputError};
use crate::env::yaml::{MemberName, NodeKind, Position, Scalar, YamlNode};
use serde_json::{Map, Value};
use std::path::Path;

/// The keys of a manifest and of an environment, besides the sections of the kinds.
const KEYS: &[&str] = &["asst", "project", "profile", "vars", "env", "environments", "defaults"];
const ENVIRONMENT_KEYS: &[&str] = &["profile", "vars"];
const LIFECYCLE_KEYS: &[&str] = &["protect", "ignore"];

/// The maximum length of the name of a project, an environment or an object.
const MAX_NAME: usize = 64;

/// The maximum number of metadata pairs of an object, without those that identify it
/// (docs/protocol/objects.md#limits-and-defaults).
const MAX_PAIRS: usize = 14;

/// The choices of a command that reads a manifest.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions<'a> {
    pub file: &'a Path,
    pub environment: Option<&'a str>,
    /// Values for variables, which replace those of the manifest.
    pub variables: &'a [(String, String)],
}

/// The reason why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error(transparent)]
    Input(#[from] InputError),
    /// All problems that were found.
    #[error("the manifest has {} problems", .0.len())]
    Problems(Vec<Problem>),
}

impl Manifest {
    /// Reads a manifest for one environment, and checks everything that needs no request.
    ///
    /// # Errors
    /// If the file cannot be read, or contains an error.
    pub fn read(options: ReadOptions<'_>) -> Result<Self, ManifestError> {
        let root = input::read_yaml_nodes(options.file)?;
        let mut reader = Reader { source: Source::new(options.file), options };
        let manifest = reader.manifest(&root);
        match manifest {
            Some(manifest) if reader.source.problems.is_empty() => Ok(manifest),
            _ => Err(ManifestError::Problems(reader.source.problems)),
        }
    }
}

type NamedNodes = [(MemberName, YamlNode)];

struct Reader<'a> {
    source: Source,
    options: ReadOptions<'a>,
}

impl Reader<'_> {
    fn manifest(&mut self, root: &YamlNode) -> Option<Manifest> {
        let keys = self.source.mapping(root, "the manifest");
        self.source.check_names(keys, "the manifest", &with_sections(KEYS));
        self.check_format(root, keys);
        let project = self.project(root, keys);
        let environments =
            member(keys, "environments").map_or(&[][..], |node| self.source.mapping(node, "environments"));
        let (environment, overlay) = self.environment(root, environments)?;
        let variables = self.variables(keys, overlay);
        let profile = self.profile(overlay).or_else(|| self.profile(keys));
        let resources = self.resources(keys, overlay, &variables);
        Some(Manifest { project: project?, environment, profile, resources })
    }

    /// Checks the version of the format.
    fn check_format(&mut self, root: &YamlNode, keys: &NamedNodes) {
        let hint = || Some("write `asst: 1` at the beginning".to_owned());
        match member(keys, "asst") {
            Some(YamlNode { kind: NodeKind::Scalar { scalar: Scalar::Number(number), .. }, .. })
                if number.as_u64() == Some(1) => {}
            Some(other) => self.source.hinted(other.at, "expected 1 as the version of the format `asst`", hint()),
            None => self.source.hinted(root.at, "the version of the format is missing", hint()),
        }
    }

    fn project(&mut self, root: &YamlNode, keys: &NamedNodes) -> Option<String> {
        let Some(node) = member(keys, "project") else {
            let hint = "write `project: NAME`; the name is part of the identity of every object";
            self.source.hinted(root.at, "the name of the project is missing", Some(hint.to_owned()));
            return None;
        };
        let name = self.source.text(node, "project")?;
        self.check_name(name, node.at, "project");
        Some(name.to_owned())
    }

    /// Returns the chosen environment with its keys.
    fn environment<'n>(&mut self, root: &YamlNode, declared: &'n NamedNodes) -> Option<(String, &'n NamedNodes)> {
        for (name, _) in declared {
            self.check_name(&name.name, name.at, "environment");
        }
        let names = || declared.iter().map(|(name, _)| name.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = match (self.options.environment, declared) {
            (Some(wanted), _) => declared.iter().find(|(name, _)| name.name == wanted),
            (None, []) => return Some((DEFAULT_ENVIRONMENT.to_owned(), &[])),
            (None, [only]) => Some(only),
            (None, _) => {
                let hint = Some(format!("pass --env with one of {}", names()));
                self.source.hinted(root.at, "the manifest has several environments, and none is chosen", hint);
                return None;
            }
        };
        let Some((name, node)) = found else {
            let wanted = self.options.environment.unwrap_or_default();
            let hint = match nearest(wanted, declared.iter().map(|(name, _)| name.name.as_str())) {
                Some(known) => format!("did you mean `{known}`?"),
                None if declared.is_empty() => "the manifest declares no environments".to_owned(),
                None => format!("known environments: {}", names()),
            };
            self.source.hinted(root.at, format!("the manifest has no environment `{wanted}`"), Some(hint));
            return None;
        };
        let keys = self.source.mapping(node, &format!("environments.{}", name.name));
        self.source.check_names(keys, &format!("the environment `{}`", name.name), &with_sections(ENVIRONMENT_KEYS));
        Some((name.name.clone(), keys))
    }

    /// Returns the variables. The environment's values replace those of the manifest, and those of the command line
    /// replace both.
    fn variables(&mut self, keys: &NamedNodes, overlay: &NamedNodes) -> Variables {
        let mut variables = Variables::default();
        for level in [keys, overlay] {
            let Some(node) = member(level, "vars") else { continue };
            for (name, value) in self.source.mapping(node, "vars") {
                let value = match &value.kind {
                    NodeKind::Scalar { scalar: Scalar::Null, .. } => None,
                    NodeKind::Scalar { text, .. } => Some(text.clone()),
                    _ => {
                        self.source.wrong_type(value, &format!("vars.{}", name.name), "a text");
                        None
                    }
                };
                variables.declare(&name.name, value);
            }
        }
        if let Some(node) = member(keys, "env") {
            for item in self.source.sequence(node, "env") {
                let Some(name) = self.source.text(item, "env") else { continue };
                variables.declare(name, std::env::var(name).ok());
            }
        }
        for (name, value) in self.options.variables {
            if variables.has(name) {
                variables.declare(name, Some(value.clone()));
            } else {
                let hint = match nearest(name, variables.names()) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "declare it under `vars` in the manifest".to_owned(),
                };
                self.source.hinted(
                    Position::default(),
                    format!("--var: the variable `{name}` is not declared"),
                    Some(hint),
                );
            }
        }
        variables
    }

    fn profile(&mut self, keys: &NamedNodes) -> Option<String> {
        let node = member(keys, "profile")?;
        self.source.text(node, "profile").map(str::to_owned)
    }

    fn resources(&mut self, keys: &NamedNodes, overlay: &NamedNodes, variables: &Variables) -> Vec<Resource> {
        let defaults = member(keys, "defaults").map_or(&[][..], |node| self.source.mapping(node, "defaults"));
        self.source.check_names(defaults, "`defaults`", &with_sections(&[]));
        KINDS.iter().flat_map(|kind| self.section(kind, keys, overlay, defaults, variables)).collect()
    }

    /// Reads the objects of one kind.
    fn section(
        &mut self,
        kind: &'static ResourceKind,
        keys: &NamedNodes,
        overlay: &NamedNodes,
        defaults: &NamedNodes,
        variables: &Variables,
    ) -> Vec<Resource> {
        let ResourceKind { section: title, noun, .. } = kind;
        let section = |reader: &mut Self, keys, path: &str| match member(keys, title) {
            Some(node) => reader.source.mapping(node, path).to_vec(),
            None => Vec::new(),
        };
        let defaults = section(self, defaults, &format!("defaults.{title}"));
        let changes = section(self, overlay, &format!("{title} of the environment"));
        let declared = section(self, keys, title);
        for (name, _) in changes.iter().filter(|(name, _)| member(&declared, &name.name).is_none()) {
            let message =
                format!("the environment changes the {noun} `{}`, which the manifest does not have", name.name);
            self.source.problem(name.at, message);
        }
        let resources = declared.iter().filter_map(|(name, node)| {
            self.check_name(&name.name, name.at, noun);
            let own = self.source.mapping(node, &format!("{title}.{}", name.name)).to_vec();
            let changed = match member(&changes, &name.name) {
                Some(node) => self.source.mapping(node, &name.name).to_vec(),
                None => Vec::new(),
            };
            self.resource(kind, name, merged([&defaults, &own, &changed]), variables)
        });
        resources.collect()
    }

    fn resource(
        &mut self,
        kind: &'static ResourceKind,
        name: &MemberName,
        nodes: Vec<(MemberName, YamlNode)>,
        variables: &Variables,
    ) -> Option<Resource> {
        let (lifecycle, nodes): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|(key, _)| key.name == "lifecycle");
        let (protect, ignore) = lifecycle.first().map_or((false, Vec::new()), |(_, node)| self.lifecycle(kind, node));
        let before = self.source.problems.len();
        let members = Members { source: &mut self.source, variables }.object(&nodes);
        let root = YamlNode { at: name.at, kind: NodeKind::Mapping(nodes) };
        // A value that could not be read would be reported twice.
        if self.source.problems.len() == before
            && let Err(refusal) = check::body_of(kind.create, &members, Rules::incoming(Dialect::OpenAi))
        {
            self.refused(kind, &root, name, refusal);
        }
        self.check_metadata(&root, members.get("metadata"));
        for refused in kind.refused.iter().filter(|refused| has_value(&members, refused.path)) {
            let at = locate(&root, refused.path).at;
            self.source.hinted(at, refused.reason, Some(refused.hint.to_owned()));
        }
        Some(Resource { kind, name: name.name.clone(), place: self.source.place(name.at), members, ignore, protect })
    }

    fn lifecycle(&mut self, kind: &ResourceKind, node: &YamlNode) -> (bool, Vec<String>) {
        let keys = self.source.mapping(node, "lifecycle");
        self.source.check_names(keys, "`lifecycle`", LIFECYCLE_KEYS);
        let protect = match member(keys, "protect") {
            None => false,
            Some(YamlNode { kind: NodeKind::Scalar { scalar: Scalar::Bool(protect), .. }, .. }) => *protect,
            Some(other) => {
                self.source.wrong_type(other, "lifecycle.protect", "true or false");
                false
            }
        };
        let ignore = member(keys, "ignore").map_or(&[][..], |node| self.source.sequence(node, "lifecycle.ignore"));
        let ignore = ignore.iter().filter_map(|item| {
            let path = self.source.text(item, "lifecycle.ignore")?;
            let first = path.split('.').next().unwrap_or_default();
            if kind.member(first).is_none() {
                let known: Vec<&str> = kind.member_names().collect();
                let hint = Some(format!("known members: {}", known.join(", ")));
                self.source.hinted(item.at, format!("the kind {} has no member `{first}`", kind.noun), hint);
            }
            Some(path.to_owned())
        });
        (protect, ignore.collect())
    }

    /// Reports a rejected member at its place.
    fn refused(&mut self, kind: &ResourceKind, root: &YamlNode, name: &MemberName, refusal: Refusal) {
        let top = refusal.param.split(['.', '[']).next().unwrap_or_default().to_owned();
        let key = match &root.kind {
            NodeKind::Mapping(members) => members.iter().find(|(key, _)| key.name == top).map(|(key, _)| key.at),
            _ => None,
        };
        let hint =
            if refusal.code == UNKNOWN && refusal.param == top { nearest(&top, kind.known_members()) } else { None };
        let at = if refusal.param == top && refusal.code == UNKNOWN {
            key.unwrap_or(name.at)
        } else {
            locate(root, &refusal.param).at
        };
        self.source.hinted(at, refusal.message, hint.map(|known| format!("did you mean `{known}`?")));
    }

    /// Checks that there is room for the pairs that identify the object, and that the manifest does not set them.
    fn check_metadata(&mut self, root: &YamlNode, metadata: Option<&Value>) {
        let Some(pairs) = metadata.and_then(Value::as_object) else { return };
        let at = locate(root, "metadata").at;
        if pairs.len() > MAX_PAIRS {
            let message = format!(
                "expected at most {MAX_PAIRS} metadata pairs, found {}: asst adds `{KEY}` and `{DIGEST}`, and an object has \
                 at most 16",
                pairs.len()
            );
            self.source.problem(at, message);
        }
        for key in [KEY, DIGEST].into_iter().filter(|key| pairs.contains_key(*key)) {
            let at = locate(root, &format!("metadata.{key}")).at;
            self.source.problem(at, format!("asst sets the metadata key `{key}` itself; remove it"));
        }
    }

    /// Checks a name that becomes part of the identity of an object.
    fn check_name(&mut self, name: &str, at: Position, noun: &str) {
        let first = name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        if !first || name.len() > MAX_NAME || !name.bytes().all(valid) {
            let message = format!(
                "expected the name of the {noun} to have 1 to {MAX_NAME} characters of a-z, 0-9, `.`, `_` and `-`, and to \
                 begin with a letter or a digit; found `{}`",
                name.chars().take(80).collect::<String>()
            );
            self.source.problem(at, message);
        }
    }
}

/// Returns these keys and the sections of all kinds.
fn with_sections(keys: &[&'static str]) -> Vec<&'static str> {
    keys.iter().copied().chain(KINDS.iter().map(|kind| kind.section)).collect()
}

/// Returns `true` if there is a value at a path such as `tool_resources.file_search`.
fn has_value(members: &Map<String, Value>, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let steps = rest.split('.').filter(|step| !step.is_empty());
    let found = steps.fold(members.get(first), |value, step| value.and_then(|value| value.get(step)));
    found.is_some_and(|value| !value.is_null())
}

/// Merges the members of several levels. A later level replaces the members of an earlier one.
fn merged<const N: usize>(levels: [&Vec<(MemberName, YamlNode)>; N]) -> Vec<(MemberName, YamlNode)> {
    let mut all: Vec<(MemberName, YamlNode)> = Vec::new();
    for (name, node) in levels.into_iter().flatten() {
        match all.iter_mut().find(|(known, _)| known.name == name.name) {
            Some(known) => *known = (name.clone(), node.clone()),
            None => all.push((name.clone(), node.clone())),
        }
    }
    all
}
