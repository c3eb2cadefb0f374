//! Sends requests: checked before they are sent, recorded when they are sent, and explained if they fail.

use super::{App, Call, record::Record};
use crate::client::{ApiResponse, ClientError};
use anyhow::Result;

/// A request that was sent, with its outcome and the record to complete.
pub(crate) struct SentRequest<'a> {
    call: Call,
    record: Record<'a>,
    answer: Result<ApiResponse, ClientError>,
}

impl App {
    /// Checks a request, sends it, records the outcome and returns the response.
    pub async fn call(&self, call: Call) -> Result<ApiResponse> {
        self.check(&call)?;
        self.recorded(self.ask(call).await).await
    }

    /// Sends a request that was already checked. The caller must record the outcome before it reports it.
    pub(crate) async fn ask(&self, mut call: Call) -> Result<SentRequest<'_>> {
        let session = self.session().await?;
        let record = self.record(&session.origin, &mut call).await?;
        let answer = session.client.send(&call.request()).await;
        Ok(SentRequest { call, record, answer })
    }

    /// Records the outcome of a request and returns the response.
    pub(crate) async fn recorded(&self, asked: Result<SentRequest<'_>>) -> Result<ApiResponse> {
        let SentRequest { call, record, answer } = asked?;
        match answer {
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

    /// Records the outcomes of several requests and returns the responses. Most outcomes share one write to the ledger.
    pub(crate) async fn recorded_together(&self, all: Vec<Result<SentRequest<'_>>>) -> Vec<Result<ApiResponse>> {
        let (mut replies, mut entries, mut context) = (Vec::with_capacity(all.len()), Vec::new(), None);
        for asked in all {
            replies.push(match asked {
                Ok(SentRequest { call, record, answer: Ok(reply) }) => {
                    context = Some(record.context);
                    match record.shared(&call, &reply) {
                        Ok(more) => entries.extend(more),
                        Err(record) => record.done(&call, &reply).await,
                    }
                    Ok(reply)
                }
                other => self.recorded(other).await,
            });
        }
        if let Some(context) = context.filter(|_| !entries.is_empty()) {
            context.write_or_warn(entries, &[]).await;
        }
        replies
    }
}
