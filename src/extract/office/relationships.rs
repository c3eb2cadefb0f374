//! The relationships of a part: the other parts to which it refers, by ID and type.

use super::limits::damaged;
use super::package::Package;
use super::xml::Item;
use crate::extract::failure::ExtractionFailure;
use std::io::{Read, Seek};

/// The relationships of one part, in the order of the file.
pub(super) struct Relationships(Vec<Relationship>);

struct Relationship {
    id: String,
    kind: String,
    /// The name of the part in the archive.
    target: String,
}

impl Relationships {
    /// Reads the relationships of a part. The empty name stands for the package itself. A part may have none.
    pub(super) fn of<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Self, ExtractionFailure> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let separator = if folder.is_empty() { "" } else { "/" };
        let name = format!("{folder}{separator}_rels/{file}.rels");
        let mut found = Vec::new();
        if !package.has(&name) {
            return Ok(Self(found));
        }
        let mut xml = package.xml(&name)?;
        while let Some(item) = xml.next()? {
            let Item::Start(element) = item else { continue };
            let external = element.attribute("TargetMode", false)?.is_some_and(|mode| mode == "External");
            if element.name() != "Relationship" || external {
                continue;
            }
            let attribute = |name| Ok::<_, ExtractionFailure>(element.attribute(name, false)?.unwrap_or_default());
            let target = resolve(folder, &attribute("Target")?);
            found.push(Relationship { id: attribute("Id")?, kind: attribute("Type")?, target });
        }
        Ok(Self(found))
    }

    /// Returns the first target whose type ends with `kind`.
    pub(super) fn first(&self, kind: &str) -> Option<&str> {
        self.0.iter().find(|relationship| relationship.kind.ends_with(kind)).map(|found| found.target.as_str())
    }

    /// Returns the target of an ID.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub(super) fn target(&self, id: &str) -> Result<&str, ExtractionFailure> {
        Ok(&self.get(id)?.target)
    }

    /// Returns `true` if the type of the relationship with this ID ends with `kind`.
    ///
    /// # Errors
    /// Returns an error if there is no such relationship.
    pub(super) fn is(&self, id: &str, kind: &str) -> Result<bool, ExtractionFailure> {
        Ok(self.get(id)?.kind.ends_with(kind))
    }

    fn get(&self, id: &str) -> Result<&Relationship, ExtractionFailure> {
        let found = self.0.iter().find(|relationship| relationship.id == id);
        found.ok_or_else(|| damaged("a relationship between its parts is missing"))
    }
}

/// Returns the name of a target, which is relative to `folder` unless it begins with a slash.
fn resolve(folder: &str, target: &str) -> String {
    let (base, relative) = match target.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (folder, target),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in base.split('/').chain(relative.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
