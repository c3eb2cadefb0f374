//! Edits the text of `config.toml` and keeps everything else that the user wrote, including comments and order.
//!
//! It works on text only and must not access the file system; `save` writes the file.

use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::ConfigError;

/// The value of one key of a profile.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    Text(String),
    Whole(i64),
    Switch(bool),
    /// An inline table.
    Pairs(Vec<(String, String)>),
}

impl From<&Setting> for Value {
    fn from(setting: &Setting) -> Self {
        match setting {
            Setting::Text(text) => text.as_str().into(),
            Setting::Whole(number) => (*number).into(),
            Setting::Switch(on) => (*on).into(),
            Setting::Pairs(pairs) => pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        }
    }
}

/// The choice whether a new profile becomes the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MakeDefault {
    No,
    Yes,
}

/// The configuration file as an editable document.
pub(super) struct Edit {
    document: DocumentMut,
}

impl Edit {
    /// Parses the text of a file that [`super::ConfigFile`] was able to read. `path` is used in errors.
    pub(super) fn of(path: &Path, text: &str) -> Result<Self, ConfigError> {
        // The error of the parser is dropped: it quotes the line, which may contain a key.
        let document = text.parse().map_err(|_| ConfigError::usage(format!("{} cannot be changed", path.display())))?;
        Ok(Self { document })
    }

    /// Replaces the profile with this name, or adds it after the others.
    pub(super) fn put(
        &mut self,
        path: &Path,
        name: &str,
        settings: &[(&'static str, Setting)],
    ) -> Result<(), ConfigError> {
        let no_table = || ConfigError::usage(format!("{}: expected `profiles` to be a table", path.display()));
        // A comment at the end of the file belongs to the table before it. It must be moved in front of a new table, or
        // it would end up below that table.
        let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
        let known = self.document.get("profiles").and_then(|profiles| profiles.get(name)).is_some();
        let profiles = self.document.entry("profiles").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let inline = profiles.is_inline_table();
        let profiles = profiles.as_table_like_mut().ok_or_else(no_table)?;
        if profiles.get(name).is_none_or(|item| item.as_table_like().is_none()) {
            let empty = if inline { Item::Value(InlineTable::new().into()) } else { Item::Table(Table::new()) };
            profiles.insert(name, empty);
        }
        let profile = profiles.get_mut(name).and_then(Item::as_table_like_mut).ok_or_else(no_table)?;
        rewrite(profile, settings);
        let table = profiles.get_mut(name).and_then(Item::as_table_mut).filter(|_| !known && !trailing.is_empty());
        if let Some(table) = table {
            table.decor_mut().set_prefix(format!("{trailing}\n"));
            self.document.set_trailing("");
        }
        Ok(())
    }

    /// Sets the profile that is used when no other is chosen.
    pub(super) fn set_default(&mut self, name: &str) {
        let root = self.document.as_table_mut();
        if root.get("default_profile").is_none() {
            // The first table needs a blank line between itself and the new first line.
            let first = root.iter_mut().find_map(|(_, item)| first_table(item));
            if let Some(table) = first {
                let before = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
                if !before.starts_with('\n') {
                    table.decor_mut().set_prefix(format!("\n{before}"));
                }
            }
        }
        let alone = root.is_empty();
        set(root, "default_profile", name.into());
        if alone {
            let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
            if let Some(mut key) = self.document.as_table_mut().key_mut("default_profile") {
                key.leaf_decor_mut().set_prefix(trailing);
            }
            self.document.set_trailing("");
        }
    }

    /// Returns the text of the whole file.
    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }
}

/// Returns the table in `item` that comes first in the file, or `None` if it contains none.
fn first_table(item: &mut Item) -> Option<&mut Table> {
    let table = item.as_table_mut()?;
    if table.is_implicit() { table.iter_mut().find_map(|(_, item)| first_table(item)) } else { Some(table) }
}

/// Makes `settings` the content of a profile. Keys that exist already keep their position.
fn rewrite(profile: &mut dyn TableLike, settings: &[(&'static str, Setting)]) {
    let stale: Vec<String> = profile
        .iter()
        .map(|(key, _)| key.to_owned())
        .filter(|key| !settings.iter().any(|(kept, _)| kept == key))
        .collect();
    for key in stale {
        profile.remove(&key);
    }
    for (key, setting) in settings {
        set(profile, key, setting.into());
    }
}

/// Sets a value. A comment after the replaced value is kept.
fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// Returns the text of a profile as it would be written to the file.
pub(super) fn profile_text(
    name: &str,
    settings: &[(&'static str, Setting)],
    make_default: MakeDefault,
) -> Result<String, ConfigError> {
    let mut edit = Edit { document: DocumentMut::new() };
    edit.put(Path::new("config.toml"), name, settings)?;
    if make_default == MakeDefault::Yes {
        edit.set_default(name);
    }
    Ok(edit.text())
}

/// Returns the line that sets the default profile as it would be written to the file.
pub(super) fn default_profile_text(name: &str) -> String {
    let mut edit = Edit { document: DocumentMut::new() };
    edit.set_default(name);
    edit.text()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn edited(text: &str, change: impl Fn(&mut Edit)) -> String {
        let mut edit = Edit::of(Path::new("config.toml"), text).unwrap();
        change(&mut edit);
        edit.text()
    }

    fn text(value: &str) -> Setting {
        Setting::Text(value.to_owned())
    }

    #[test]
    fn comments_and_order_are_kept() {
        let before = "# mine\n[profiles.b] # second\nbackend = 'openai' # why\n\n# first\n[profiles.a]\nretries = 1\n";
        let after = edited(before, |edit| {
            edit.put(Path::new(""), "c d", &[("backend", text("foundry")), ("retries", Setting::Whole(2))]).unwrap();
            edit.set_default("a");
        });
        assert_eq!(
            after,
            format!("default_profile = \"a\"\n\n{before}\n[profiles.\"c d\"]\nbackend = \"foundry\"\nretries = 2\n")
        );
    }

    #[test]
    fn an_overwritten_profile_keeps_no_old_key() {
        let before = "default_profile = 'x' # now\n\n# the old one\n[profiles.a] # here\nbackend = 'openai' # why\napi_key = 'sk'\n[profiles.b]\n";
        let after = edited(before, |edit| {
            edit.put(Path::new(""), "a", &[("backend", text("foundry")), ("beta", Setting::Switch(false))]).unwrap();
            edit.set_default("a");
        });
        assert_eq!(
            after,
            "default_profile = \"a\" # now\n\n# the old one\n[profiles.a] # here\nbackend = \"foundry\" # why\nbeta = false\n[profiles.b]\n"
        );
    }

    #[test]
    fn a_comment_at_the_end_keeps_its_place() {
        let put = |edit: &mut Edit| edit.put(Path::new(""), "b", &[("retries", Setting::Whole(1))]).unwrap();
        let before = "[profiles.a]\nretries = 2\n# rate = 5\n";
        assert_eq!(edited(before, put), format!("{before}\n[profiles.b]\nretries = 1\n"));
        assert_eq!(edited("# mine\n", put), "# mine\n\n[profiles.b]\nretries = 1\n");
        assert_eq!(edited("# mine\n", |edit| edit.set_default("local")), "# mine\ndefault_profile = \"local\"\n");
    }

    #[test]
    fn inline_tables_stay_inline() {
        let put = |edit: &mut Edit| edit.put(Path::new(""), "b", &[("retries", Setting::Whole(1))]).unwrap();
        assert_eq!(edited("profiles = {a = {}}\n", put), "profiles = {a = {}, b = { retries = 1 } }\n");
        assert_eq!(edited("profiles.a.retries = 2\n", put), "profiles.a.retries = 2\n\n[profiles.b]\nretries = 1\n");
        assert_eq!(edited("", put), "[profiles.b]\nretries = 1\n");
    }
}
