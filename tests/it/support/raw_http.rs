//! Requests that the program itself would not send, and responses that are read while they arrive.

use super::tcp_server::{read_chunk, read_chunks, read_head};
use super::test_env::PATIENCE;
use serde_json::Value;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;

/// Returns the host and the port of a URL.
pub(crate) fn host(url: &str) -> &str {
    url.trim_start_matches("http://").split('/').next().unwrap_or_default()
}

/// Opens a connection, and sends these lines as a head, with a body after it.
pub(crate) fn send(host: &str, head: &str, body: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let lines: Vec<&str> = head.lines().collect();
    stream.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes())?;
    stream.write_all(body)?;
    Ok(stream)
}

/// Sends a request of the protocol. The path starts below the base URL.
pub(crate) fn request(base: &str, method: &str, path: &str, body: Option<&Value>) -> Result<RawResponse> {
    let host = host(base);
    let prefix = base.trim_start_matches("http://").trim_start_matches(host);
    let body = body.map(Value::to_string).unwrap_or_default();
    let content_type = if body.is_empty() { "" } else { "\ncontent-type: application/json" };
    let head = format!(
        "{method} {prefix}{path} HTTP/1.1\nhost: {host}\nopenai-beta: assistants=v2{content_type}\n\
         content-length: {}\nconnection: close",
        body.len()
    );
    RawResponse::read(send(host, &head, body.as_bytes())?)
}

/// Sends a request of the protocol, and returns the status and the whole body of the response.
pub(crate) fn call(base: &str, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Vec<u8>)> {
    let mut response = request(base, method, path, body)?;
    Ok((response.status, response.body()?))
}

/// A response whose head was read.
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) reader: BufReader<TcpStream>,
}

impl RawResponse {
    pub(crate) fn read(stream: TcpStream) -> Result<Self> {
        let mut reader = BufReader::new(stream);
        let head = read_head(&mut reader)?.ok_or_else(cut)?;
        let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
        Ok(Self { status, head, reader })
    }

    /// Returns the names and the values of the headers.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(": "))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Reads the body to its end. A body that is cut is an error.
    pub(crate) fn body(&mut self) -> Result<Vec<u8>> {
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return read_chunks(&mut self.reader).ok_or_else(cut);
        }
        let length = self.header("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        match length {
            Some(_) => self.reader.read_exact(&mut body)?,
            None => drop(self.reader.read_to_end(&mut body)?),
        }
        Ok(body)
    }

    /// Reads the body to its end, as JSON.
    #[track_caller]
    pub(crate) fn json(mut self) -> Value {
        asst::json::read(self.body().unwrap()).unwrap()
    }

    /// Reads the next chunk of a chunked body. The last one is empty. Returns `None` if the connection ends.
    pub(crate) fn chunk(&mut self) -> Option<Vec<u8>> {
        read_chunk(&mut self.reader)
    }
}

fn cut() -> Error {
    Error::from(ErrorKind::UnexpectedEof)
}
