//! Reads a manifest: its keys, environments and variables.

use super::folder_sync::CheckSync;
use super::kinds::KINDS;
use super::merge;
use super::moves;
use super::problem::{Place, Problem};
use super::resources::{Resources, check_name};
use super::source::{NamedNodes, Source, member};
use super::variables::Variables;
use super::{DEFAULT_ENVIRONMENT, Manifest};
use crate::api::Dialect;
use crate::config::nearest;
use crate::env::input::{self, InputError, InputSource};
use crate::env::yaml::{NodeKind, Position, Scalar, YamlNode};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The keys of a manifest and of an environment, in addition to the sections of the kinds.
const KEYS: &[&str] = &["asst", "project", "profile", "vars", "env", "environments", "defaults", "moved", "adopt"];
const ENVIRONMENT_KEYS: &[&str] = &["profile", "vars"];

/// The options for reading a manifest.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The files, or folders with files.
    pub files: &'a [PathBuf],
    pub environment: Option<&'a str>,
    /// Returns the dialect of the backend for the profile in the manifest.
    pub dialect: &'a dyn Fn(Option<&str>) -> Dialect,
    /// Checks the members of `sync`. A higher layer defines their meaning.
    pub check_sync: CheckSync<'a>,
    /// Values for variables, which replace those of the manifest.
    pub variables: &'a [(String, String)],
    /// Texts that replace the contents of files, by the real paths of the files.
    pub texts: Option<&'a BTreeMap<PathBuf, String>>,
}

/// The reason why a manifest could not be read.
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
    /// Returns an error if a file cannot be read. Returns all problems with their places if the manifest has any.
    pub fn read(options: ReadOptions<'_>) -> Result<Self, ManifestError> {
        let (mut reader, roots) = Reader::open(options)?;
        match merge::merged(&mut reader.source, roots).and_then(|root| reader.manifest(&root)) {
            Some(manifest) if reader.source.problems.is_empty() => Ok(Self { notes: reader.source.notes, ..manifest }),
            manifest => {
                let folders = manifest.iter().flat_map(|manifest| manifest.unusable_folders(|_| true)).cloned();
                Err(ManifestError::Problems(reader.source.problems.into_iter().chain(folders).collect()))
            }
        }
    }
}

/// The values of a manifest without its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub project: String,
    pub environment: String,
    pub profile: Option<String>,
    /// All environments that the manifest declares.
    pub environments: Vec<String>,
}

impl Heading {
    /// Reads the heading of a manifest. The objects and their files are neither read nor checked.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read. Returns all problems with their places if the heading has any.
    pub fn read(options: ReadOptions<'_>) -> Result<Self, ManifestError> {
        let (mut reader, roots) = Reader::open(options)?;
        let heading = merge::merged(&mut reader.source, roots)
            .and_then(|root| reader.heading(&root).map(|(heading, ..)| heading));
        match heading {
            Some(heading) if reader.source.problems.is_empty() => Ok(heading),
            _ => Err(ManifestError::Problems(reader.source.problems)),
        }
    }
}

pub(super) struct Reader<'a> {
    pub(super) source: Source,
    options: ReadOptions<'a>,
}

impl<'a> Reader<'a> {
    /// Parses each file to a node, and checks the version of its format.
    pub(super) fn open(options: ReadOptions<'a>) -> Result<(Self, Vec<YamlNode>), ManifestError> {
        let files = merge::files(options.files)?;
        let source = Source::new(&files, options.texts);
        let mut reader = Reader { source, options };
        let mut roots = Vec::new();
        for (file, number) in files.iter().zip(0..) {
            let mut root = match reader.source.text_of(file) {
                Some(text) => input::nodes(text, &InputSource::File(file.clone()))?,
                None => input::read_nodes(file)?,
            };
            root.set_file(number);
            reader.check_format(&root);
            roots.push(root);
        }
        Ok((reader, roots))
    }

    /// Returns the heading, with the keys of the manifest and of the environment.
    pub(super) fn heading<'n>(&mut self, root: &'n YamlNode) -> Option<(Heading, &'n NamedNodes, &'n NamedNodes)> {
        let keys = self.source.mapping(root, "the manifest");
        self.source.check_names(keys, "the manifest", &with_sections(KEYS));
        let project = self.project(root, keys);
        let environments =
            member(keys, "environments").map_or(&[][..], |node| self.source.mapping(node, "environments"));
        let (environment, overlay) = self.environment(root, environments)?;
        let profile = self.profile(overlay).or_else(|| self.profile(keys));
        // A missing name of the project was reported already. The objects are checked in spite of it.
        let environments = environments.iter().map(|(name, _)| name.name.clone()).collect();
        let heading = Heading { project: project.unwrap_or_default(), environment, profile, environments };
        Some((heading, keys, overlay))
    }

    fn manifest(&mut self, root: &YamlNode) -> Option<Manifest> {
        let (heading, keys, overlay) = self.heading(root)?;
        let Heading { project, environment, profile, environments } = heading;
        let variables = self.variables(keys, overlay);
        let defaults = member(keys, "defaults").map_or(&[][..], |node| self.source.mapping(node, "defaults"));
        self.source.check_names(defaults, "`defaults`", &with_sections(&[]));
        let dialect = (self.options.dialect)(profile.as_deref());
        let resources = Resources::new(&mut self.source, &variables, keys, dialect, self.options.check_sync)
            .read([keys, overlay, defaults]);
        self.note_unused(keys, overlay, &variables);
        let moved = moves::moved(&mut self.source, keys, &resources);
        let adopt = moves::adopted(&mut self.source, keys, &resources, &environment);
        let resources = resources.into_iter().map(Arc::new).collect();
        Some(Manifest { project, environment, environments, profile, resources, moved, adopt, notes: Vec::new() })
    }

    /// Checks the version of the format.
    fn check_format(&mut self, root: &YamlNode) {
        let NodeKind::Mapping(keys) = &root.kind else { return };
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
        check_name(&mut self.source, name, node.at, "project");
        Some(name.to_owned())
    }

    /// Returns the name of the chosen environment, and its keys.
    fn environment<'n>(&mut self, root: &YamlNode, declared: &'n NamedNodes) -> Option<(String, &'n NamedNodes)> {
        for (name, _) in declared {
            check_name(&mut self.source, &name.name, name.at, "environment");
        }
        let names = || declared.iter().map(|(name, _)| name.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = match (self.options.environment, declared) {
            (None | Some(DEFAULT_ENVIRONMENT), []) => return Some((DEFAULT_ENVIRONMENT.to_owned(), &[])),
            (Some(wanted), _) => declared.iter().find(|(name, _)| name.name == wanted),
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
                None if declared.is_empty() => {
                    format!("the manifest declares no environments, so its only one is `{DEFAULT_ENVIRONMENT}`")
                }
                None => format!("known environments: {}", names()),
            };
            self.source.hinted(root.at, format!("the manifest has no environment `{wanted}`"), Some(hint));
            return None;
        };
        let keys = self.source.mapping(node, &format!("environments.{}", name.name));
        self.source.check_names(keys, &format!("the environment `{}`", name.name), &with_sections(ENVIRONMENT_KEYS));
        Some((name.name.clone(), keys))
    }

    /// Returns the variables. Values of the environment replace those of the manifest, and values from the command line
    /// replace both. A value from the command line may also be for another environment: a command that reads several
    /// environments has the same options for all of them.
    pub(super) fn variables(&mut self, keys: &NamedNodes, overlay: &NamedNodes) -> Variables {
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
        let others = overlay_variables(keys);
        for (name, value) in self.options.variables {
            if variables.has(name) {
                variables.declare(name, Some(value.clone()));
            } else if !others.contains(name.as_str()) {
                let hint = match nearest(name, variables.names().chain(others.iter().copied())) {
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

    /// Notes the variables that only the environment declares and that nothing uses. Such a name is usually a typing error,
    /// and the variable that was meant keeps another value.
    fn note_unused(&mut self, keys: &NamedNodes, overlay: &NamedNodes, variables: &Variables) {
        let names = |node: &YamlNode| match &node.kind {
            NodeKind::Mapping(members) => members.iter().map(|(name, _)| (name.name.clone(), name.at)).collect(),
            _ => Vec::new(),
        };
        let declared: Vec<String> =
            member(keys, "vars").map(names).into_iter().flatten().map(|(name, _)| name).collect();
        for (name, at) in member(overlay, "vars").map(names).into_iter().flatten() {
            if variables.is_used(&name) || declared.contains(&name) {
                continue;
            }
            let meant = nearest(&name, declared.iter().map(String::as_str));
            let meant = meant.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
            self.source.note(at, format!("nothing uses the variable `{name}` of the environment{meant}"));
        }
    }

    fn profile(&mut self, keys: &NamedNodes) -> Option<String> {
        let node = member(keys, "profile")?;
        self.source.text(node, "profile").map(str::to_owned)
    }
}

/// Returns the names of the variables that the environments declare.
fn overlay_variables(keys: &NamedNodes) -> BTreeSet<&str> {
    fn members(node: &YamlNode) -> &NamedNodes {
        if let NodeKind::Mapping(members) = &node.kind { members } else { &[] }
    }
    let overlays = member(keys, "environments").map_or(&[][..], members);
    let declared = overlays.iter().filter_map(|(_, overlay)| member(members(overlay), "vars")).flat_map(members);
    declared.map(|(name, _)| name.name.as_str()).collect()
}

/// Returns these keys and the sections of all kinds.
fn with_sections(keys: &[&'static str]) -> Vec<&'static str> {
    keys.iter().copied().chain(KINDS.iter().map(|kind| kind.section)).collect()
}

/// The places of the objects of a manifest.
pub struct ObjectPlaces(Option<YamlNode>);

impl ObjectPlaces {
    /// Reads the places in a manifest. A file that is not YAML has no places.
    pub fn read(path: &Path) -> Self {
        Self(input::read_nodes(path).ok())
    }

    /// Returns the section and the name of the object at a place.
    pub fn object_at(&self, place: &Place) -> Option<(&str, &str)> {
        let NodeKind::Mapping(keys) = &self.0.as_ref()?.kind else { return None };
        let is_before = |at: Position| (at.line, at.column) <= (place.line, place.column);
        let (section, node) = keys.iter().rfind(|(name, _)| is_before(name.at))?;
        let NodeKind::Mapping(objects) = &node.kind else { return None };
        let (name, _) = objects.iter().rfind(|(name, _)| is_before(name.at))?;
        Some((&section.name, &name.name))
    }
}
