//! Sending of requests. A request is checked before it is sent, its outcome is recorded, and a failure is explained.

use super::{App, Call, record::CallRecord};
use crate::client::{ApiResponse, ClientError};
use anyhow::Result;

/// A request that was sent, with its outcome and the record to complete.
pub(crate) struct SentRequest<'a> {
    call: Call,
    record: CallRecord<'a>,
    result: Result<ApiResponse, ClientError>,
}

impl App {
    /// Checks a request, sends it, records the outcome and returns the response.
    pub async fn call(&self, call: Call) -> Result<ApiResponse> {
        self.check(&call)?;
        self.record_outcome(self.send_checked(call).await).await
    }

    /// Sends a request that was already checked. The caller must pass the result to [`App::record_outcome`] or
    /// [`App::record_outcomes`] before it reports the outcome.
    pub(crate) async fn send_checked(&self, mut call: Call) -> Result<SentRequest<'_>> {
        let session = self.session().await?;
        let record = self.record(&session.origin, &mut call).await?;
        let result = session.client.send(&call.request()).await;
        Ok(SentRequest { call, record, result })
    }

    /// Records the outcome of a request and returns the response.
    pub(crate) async fn record_outcome(&self, sent: Result<SentRequest<'_>>) -> Result<ApiResponse> {
        let SentRequest { call, record, result } = sent?;
        match result {
            Ok(reply) => {
                record.done(&call, &reply).await;
                Ok(reply)
            }
            Err(error) => {
                record.failed(&call, &error).await;
                Err(self.explain(&call, error).await.into())
            }
        }
    }

    /// Records the outcomes of several requests and returns the responses in the same order. The entries of successful
    /// requests that create nothing are written to the ledger together.
    pub(crate) async fn record_outcomes(&self, sent: Vec<Result<SentRequest<'_>>>) -> Vec<Result<ApiResponse>> {
        let (mut replies, mut entries, mut context) = (Vec::with_capacity(sent.len()), Vec::new(), None);
        for request in sent {
            replies.push(match request {
                Ok(SentRequest { call, record, result: Ok(reply) }) => {
                    context = Some(record.context);
                    match record.into_entries(&call, &reply) {
                        Ok(own_entries) => entries.extend(own_entries),
                        Err(record) => record.done(&call, &reply).await,
                    }
                    Ok(reply)
                }
                other => self.record_outcome(other).await,
            });
        }
        if let Some(context) = context.filter(|_| !entries.is_empty()) {
            context.write_or_warn(entries, &[]).await;
        }
        replies
    }
}
