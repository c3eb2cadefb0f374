//! Conversion of image files in messages to `data:` URLs, the form that models take.

use super::Engine;
use crate::api::Kind;
use crate::serve::error::Refused;
use crate::serve::model::Part;
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// The maximum size in bytes of an image, which is the limit of OpenAI's models.
const LARGEST: u64 = 20 << 20;

impl Engine {
    /// Reads the image of a file. An image that is missing or unusable becomes a [`Part::Lost`] with the reason.
    pub(super) async fn image(&self, id: &str, detail: Option<String>) -> Result<Part, Refused> {
        let lost = |why: &str| Ok(Part::Lost(format!("The image {id} {why}.")));
        if !self.store.has(Kind::File, "", id).await? {
            return lost("is no longer there");
        }
        let Some(hash) = self.store.blob(id).await? else { return lost("is no longer there") };
        let Some((mut rest, length)) = self.store.blobs.read(&hash).await? else {
            return lost("is no longer there");
        };
        if length > LARGEST {
            return lost("is larger than 20 MiB");
        }
        let mut bytes = Vec::new();
        while let Some((piece, more)) = rest.next().await? {
            bytes.extend_from_slice(&piece);
            rest = more;
        }
        match kind_of(&bytes) {
            Some(kind) => {
                let url = format!("data:image/{kind};base64,{}", BASE64_STANDARD.encode(&bytes));
                Ok(Part::Image { url, detail })
            }
            None => lost("is no PNG, JPEG, GIF or WebP"),
        }
    }
}

/// Returns the image format of `bytes` (docs/protocol/objects.md#limits-and-defaults). The name of the file may be
/// wrong.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn bytes_tell_what_sort_of_image_they_are() {
        assert_eq!(kind_of(b"\x89PNG\r\n"), Some("png"));
        assert_eq!(kind_of(b"\xff\xd8\xff\xe0"), Some("jpeg"));
        assert_eq!(kind_of(b"GIF89a"), Some("gif"));
        assert_eq!(kind_of(b"RIFF\0\0\0\0WEBPVP8 "), Some("webp"));
        assert_eq!(kind_of(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(kind_of(b""), None);
    }
}
