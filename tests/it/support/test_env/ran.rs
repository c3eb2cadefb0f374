//! The result of a command, and its comparison with a snapshot.

use serde_json::Value;

/// The result of a command.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) code: Option<i32>,
    pub(super) home: String,
}

impl Ran {
    /// Returns the result. Panics if the command failed.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.code(0)
    }

    /// Returns the result. Panics if the exit code is another one.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected exit {code}:\n{}", self.text());
        self
    }

    /// Returns the result. Panics if standard error does not contain this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "expected `{text}` on stderr:\n{}", self.text());
        self
    }

    /// Returns output and exit code as one text, for snapshots.
    pub(crate) fn text(&self) -> String {
        let mut text = self.stdout.clone();
        if !self.stderr.is_empty() {
            text.push_str(&format!("--- stderr ---\n{}", self.stderr));
        }
        let code = self.code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
        format!("{text}exit {code}").replace(&self.home, "[home]")
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        asst::json::read(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}", self.text()))
    }

    /// Returns the path of the snapshot that an apply reports.
    #[track_caller]
    pub(crate) fn snapshot(&self) -> String {
        let path = self
            .stderr
            .split_once("a snapshot of the present objects is in ")
            .and_then(|(_, rest)| rest.split_once("; "));
        path.unwrap_or_else(|| panic!("no snapshot in:\n{}", self.text())).0.to_owned()
    }

    /// Returns the first column of the first line.
    pub(crate) fn id(&self) -> String {
        self.ids().into_iter().next().unwrap_or_else(|| panic!("no id in:\n{}", self.text()))
    }

    /// Returns the first column of each line.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.stdout.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    }
}

/// Patterns of values that differ between runs, with their replacements in snapshots.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    (r"\b(thread|msg|run|asst|step|call|intent|req)_[A-Za-z0-9]{12,}\b", "[$1]"),
    (r"\bfile-[A-Za-z0-9]{12,}\b", "[file]"),
    (r"\brec_[A-Za-z0-9]{16}\b", "[session]"),
    (r"127\.0\.0\.1:\d+", "[host]"),
    (r#""created_at": ?\d+"#, "\"created_at\": [time]"),
    (r"created_at: \d+", "created_at: [time]"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
    (r"url:http://[^ ,)\n]+", "[origin]"),
    (r"asst:[0-9a-f-]{36}", "[origin]"),
    (r"last checked \d+s ago", "last checked [age] ago"),
    (r"asst-spill/[0-9a-f-]+\.jsonl", "asst-spill/[spill]"),
];

/// Compares a result with an inline snapshot.
macro_rules! shows {
    ($ran:expr, @$text:literal) => {
        insta::with_settings!({ filters => $crate::support::test_env::FILTERS.to_vec() }, {
            insta::assert_snapshot!($ran.text(), @$text);
        })
    };
}
pub(crate) use shows;
