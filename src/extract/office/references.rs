//! Reads a part for the name of its root element, which shows the type of the document, and for its references to other
//! parts, such as slides and sheets. A reference is an ID, which the relationships of the part resolve.

use super::package::Package;
use super::xml::{Item, broken};
use crate::extract::failure::ExtractionFailure;
use std::io::{Read, Seek};

/// Returns the name of the root element of a part.
pub(super) fn root_element<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<String, ExtractionFailure> {
    let mut xml = package.xml(part)?;
    while let Some(item) = xml.next()? {
        if let Item::Start(element) = item {
            return Ok(element.name().to_owned());
        }
    }
    Err(broken())
}

/// A reference of a part to another part.
pub(super) struct Reference {
    /// The `name` attribute, or an empty text.
    pub(super) name: String,
    /// The ID of the relationship.
    pub(super) relationship: String,
}

/// Returns the references of all elements of a name, such as the slides of a presentation.
pub(super) fn references<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    name: &str,
) -> Result<Vec<Reference>, ExtractionFailure> {
    let mut xml = package.xml(part)?;
    let mut found = Vec::new();
    while let Some(item) = xml.next()? {
        if let Item::Start(element) = item
            && element.name() == name
            && let Some(relationship) = element.attribute("id", true)?
        {
            found.push(Reference { name: element.attribute("name", false)?.unwrap_or_default(), relationship });
        }
    }
    Ok(found)
}
