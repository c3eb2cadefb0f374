//! placeholder
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
pub struct Server;
impl Server {
    pub async fn drain(&self, _: Duration) {}
    pub async fn stop(&self) {}
    pub fn store_id(&self) -> &str {
        "x"
    }
}
pub enum StoreAt {
    Memory,
    Folder(PathBuf),
}
pub enum ThreadListing {
    Offered,
    Refused,
}
pub enum Model {
    Echo,
}
impl std::str::FromStr for Model {
    type Err = String;
    fn from_str(_: &str) -> Result<Self, String> {
        Ok(Self::Echo)
    }
}
pub struct Settings {
    pub store: StoreAt,
    pub key: Option<secrecy::SecretString>,
    pub model: Model,
    pub run_life: Duration,
    pub threads: ThreadListing,
    pub report: Arc<dyn Fn(&str) + Send + Sync>,
}
impl Default for Settings {
    fn default() -> Self {
        Self {
            store: StoreAt::Memory,
            key: None,
            model: Model::Echo,
            run_life: Duration::ZERO,
            threads: ThreadListing::Offered,
            report: Arc::new(|_| ()),
        }
    }
}
pub fn start(_: std::net::TcpListener, _: Settings) -> anyhow::Result<Server> {
    Ok(Server)
}
pub fn store_id(_: &Path) -> anyhow::Result<Option<String>> {
    Ok(None)
}
