//! Reading a list page by page. Every such walk over the pages ends, even if the server misbehaves
//! (docs/protocol/endpoints.md#lists-and-paging, docs/protocol/servers.md#what-a-client-must-tolerate).

use super::complete::{Complete, PageForm, claimed_count, flaw, response_flaw};
use super::error::ClientError;
use super::json;
use super::request::{ApiResponse, Request};
use super::send::Client;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

/// One page of a list.
#[derive(Debug, Default)]
pub struct Page {
    pub items: Vec<Value>,
    /// The items as the server wrote them, if `verbatim` is set.
    pub texts: Vec<String>,
    /// The reason why the list may be incomplete: the walk ended before the server marked the end.
    pub incomplete: Option<String>,
}

/// A walk over the pages of a list.
pub struct Paginator {
    request: Request,
    /// The size of a page. `None` leaves the query of the request unchanged.
    page_size: Option<u64>,
    /// `true` if the server sends the list in one page.
    whole: bool,
    /// The number of items that may still be returned, or `None` without a limit.
    left: Option<u64>,
    /// The IDs that were received, as hashes, to limit the memory of a long walk.
    seen: HashSet<u64>,
    done: bool,
    /// `true` if the walk collects the evidence for [`Paginator::proof_of_completeness`]. It may then send one more
    /// request after the last page, to verify the end of the list.
    proving: bool,
    /// `true` if the server marked a page as the last one.
    last_seen: bool,
    /// The first defect that makes the list invalid as evidence.
    flaw: Option<String>,
    /// The largest number of items that a page claimed for the whole list.
    claimed: Option<u64>,
    /// `true` if pages contain the texts of their items.
    verbatim: bool,
    /// The body of the most recent page.
    text: Bytes,
}

impl Paginator {
    /// Creates a walk with pages of `page_size` items, which ends after `limit` items, if a limit is given.
    pub fn new(request: Request, page_size: u64, limit: Option<u64>) -> Self {
        Self { page_size: Some(page_size), left: limit, ..Self::unchanged(request) }
    }

    /// Creates a walk that sends the request unchanged.
    pub fn unchanged(request: Request) -> Self {
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

    /// Includes the original text of each item in the pages.
    #[must_use]
    pub fn with_texts(self) -> Self {
        Self { verbatim: true, ..self }
    }

    /// Verifies the end of the list by another request, if the last page has at least the size of a typical full page.
    #[must_use]
    pub fn with_proof(self) -> Self {
        Self { proving: true, ..self }
    }

    /// Returns the proof that the list is complete and well formed, or the reason why there is no proof.
    ///
    /// # Errors
    /// Returns an error if the walk has a limit, has not ended, or has met a defective page.
    pub fn proof_of_completeness(&self) -> Result<Complete, String> {
        match &self.flaw {
            Some(flaw) => Err(flaw.clone()),
            None if !self.proving || !self.done || self.left.is_some() => {
                Err("the list was not read to its end".to_owned())
            }
            None if self.claimed.is_some_and(|claimed| claimed > self.seen.len() as u64) => {
                let claimed = self.claimed.unwrap_or_default();
                Err(format!("the server reports {claimed} items, but sent {}", self.seen.len()))
            }
            None => Ok(Complete(())),
        }
    }

    /// Returns `true` if the walk collects evidence that the list is complete.
    pub fn is_proving(&self) -> bool {
        self.proving
    }

    /// Returns `true` if no page so far is invalid as evidence.
    pub fn is_well_formed(&self) -> bool {
        self.proving && self.flaw.is_none()
    }

    /// Returns `true` if the walk has ended.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Creates a walk over a list that comes as one page. It returns at most `limit` items, if a limit is given.
    pub fn single_page(request: Request, limit: Option<u64>) -> Self {
        Self { whole: true, left: limit, ..Self::unchanged(request) }
    }

    /// Returns the request for the first page.
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

    /// Returns the next page, or `None` when the walk has ended.
    pub async fn next(&mut self, client: &Client) -> Result<Option<Page>, ClientError> {
        let page = self.advance(client).await?;
        let text = std::mem::take(&mut self.text);
        Ok(page.map(|page| Page { texts: if self.verbatim { texts(&text, &page.items) } else { Vec::new() }, ..page }))
    }

    async fn advance(&mut self, client: &Client) -> Result<Option<Page>, ClientError> {
        if self.done || self.left == Some(0) {
            return Ok(None);
        }
        let response = client.send(&self.page_request()).await?;
        self.text = response.text.clone();
        if self.proving {
            self.note_flaw(response_flaw(&response));
            self.note_flaw(flaw(&response.value, if self.whole { PageForm::No } else { PageForm::Yes }));
            self.claimed = self.claimed.max(claimed_count(&response.value));
        }
        let (mut items, more) = items_of(response)?;
        if self.last_seen && !items.is_empty() {
            self.note_flaw(Some("the server sent more items after the page that it marked as the last one".to_owned()));
        }
        let Some(last) = items.last() else {
            self.done = true;
            return Ok((more == Some(true)).then(|| incomplete_page("an empty page", Vec::new())));
        };
        let (cursor, again) = (json::id_of(last), self.was_received(last));
        let fresh = items.iter().filter(|item| self.is_new(item)).count();
        if fresh < items.len() {
            self.note_flaw(Some("an item was sent twice".to_owned()));
        }
        let fresh = fresh > 0;
        self.last_seen = more == Some(false);
        self.done = self.whole || (self.last_seen && !self.may_continue(items.len()));
        let mut incomplete = None;
        match cursor {
            None => {
                self.done = true;
                if more == Some(true) && self.left.is_none_or(|left| left > items.len() as u64) {
                    return Ok(Some(incomplete_page("a page whose last item has no ID", items)));
                }
            }
            Some(cursor) if again || !fresh => {
                self.done = true;
                if more.is_none() && !fresh {
                    return Ok(None); // The server ignores cursors, and did not announce more items.
                }
                incomplete =
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
            // No more items were requested, so none is missing.
            incomplete = incomplete.filter(|_| *left > 0);
        }
        Ok(Some(Page { items, incomplete, ..Page::default() }))
    }

    fn note_flaw(&mut self, flaw: Option<String>) {
        self.flaw = self.flaw.take().or(flaw);
    }

    /// Returns `true` if another page may follow the one that is marked as the last. Some servers mark every page as
    /// the last (docs/protocol/servers.md#observed-deviations). Their full pages have the requested size or the
    /// protocol's default of 20 items.
    fn may_continue(&self, items: usize) -> bool {
        const DEFAULT_SIZE: u64 = 20;
        self.proving && items as u64 >= self.page_size.unwrap_or(DEFAULT_SIZE).min(DEFAULT_SIZE)
    }

    /// Returns `true` if an item with the same ID was received before.
    fn was_received(&self, item: &Value) -> bool {
        json::id_of(item).is_some_and(|id| self.seen.contains(&hash(&id)))
    }

    /// Stores the ID of an item. Returns `true` if the ID is new, or if the item has none.
    fn is_new(&mut self, item: &Value) -> bool {
        json::id_of(item).is_none_or(|id| self.seen.insert(hash(&id)))
    }
}

/// Returns the items of a page, and the value of `has_more`.
fn items_of(response: ApiResponse) -> Result<(Vec<Value>, Option<bool>), ClientError> {
    match response.value {
        Value::Array(items) => return Ok((items, Some(false))),
        Value::Object(mut envelope) => {
            let more = envelope.get("has_more").and_then(Value::as_bool);
            match envelope.remove("data") {
                Some(Value::Array(items)) => return Ok((items, more)),
                // Some servers represent an empty list as null.
                Some(Value::Null) => return Ok((Vec::new(), more)),
                _ => {}
            }
        }
        _ => {}
    }
    Err(ClientError::InvalidResponse { reason: "it is not a list".into(), request_id: response.request_id })
}

/// Returns the items of a page as the server wrote them. Items that only the lenient reader accepts are serialized
/// again.
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

/// Returns the last page of an incomplete list. `with` describes the page.
fn incomplete_page(with: &str, items: Vec<Value>) -> Page {
    let reason =
        format!("the server announced more items after {with}, but they cannot be requested: the list is incomplete");
    Page { items, incomplete: Some(reason), ..Page::default() }
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
            assert_eq!(texts(page.as_bytes(), items), [item, "7"], "{page}");
            assert_eq!(texts(page.as_bytes(), &items[..1]), [item], "{page}");
        }
        assert_eq!(texts(b"what", &[Value::from(1)]), ["1"]);
    }
}
