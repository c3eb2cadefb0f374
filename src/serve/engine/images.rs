//! Conversion of image files in messages to `data:` URLs, which model endpoints accept.

use super::Engine;
use crate::api::Kind;
use crate::serve::error::ErrorResponse;
use crate::serve::model::MessagePart;
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// The maximum size in bytes of an image, which is the limit of OpenAI's models.
const MAX_BYTES: u64 = 20 << 20;

impl Engine {
    /// Reads an image file and returns it as a `data:` URL. If it is missing or unusable, returns a
    /// [`MessagePart::Unavailable`] with the reason.
    pub(super) async fn image(&self, id: &str, detail: Option<String>) -> Result<MessagePart, ErrorResponse> {
        let unavailable = |why: &str| Ok(MessagePart::Unavailable(format!("The image {id} {why}.")));
        if !self.store.has(Kind::File, "", id).await? {
            return unavailable("no longer exists");
        }
        let Some(hash) = self.store.blob(id).await? else { return unavailable("no longer exists") };
        let Some((mut contents, length)) = self.store.blobs.read(&hash).await? else {
            return unavailable("no longer exists");
        };
        if length > MAX_BYTES {
            return unavailable("is larger than 20 MiB");
        }
        let mut bytes = Vec::new();
        while let Some((chunk, rest)) = contents.next().await? {
            bytes.extend_from_slice(&chunk);
            contents = rest;
        }
        match format_of(&bytes) {
            Some(format) => {
                let url = format!("data:image/{format};base64,{}", BASE64_STANDARD.encode(&bytes));
                Ok(MessagePart::Image { url, detail })
            }
            None => unavailable("is not a PNG, JPEG, GIF, or WebP file"),
        }
    }
}

/// Detects the image format from the first bytes, because the name of the file may be wrong
/// (docs/protocol/objects.md#limits-and-defaults).
fn format_of(bytes: &[u8]) -> Option<&'static str> {
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
    use super::format_of;

    #[test]
    fn the_format_of_an_image_is_read_from_its_bytes() {
        assert_eq!(format_of(b"\x89PNG\r\n"), Some("png"));
        assert_eq!(format_of(b"\xff\xd8\xff\xe0"), Some("jpeg"));
        assert_eq!(format_of(b"GIF89a"), Some("gif"));
        assert_eq!(format_of(b"RIFF\0\0\0\0WEBPVP8 "), Some("webp"));
        assert_eq!(format_of(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(format_of(b""), None);
    }
}
