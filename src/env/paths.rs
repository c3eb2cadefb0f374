//! The locations of files in the XDG folders. macOS uses the same folders, as is usual for command-line tools.

use std::path::{Path, PathBuf};

use super::vars::{self, Lookup};

/// The folders of the current user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    home: PathBuf,
    config: PathBuf,
    state: PathBuf,
    cache: PathBuf,
    runtime: Option<PathBuf>,
    spill: Option<PathBuf>,
    temp: PathBuf,
}

/// The home directory cannot be found.
#[derive(Debug, thiserror::Error)]
#[error("the home directory cannot be found; set HOME")]
pub struct NoHome;

impl Paths {
    /// Finds the folders from the environment of this process.
    ///
    /// # Errors
    /// Returns an error if `HOME` is not set and the user database has no entry.
    pub fn discover() -> Result<Self, NoHome> {
        let home = etcetera::home_dir().map_err(|_| NoHome)?;
        Ok(Self::new(home, &vars::get))
    }

    /// Derives the folders from `home` and the variables in `env`.
    pub fn new(home: PathBuf, env: Lookup<'_>) -> Self {
        // The XDG specification requires that relative paths are ignored.
        let absolute = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let or_home = |name: &str, rest: &str| absolute(name).unwrap_or_else(|| home.join(rest)).join("asst");
        Self {
            config: or_home(vars::XDG_CONFIG_HOME, ".config"),
            state: or_home(vars::XDG_STATE_HOME, ".local/state"),
            cache: or_home(vars::XDG_CACHE_HOME, ".cache"),
            runtime: absolute(vars::XDG_RUNTIME_DIR),
            spill: env(vars::ASST_SPILL_DIR).map(PathBuf::from),
            temp: absolute(vars::TMPDIR).unwrap_or_else(|| PathBuf::from("/tmp")),
            home,
        }
    }

    /// Returns the home directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the path of the configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// Returns the folder for durable data: the ledger and the local store.
    pub fn state_dir(&self) -> &Path {
        &self.state
    }

    /// Returns the default path of the ledger.
    pub fn ledger(&self) -> PathBuf {
        self.state.join("ledger.db")
    }

    /// Returns the folder of the embedded server's store (`--local`).
    pub fn local_store_dir(&self) -> PathBuf {
        self.state.join("local")
    }

    /// Returns the folder of cached tokens.
    pub fn token_dir(&self) -> PathBuf {
        self.cache.join("tokens")
    }

    /// Returns the folders for spill files, in order of preference.
    pub fn spill_dirs(&self, ledger_folder: Option<&Path>) -> Vec<PathBuf> {
        let mut dirs: Vec<PathBuf> = Vec::new();
        let candidates = [self.spill.as_deref(), ledger_folder, self.runtime.as_deref(), Some(&self.temp)];
        for dir in candidates.into_iter().flatten() {
            if !dirs.iter().any(|known| known == dir) {
                dirs.push(dir.to_path_buf());
            }
        }
        dirs
    }
    /// Returns further folders that may contain spill files of this user. They were written by processes with another
    /// environment: without `TMPDIR`, as a service, or with another ledger.
    pub fn spill_search_dirs(&self) -> Vec<PathBuf> {
        let mut dirs = vec![self.state.clone()];
        #[cfg(unix)]
        {
            dirs.push(PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw())));
            dirs.extend(["/tmp", "/var/tmp"].map(PathBuf::from));
        }
        dirs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_the_variables_and_fall_back_to_home() {
        let env = |name: &str| match name {
            "XDG_STATE_HOME" => Some("/state".to_owned()),
            "XDG_CACHE_HOME" => Some("relative/is/ignored".to_owned()),
            "XDG_RUNTIME_DIR" => Some("/run/user/1".to_owned()),
            _ => None,
        };
        let paths = Paths::new(PathBuf::from("/home/ada"), &env);
        assert_eq!(paths.config_file(), Path::new("/home/ada/.config/asst/config.toml"));
        assert_eq!(paths.ledger(), Path::new("/state/asst/ledger.db"));
        assert_eq!(paths.token_dir(), Path::new("/home/ada/.cache/asst/tokens"));
        let spills = paths.spill_dirs(Some(Path::new("/state/asst")));
        assert_eq!(spills, ["/state/asst", "/run/user/1", "/tmp"].map(PathBuf::from));
    }

    #[test]
    fn the_named_spill_folder_comes_first_and_none_comes_twice() {
        let env = |name: &str| (name == "ASST_SPILL_DIR").then(|| "/tmp".to_owned());
        let paths = Paths::new(PathBuf::from("/home/ada"), &env);
        assert_eq!(paths.spill_dirs(Some(Path::new("/l"))), ["/tmp", "/l"].map(PathBuf::from));
    }
}
