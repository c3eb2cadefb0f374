//! The local file name of a download, derived from the name that the server suggests.

/// The maximum length of a file name in bytes on common file systems.
const MAX_BYTES: usize = 255;

/// The maximum length in bytes of an extension that is kept, including its dot. Longer text after a dot is treated as a
/// part of the name.
const MAX_EXTENSION: usize = 32;

/// Returns the last component of a name that the server suggests, so that the file is saved in the current folder.
/// Returns `id` if no valid component is left.
pub(super) fn last_component(name: &str, id: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = name.chars().filter(|c| !c.is_control() && !crate::ui::is_unsafe(*c)).collect();
    match clean.trim() {
        "" | "." | ".." => id.to_owned(),
        name => name.to_owned(),
    }
}

/// Shortens a name that is too long for a file system. Cuts at a character boundary and keeps the extension.
pub(super) fn shortened(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let extension = name.rfind('.').filter(|at| *at > 0).map_or("", |at| &name[at..]);
    let extension = if (2..=MAX_EXTENSION).contains(&extension.len()) { extension } else { "" };
    let stem = &name[..name.len() - extension.len()];
    let end = stem.floor_char_boundary(MAX_BYTES - extension.len());
    // Some file systems reject a space or a dot at the end. A zero-width joiner would combine with the next character.
    format!("{}{extension}", stem[..end].trim_end_matches([' ', '.', '\u{200d}']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_suggested_name_cannot_leave_the_folder() {
        for (name, expected) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.txt", "x.txt"),
            ("..", "file-1"),
            ("", "file-1"),
            ("a/", "file-1"),
            ("a\u{1b}[31m\nb", "a[31mb"),
        ] {
            assert_eq!(last_component(name, "file-1"), expected, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_shortened_between_two_characters_and_keeps_its_extension() {
        let long = |unit: &str, count: usize| unit.repeat(count);
        for (name, expected) in [
            (long("a", 255), long("a", 255)),
            (long("a", 251) + ".txt", long("a", 251) + ".txt"),
            (long("a", 256), long("a", 255)),
            (long("a", 300) + ".tar.gz", long("a", 252) + ".gz"),
            (long("ä", 200) + ".pdf", long("ä", 125) + ".pdf"),
            (long("€", 100) + ".x", long("€", 84) + ".x"),
            (long("a", 10) + "." + &long("b", 300), long("a", 10) + "." + &long("b", 244)),
            (".".to_owned() + &long("b", 300), ".".to_owned() + &long("b", 254)),
            (long("a", 250) + "  " + &long(".", 300), long("a", 250)),
        ] {
            assert_eq!(shortened(&name), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_fits(name in r"(\PC|\.){0,400}") {
            let short = shortened(&name);
            prop_assert!(short.len() <= MAX_BYTES);
            prop_assert!(name.len() > MAX_BYTES || short == name);
        }
    }
}
