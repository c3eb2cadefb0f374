//! Digests of canonical forms, and the marker in the metadata of an object (docs/manifest.md#marker).

use crate::env::random;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The version of the canonical form. Digests of different versions cannot be compared.
const VERSION: &str = "1";

/// The number of characters of a digest: 132 bits.
const LENGTH: usize = 22;

/// The number of characters of a birth mark.
const BIRTH_LENGTH: usize = 8;

/// Returns the digest of a canonical form.
pub fn digest(form: &Map<String, Value>) -> String {
    let text = serde_json::to_string(form).unwrap_or_default(); // Serialisation of a JSON map does not fail.
    let mut digest = URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()));
    digest.truncate(LENGTH);
    digest
}

/// The text that replaces a digest while an apply changes the contents of an object. It has the length of a digest.
const UNFINISHED: &str = "interrupted-or-running";

/// The separator before the birth mark.
const BIRTH: char = '#';

/// The end of the marker of an object that no command may delete.
const PROTECTED: &str = "!";

/// The marker in the metadata of an object: the digests of its last write, and a random birth mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// The digest of the canonical form in the manifest.
    pub wanted: String,
    /// The digest of the canonical form that the backend stored. Differs from `wanted` if the backend changed a member.
    pub kept: String,
    /// A random text of the request that created the object. A copy of the object has the same text. Objects
    /// that asst created by different requests have different texts.
    pub birth: String,
    /// `true` if the last write protected the object from deletion.
    pub is_protected: bool,
}

impl Marker {
    /// Returns the marker of a new object.
    pub fn new(wanted: &Map<String, Value>) -> Self {
        let wanted = digest(wanted);
        Self { kept: wanted.clone(), wanted, birth: random::alphanumeric(BIRTH_LENGTH), is_protected: false }
    }

    /// Returns the marker for the time in which the contents of the object are being changed.
    #[must_use]
    pub fn unfinished(self) -> Self {
        Self { kept: UNFINISHED.to_owned(), ..self }
    }

    /// Returns `true` if an apply has not finished the change of the object's contents.
    pub fn is_unfinished(&self) -> bool {
        self.kept == UNFINISHED
    }

    /// Reads a marker. Returns `None` if it has another version or form.
    pub fn read(text: &str) -> Option<Self> {
        let (digests, birth) = text.split_once(BIRTH)?;
        let (birth, is_protected) = birth.strip_suffix(PROTECTED).map_or((birth, false), |birth| (birth, true));
        let mut parts = digests.split(':');
        let (version, wanted) = (parts.next()?, parts.next()?);
        let kept = parts.next().unwrap_or(wanted);
        let valid = |digest: &str| digest.len() == LENGTH;
        let is_known =
            version == VERSION && parts.next().is_none() && valid(wanted) && valid(kept) && !birth.is_empty();
        is_known.then(|| Self {
            wanted: wanted.to_owned(),
            kept: kept.to_owned(),
            birth: birth.to_owned(),
            is_protected,
        })
    }

    /// Returns the text of the marker.
    pub fn text(&self) -> String {
        let Self { wanted, kept, birth, is_protected } = self;
        let kept = if wanted == kept { String::new() } else { format!(":{kept}") };
        let protected = if *is_protected { PROTECTED } else { "" };
        format!("{VERSION}:{wanted}{kept}{BIRTH}{birth}{protected}")
    }
}
