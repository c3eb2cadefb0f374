//! The type of a file, from its name and its first bytes.

use super::decode::is_text;
use super::failure::ExtractionFailure;

/// The number of bytes at the beginning of a file that [`DocumentKind::detect`] needs.
pub(super) const HEAD: usize = 8 << 10;

/// The way in which the text of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentKind {
    /// Plain text, Markdown, source code, JSON, CSV: the bytes are the text.
    Text,
    Html,
    /// A ZIP archive with a document of Word, PowerPoint or Excel. The parts of the archive determine which.
    Office,
    Pdf,
}

/// Extensions of files that have no readable text, and of those whose format is not supported.
const UNSUPPORTED: &[&str] = &[
    "7z", "aac", "avi", "bin", "bmp", "bz2", "class", "dll", "doc", "dot", "epub", "exe", "flac", "gif", "gz", "ico",
    "jar", "jpeg", "jpg", "key", "m4a", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "numbers", "odp", "ods", "odt",
    "ogg", "pages", "parquet", "pkl", "png", "pot", "pps", "ppt", "ps", "rar", "rtf", "so", "svg", "tar", "tgz", "tif",
    "tiff", "wasm", "wav", "webm", "webp", "wma", "wmv", "xls", "xlsb", "xz", "zip", "zst",
];

/// Extensions of text. Binary data under such a name makes the file invalid. Other text is accepted under any name that
/// is not in [`UNSUPPORTED`].
const SOURCES: &[&str] = &[
    "c", "cc", "conf", "cpp", "cs", "css", "csv", "go", "h", "hpp", "ini", "java", "js", "json", "jsonl", "jsx", "kt",
    "log", "lua", "markdown", "md", "mjs", "php", "pl", "py", "r", "rb", "rs", "rst", "scala", "sh", "sql", "swift",
    "tex", "text", "toml", "ts", "tsv", "tsx", "txt", "xml", "yaml", "yml",
];

/// The first bytes of a compound file: an Office document before 2007, or a newer one with a password.
const COMPOUND_FILE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

impl DocumentKind {
    /// Determines the type of a file. The extension of the name states the type, or else the declared media type.
    /// `head` has the first bytes, up to [`HEAD`]. They decide if they contradict the stated type, or if none is
    /// stated.
    ///
    /// # Errors
    /// Returns an error if the type is not supported, or the content cannot be what the name states.
    pub(super) fn detect(name: &str, media_type: Option<&str>, head: &[u8]) -> Result<Self, ExtractionFailure> {
        let extension = extension(name);
        let stated = match extension.as_deref() {
            Some("pdf") => Some(Self::Pdf),
            Some("docx" | "docm" | "dotx" | "pptx" | "pptm" | "potx" | "ppsx" | "xlsx" | "xlsm" | "xltx") => {
                Some(Self::Office)
            }
            Some("html" | "htm" | "xhtml") => Some(Self::Html),
            Some(other) if SOURCES.contains(&other) => Some(Self::Text),
            Some(other) if UNSUPPORTED.contains(&other) => return Err(unsupported(name, &extension)),
            _ => media_type.and_then(of_media_type),
        };
        if head.is_empty() {
            return Err(ExtractionFailure::invalid("The file is empty."));
        }
        let found = if head.starts_with(b"PK\x03\x04") {
            Some(Self::Office)
        } else if is_pdf(head) {
            Some(Self::Pdf)
        } else if head.starts_with(COMPOUND_FILE) {
            return match stated {
                Some(Self::Office) => Err(ExtractionFailure::invalid(
                    "The document is encrypted with a password, or has the format of an Office before 2007. Save it \
                     without a password in the current format.",
                )),
                _ => Err(unsupported(name, &extension)),
            };
        } else if is_text(head) {
            // The encoding of the rest is checked while it is read.
            let html = stated == Some(Self::Html) || stated != Some(Self::Text) && is_html(head);
            Some(if html { Self::Html } else { Self::Text })
        } else {
            None
        };
        match (found, stated) {
            (Some(found), _) => Ok(found),
            (None, Some(Self::Pdf)) => {
                Err(ExtractionFailure::invalid("Expected a PDF, but the file does not begin with `%PDF-`."))
            }
            (None, Some(Self::Office)) => {
                Err(ExtractionFailure::invalid("Expected an Office document, found no ZIP archive."))
            }
            // The decoder names the byte that is not text.
            (None, Some(stated)) => Ok(stated),
            (None, None) => Err(unsupported(name, &extension)),
        }
    }
}

/// Returns the extension of a file name in lower case.
fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => Some(extension.to_ascii_lowercase()),
        _ => None,
    }
}

/// Returns the type that a media type states, or `None` if it states nothing.
fn of_media_type(media_type: &str) -> Option<DocumentKind> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/pdf" => Some(DocumentKind::Pdf),
        "text/html" | "application/xhtml+xml" => Some(DocumentKind::Html),
        "application/json" | "application/xml" | "application/yaml" | "application/x-sh" | "application/typescript" => {
            Some(DocumentKind::Text)
        }
        other if other.starts_with("application/vnd.openxmlformats-officedocument.") => Some(DocumentKind::Office),
        other if other.starts_with("text/") => Some(DocumentKind::Text),
        _ => None,
    }
}

/// Returns `true` if the file begins like a PDF. Other bytes may precede the header of the PDF.
fn is_pdf(head: &[u8]) -> bool {
    let first = head.get(..1024).unwrap_or(head);
    first.starts_with(b"%PDF-") || !is_text(first) && first.windows(5).any(|bytes| bytes == b"%PDF-")
}

/// Returns `true` if a text begins like an HTML document.
fn is_html(head: &[u8]) -> bool {
    let text = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head).trim_ascii_start();
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    begins(b"<!doctype html") || begins(b"<html")
}

fn unsupported(name: &str, extension: &Option<String>) -> ExtractionFailure {
    let instead = match extension.as_deref() {
        Some("doc" | "dot" | "rtf" | "odt" | "pages") => "DOCX or PDF",
        Some("ppt" | "pot" | "pps" | "odp" | "key") => "PPTX or PDF",
        Some("xls" | "xlsb" | "ods" | "numbers") => "XLSX or CSV",
        _ => "text, HTML, PDF, DOCX, PPTX or XLSX",
    };
    let name: String = name.chars().take(200).collect();
    ExtractionFailure::unsupported(format!("The type of the file `{name}` is not supported. Expected {instead}."))
}
