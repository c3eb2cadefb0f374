//! placeholder
#[derive(Debug, clap::Args)]
pub struct Demo {}
impl Demo {
    pub(crate) fn run(self, _: &crate::app::App) -> anyhow::Result<()> {
        Ok(())
    }
}
