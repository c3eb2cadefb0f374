//! The address of a PostgreSQL server: its URL, password and encryption.

use crate::db::DbError;
use rustls::ClientConfig;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A function that returns the TLS configuration with the trusted root certificates. The file adds authorities to the
/// system's.
pub type TlsRoots = Arc<dyn Fn(Option<PathBuf>) -> Result<ClientConfig, String> + Send + Sync>;

/// A database on a server. Neither its `Display` nor its `Debug` output contains the password.
#[derive(Clone)]
pub struct PostgresUrl {
    config: Config,
    shown: String,
    /// `true` if the connection uses TLS and verifies the certificate of the server.
    pub(super) encrypted: bool,
    authorities: Option<PathBuf>,
    roots: TlsRoots,
    /// The schema that holds the tables, or `None` for the server's default.
    pub(super) schema: Option<&'static str>,
}

/// An invalid database URL. The message never repeats the URL, which may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidPostgresUrl(pub String);

impl PostgresUrl {
    /// Returns `true` if `text` is a PostgreSQL URL.
    pub fn is_url(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Parses `postgres://USER@HOST:PORT/DATABASE?…`.
    ///
    /// By default, connections are encrypted unless the host is a loopback address or a socket. `sslmode` overrides
    /// this. An encrypted connection always verifies the certificate of the server.
    ///
    /// # Errors
    /// Returns an error if `url` is not a valid database URL.
    pub fn parse(url: &str, roots: TlsRoots) -> Result<Self, InvalidPostgresUrl> {
        let (plain, mode, authorities) = split_tls_parameters(url);
        let mut config: Config = plain.parse().map_err(|error: tokio_postgres::Error| invalid(&error))?;
        let is_remote = config.get_hosts().iter().any(|host| match host {
            Host::Tcp(name) => !is_loopback(name),
            #[cfg(unix)]
            Host::Unix(_) => false,
        });
        let encrypted = match mode.as_deref() {
            None | Some("prefer" | "allow") => is_remote,
            Some("disable") => false,
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(_) => {
                return Err(InvalidPostgresUrl(
                    "expected sslmode of the database URL to be disable, prefer, require or verify-full".into(),
                ));
            }
        };
        config.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        config.application_name("asst");
        let shown = shown(&config);
        Ok(Self { config, shown, encrypted, authorities, roots, schema: None })
    }

    /// Puts the tables into the given schema, which is created if it is missing. The ledger and the store of the server
    /// can thus share one database.
    #[must_use]
    pub fn with_schema(self, schema: &'static str) -> Self {
        Self { schema: Some(schema), ..self }
    }

    /// Returns `true` if the URL contains a password.
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// Sets the password if the URL has none. `find` receives the host, the port, the database and the user.
    #[must_use]
    pub fn with_password(mut self, find: impl FnOnce(&str, u16, &str, &str) -> Option<String>) -> Self {
        if !self.has_password() {
            let (host, port) = first(&self.config);
            let user = self.config.get_user().unwrap_or_default().to_owned();
            let database = self.config.get_dbname().unwrap_or(&user).to_owned();
            if let Some(password) = find(&host, port, &database, &user) {
                self.config.password(password);
            }
        }
        self
    }

    pub(super) async fn connect(&self, patience: Duration) -> Result<Client, DbError> {
        if self.config.get_hosts().is_empty() && self.config.get_hostaddrs().is_empty() {
            return Err(DbError::Unreachable("the database URL contains no host".into()));
        }
        let mut config = self.config.clone();
        config.connect_timeout(patience).tcp_user_timeout(patience * 5);
        if self.encrypted {
            let tls = (self.roots)(self.authorities.clone()).map_err(DbError::CannotOpen)?;
            let (client, connection) = config.connect(MakeRustlsConnect::new(tls)).await?;
            tokio::task::spawn_local(connection); // Its error also reaches every caller, as a closed connection.
            Ok(client)
        } else {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::task::spawn_local(connection);
            Ok(client)
        }
    }
}

/// Formats the address as `postgres://host:port/database`.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PostgresUrl({})", self.shown)
    }
}

fn invalid(error: &tokio_postgres::Error) -> InvalidPostgresUrl {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    InvalidPostgresUrl(format!("the database URL cannot be used: {why}"))
}

fn first(config: &Config) -> (String, u16) {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(_)) => "localhost".to_owned(),
        None => String::new(),
    };
    (host, config.get_ports().first().copied().unwrap_or(5432))
}

fn shown(config: &Config) -> String {
    let (host, port) = first(config);
    let port = if port == 5432 { String::new() } else { format!(":{port}") };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("postgres://{host}{port}/{database}")
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Splits off the parameters that the parser of `tokio_postgres` does not support: `sslmode` and `sslrootcert`, with
/// the names that libpq uses.
fn split_tls_parameters(url: &str) -> (String, Option<String>, Option<PathBuf>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None, None) };
    let (mut mode, mut authorities, mut rest) = (None, None, Vec::new());
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => {
                let path = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                authorities = Some(PathBuf::from(path));
            }
            _ => rest.push(pair),
        }
    }
    let rest = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    (format!("{base}{rest}"), mode, authorities)
}
