//! The formats that the first bytes of a file identify. A pure function of its input.

/// The first bytes of an SQLite database.
pub(super) const SQLITE: &[u8] = b"SQLite format 3\0";
/// The first bytes of gzip data, with its only compression method.
const GZIP: &[u8] = &[0x1f, 0x8b, 8];
/// The offset of the magic number of a tar archive.
const TAR_MAGIC: usize = 257;

/// A format that cannot be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsupported {
    pub(super) name: &'static str,
    /// The step that makes the content searchable.
    pub(super) hint: &'static str,
}

/// Returns `true` if the bytes begin like gzip data.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(GZIP)
}

/// Returns `true` if the bytes begin with a Zstandard frame, or with a skippable frame.
pub(super) fn is_zstd(head: &[u8]) -> bool {
    head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) || matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Returns `true` if the bytes begin like an SQLite database.
pub(super) fn is_sqlite(head: &[u8]) -> bool {
    head.starts_with(SQLITE)
}

/// Returns `true` if the first sector is the header of a tar archive.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(TAR_MAGIC..).is_some_and(|magic| magic.starts_with(b"ustar"))
}

/// Returns `true` if a file in an archive begins with bytes in which IDs cannot be found without unpacking it.
pub(super) fn is_packed(head: &[u8]) -> bool {
    is_gzip(head) || is_zstd(head) || is_sqlite(head) || unsupported(head).is_some()
}

/// Returns the format of the bytes, if it cannot be searched.
pub(super) fn unsupported(head: &[u8]) -> Option<Unsupported> {
    const EXPAND: &str = "expand it and scan its content";
    const FORMATS: &[(&[u8], &str, &str)] = &[
        (b"PK\x03\x04", "a zip archive (or an Office document)", EXPAND),
        (b"PK\x05\x06", "an empty zip archive", EXPAND),
        (b"BZh", "compressed with bzip2", EXPAND),
        (b"\xfd7zXZ\0", "compressed with xz", EXPAND),
        (b"\x5d\0\0", "compressed with lzma", EXPAND),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive", EXPAND),
        (b"Rar!\x1a\x07", "a rar archive", EXPAND),
        (b"\x04\x22\x4d\x18", "compressed with lz4", EXPAND),
        (b"\xff\x06\0\0sNaPpY", "compressed with snappy", EXPAND),
        (b"\x1f\x9d", "compressed with compress", EXPAND),
        (b"LZIP", "compressed with lzip", EXPAND),
        (b"PGDMP", "a dump of PostgreSQL in its own format", "pg_restore -f - writes it as text"),
        (b"%PDF-", "a PDF document", "convert it to text"),
        (b"PAR1", "a Parquet file", "convert it to CSV or JSON"),
        (b"Obj\x01", "an Avro file", "convert it to JSON"),
        (b"ORC", "an ORC file", "convert it to CSV or JSON"),
        (b"age-encryption.org/", "encrypted with age", "decrypt it"),
        (b"Salted__", "encrypted with openssl", "decrypt it"),
    ];
    let (magic, name, hint) = *FORMATS.iter().find(|(magic, ..)| head.starts_with(magic))?;
    // Text may begin with the same three letters.
    let is_certain = match magic {
        b"BZh" => {
            head.get(3).is_some_and(u8::is_ascii_digit) && head.get(4..).is_some_and(|rest| rest.starts_with(b"1AY&SY"))
        }
        b"ORC" => head.get(3).is_some_and(|byte| *byte < 32),
        _ => true,
    };
    is_certain.then_some(Unsupported { name, hint })
}
