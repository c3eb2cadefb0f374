//! Export of several threads at once.

use super::exporter::Exporter;
use super::outcome::ExportOutcome;
use super::select::IdSource;
use super::thread::ExportedThread;
use crate::exit::DONE;
use crate::ui::Unit;
use anyhow::Result;
use futures_util::StreamExt;

impl Exporter<'_> {
    /// Exports threads, and passes each exported one to `show` as soon as it is complete.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. The failure of a thread is printed, and is part of the result
    /// of [`Self::end`].
    pub async fn threads(
        &self,
        ids: Vec<(String, IdSource)>,
        mut show: impl FnMut(&ExportedThread) -> Result<()>,
    ) -> Result<()> {
        let bar = self.app.ui().progress("threads", Unit::Items, Some(ids.len() as u64));
        let ids = futures_util::stream::iter(ids).take_while(|_| std::future::ready(!self.is_over("thread")));
        let exports = ids.map(async |(id, source)| (self.thread(&id, source).await, id));
        let mut exports = std::pin::pin!(exports.buffer_unordered(self.session.concurrency));
        while let Some((result, id)) = exports.next().await {
            bar.tick(1);
            match result {
                Ok(ExportedThread { outcome: ExportOutcome::Stopped, .. }) => {}
                Ok(exported) => {
                    self.add_success("thread");
                    self.outcomes.borrow_mut().add(DONE);
                    show(&exported)?;
                }
                Err(error) => self.add_failure("thread", Some(&id), error)?,
            }
        }
        bar.finish();
        Ok(())
    }

    /// Exports one thread. Returns `None` if this failed. The failure is printed and added to the manifest.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written.
    pub async fn one(&self, id: &str) -> Result<Option<ExportedThread>> {
        match self.thread(id, IdSource::Unlisted).await {
            Ok(exported) => Ok(Some(exported)),
            Err(error) => self.add_failure("thread", Some(id), error).map(|()| None),
        }
    }
}
