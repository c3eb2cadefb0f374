//! Walking a list page by page, with an end that no server can take away (docs/protocol/endpoints.md#lists-and-paging,
//! docs/protocol/servers.md#what-a-client-must-tolerate).

use super::complete::{Complete, Paged, claimed, flaw};
use super::error::ClientError;
use super::json;
use super::request::{Reply, Request};
use super::send::Client;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

/// One page of a walk.
#[derive(Debug, Default)]
pub struct Page {
    pub items: Vec<Value>,
    /// The items as the server wrote them, where the walk was asked for that.
    pub texts: Vec<String>,
    /// Why the walk ended before the server said so.
    pub warning: Option<String>,
}

/// A walk over a list.
pub struct Walk {
    request: Request,
    /// `None` leaves the size to the request as it is.
    page_size: Option<u64>,
    /// Whether the first page is all.
    whole: bool,
    left: Option<u64>,
    /// The ids that came, as hashes: a long walk may not fill the memory.
    seen: HashSet<u64>,
    done: bool,
    /// Whether the end that the server names is doubted where it can be asked for more.
    proving: bool,
    /// Whether the server has called a page the last.
    last_seen: bool,
    /// What was wrong with the list as evidence, first.
    flaw: Option<String>,
    /// The largest number of items that a page claimed for the whole list.
    claimed: Option<u64>,
    /// Whether pages carry the texts of their items.
    verbatim: bool,
    /// The page that came last, as it came.
    text: Bytes,
}

impl Walk {
    /// Begins a walk that asks for `page_size` items at a time and ends after `limit` items, if that is given.
    pub fn new(request: Request, page_size: u64, limit: Option<u64>) -> Self {
        Self { page_size: Some(page_size), left: limit, ..Self::of(request) }
    }

    /// Begins a walk with a request as it stands.
    pub fn of(request: Request) -> Self {
        Self {
            request,
            page_size: None,
            whole: false,
            left: None,
            seen: HashSet::new(),
            done: false,
            proving: false,
            last_seen: false,
            flaw: None,
            claimed: None,
            verbatim: false,
            text: Bytes::new(),
        }
    }

    /// Makes pages carry the texts of their items, too.
    #[must_use]
    pub fn verbatim(self) -> Self {
        Self { verbatim: true, ..self }
    }

    /// Makes the walk ask behind an end that may be none: a page as long as servers make pages, which calls itself the
    /// last.
    #[must_use]
    pub fn proving(self) -> Self {
        Self { proving: true, ..self }
    }

    /// Returns proof that the list came whole and well formed, or what is missing for that.
    ///
    /// # Errors
    /// Where the walk has a limit, is not over, or met a page that proves nothing.
    pub fn complete(&self) -> Result<Complete, String> {
        match &self.flaw {
            Some(flaw) => Err(flaw.clone()),
            None if !self.proving || !self.done || self.left.is_some() => Err("it was not read to its end".to_owned()),
            None if self.claimed.is_some_and(|claimed| claimed > self.seen.len() as u64) => {
                let claimed = self.claimed.unwrap_or_default();
                Err(format!("the server counts {claimed} items and sent {}", self.seen.len()))
            }
            None => Ok(Complete(())),
        }
    }

    /// Returns `true` if no page so far was wrong as evidence.
    pub fn is_sound(&self) -> bool {
        self.proving && self.flaw.is_none()
    }

    /// Tells whether the server has said that there is no more.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Begins a walk over a list that comes whole, of which `limit` items are wanted, if that is given.
    pub fn whole(request: Request, limit: Option<u64>) -> Self {
        Self { whole: true, left: limit, ..Self::of(request) }
    }

    /// Returns the request of the first page.
    pub fn first(&self) -> Request {
        self.page_request()
    }

    fn page_request(&self) -> Request {
        let mut request = self.request.clone();
        if let Some(size) = self.page_size {
            let size = self.left.map_or(size, |left| left.min(size));
            set(&mut request.query, "limit", size.to_string());
        }
        request
    }

    /// Returns the next page; `None` when the walk is over.
    pub async fn next(&mut self, client: &Client) -> Result<Option<Page>, ClientError> {
        let page = self.advance(client).await?;
        let text = std::mem::take(&mut self.text);
        Ok(page.map(|page| Page { texts: if self.verbatim { texts(&text, &page.items) } else { Vec::new() }, ..page }))
    }

    async fn advance(&mut self, client: &Client) -> Result<Option<Page>, ClientError> {
        if self.done || self.left == Some(0) {
            return Ok(None);
        }
        let reply = client.send(&self.page_request()).await?;
        self.text = reply.text.clone();
        if self.proving {
            self.doubt(flaw(&reply.value, if self.whole { Paged::No } else { Paged::Yes }));
            self.claimed = self.claimed.max(claimed(&reply.value));
        }
        let (mut items, more) = unwrapped(reply)?;
        if self.last_seen && !items.is_empty() {
            self.doubt(Some("the server said that the list ends, and had more".to_owned()));
        }
        let Some(last) = items.last() else {
            self.done = true;
            return Ok((more == Some(true)).then(|| ended("an empty page", Vec::new())));
        };
        let (cursor, again) = (json::id_of(last), self.has_come(last));
        let fresh = items.iter().filter(|item| self.is_new(item)).count();
        if fresh < items.len() {
            self.doubt(Some("an item came twice".to_owned()));
        }
        let fresh = fresh > 0;
        self.last_seen = more == Some(false);
        self.done = self.whole || (self.last_seen && !self.may_go_on(items.len()));
        let mut warning = None;
        match cursor {
            None => {
                self.done = true;
                if more == Some(true) && self.left.is_none_or(|left| left > items.len() as u64) {
                    return Ok(Some(ended("a page whose last item has no id", items)));
                }
            }
            Some(cursor) if again || !fresh => {
                self.done = true;
                if more.is_none() && !fresh {
                    return Ok(None); // It has no pages, and did not say that there is more.
                }
                warning =
                    Some(format!("the server repeats the page that ends with {cursor}: the list may be incomplete"));
                if !fresh {
                    items.clear();
                }
            }
            Some(cursor) => set(&mut self.request.query, "after", cursor),
        }
        if let Some(left) = &mut self.left {
            items.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= items.len() as u64;
        }
        Ok(Some(Page { items, warning, ..Page::default() }))
    }

    fn doubt(&mut self, flaw: Option<String>) {
        self.flaw = self.flaw.take().or(flaw);
    }

    /// Returns `true` if a page that calls itself the last is to be doubted: some servers never say that there is more
    /// (docs/protocol/servers.md#observed-deviations), and make pages as long as they were asked for, or of the
    /// protocol's usual 20.
    fn may_go_on(&self, items: usize) -> bool {
        const USUAL: u64 = 20;
        self.proving && items as u64 >= self.page_size.unwrap_or(USUAL).min(USUAL)
    }

    /// Tells whether an item came before.
    fn has_come(&self, item: &Value) -> bool {
        json::id_of(item).is_some_and(|id| self.seen.contains(&hash(&id)))
    }

    /// Notes an item, and tells whether it may be another than all that came before.
    fn is_new(&mut self, item: &Value) -> bool {
        json::id_of(item).is_none_or(|id| self.seen.insert(hash(&id)))
    }
}

/// Returns the items of a page, and whether the server says that there are more.
fn unwrapped(reply: Reply) -> Result<(Vec<Value>, Option<bool>), ClientError> {
    match reply.value {
        Value::Array(items) => return Ok((items, Some(false))),
        Value::Object(mut envelope) => {
            let more = envelope.get("has_more").and_then(Value::as_bool);
            match envelope.remove("data") {
                Some(Value::Array(items)) => return Ok((items, more)),
                // How some servers write a list of nothing.
                Some(Value::Null) => return Ok((Vec::new(), more)),
                _ => {}
            }
        }
        _ => {}
    }
    Err(ClientError::Answer { reason: "it is no list".into(), request_id: reply.request_id })
}

/// Returns the items of a page as the server wrote them. What only a lenient reader could read is written anew.
fn texts(page: &[u8], items: &[Value]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    impl<'a> crate::json::Closed<'a> for Envelope<'a> {}
    let bare = || crate::json::closed_bytes::<Vec<&RawValue>>(page);
    let raw = crate::json::closed_bytes::<Envelope<'_>>(page).map(|envelope| envelope.data).or_else(|_| bare());
    match raw {
        Ok(raw) if raw.len() >= items.len() => raw.iter().take(items.len()).map(|item| item.get().to_owned()).collect(),
        _ => items.iter().map(Value::to_string).collect(),
    }
}

/// A page after which there is no way on, although the server says that there is more.
fn ended(with: &str, items: Vec<Value>) -> Page {
    let warning = format!("the server says that there is more, after {with}: the list is incomplete");
    Page { items, warning: Some(warning), ..Page::default() }
}

fn hash(id: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn set(query: &mut Vec<(String, String)>, name: &str, value: String) {
    match query.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => query.push((name.to_owned(), value)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_the_text_that_the_server_wrote() {
        let item = r#"{"id" : "a","n":1.10000000000000000000001,"t":"\u00e9","n":2}"#;
        for page in [format!(r#"{{"object":"list","data":[{item}, 7],"x":{{}}}}"#), format!("[{item},7]")] {
            let value: Value = serde_json::from_str(&page).unwrap();
            let items = value.get("data").unwrap_or(&value).as_array().unwrap();
            assert_eq!(texts(page.as_bytes(), items), [item, "7"]);
            assert_eq!(texts(page.as_bytes(), &items[..1]), [item]);
        }
        assert_eq!(texts(b"what", &[Value::from(1)]), ["1"]);
    }
}
