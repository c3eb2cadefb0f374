//! What a command shows: objects and lists in the form that was asked for.

use super::App;
use crate::client::Walk;
use crate::env::clock;
pub use crate::view::Shape;
use crate::view::{Col, Column, Format, Options, Printer};
use anyhow::Result;
use serde_json::Value;

/// The columns of a noun.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    /// The noun, as a project file names it.
    pub noun: &'static str,
    pub columns: &'static [Col],
}

impl App {
    /// Returns the form of output: flag, variable, project file, table.
    pub fn format(&self) -> Result<Format> {
        if let Some(format) = self.options.format {
            return Ok(format);
        }
        let named = self.project()?.and_then(|project| project.output.as_deref());
        match named.map(str::parse::<Format>) {
            None => Ok(Format::default()),
            Some(Ok(format)) => Ok(format),
            Some(Err(error)) => Err(crate::exit::Usage::new(format!("the project file's output: {error}")).into()),
        }
    }

    /// Returns a printer for objects of a noun.
    pub fn printer(&self, sheet: Sheet, shape: Shape) -> Result<Printer> {
        let columns = match &self.options.columns {
            Some(names) => Column::parse(names, sheet.columns).map_err(usage)?,
            None => match self.project()?.and_then(|project| project.columns.as_ref()?.of(sheet.noun)) {
                Some(names) => Column::parse(&names.join(","), sheet.columns).map_err(usage)?,
                None => Column::defaults(sheet.columns),
            },
        };
        Ok(Printer::new(Options {
            format: self.format()?,
            columns,
            shape,
            surface: self.ui.surface(),
            header: self.options.header,
            jq: self.options.jq.clone(),
            now: jiff::Timestamp::from_second(clock::now()).unwrap_or_default(),
        }))
    }

    /// Shows one object.
    pub fn show(&self, sheet: Sheet, object: &Value) -> Result<()> {
        let mut printer = self.printer(sheet, Shape::One)?;
        self.ui.out(&printer.item(object)?)?;
        Ok(self.ui.out(&printer.end()?)?)
    }

    /// Shows a walk, page by page as the pages come.
    pub async fn show_walk(&self, sheet: Sheet, mut walk: Walk) -> Result<(), ShowError> {
        let mut printer = self.printer(sheet, Shape::Many)?;
        let session = self.session().await?;
        let mut found = false;
        while let Some(page) = walk.next(&session.client).await? {
            found |= !page.items.is_empty();
            self.ui.out(&printer.page(&page.items).map_err(anyhow::Error::from)?).map_err(anyhow::Error::from)?;
            if let Some(warning) = page.warning {
                self.ui.warn(&warning);
            }
        }
        self.ui.out(&printer.end().map_err(anyhow::Error::from)?).map_err(anyhow::Error::from)?;
        if !found && matches!(self.ui.surface(), crate::view::Surface::Terminal { .. }) {
            self.ui.note(&format!("no {}", sheet.noun));
        }
        Ok(())
    }
}

/// Why a walk could not be shown: the call failed, or the showing.
#[derive(Debug)]
pub enum ShowError {
    Call(crate::client::ClientError),
    Other(anyhow::Error),
}

impl From<crate::client::ClientError> for ShowError {
    fn from(error: crate::client::ClientError) -> Self {
        Self::Call(error)
    }
}

impl From<anyhow::Error> for ShowError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

fn usage(error: crate::view::ColumnError) -> crate::exit::Usage {
    crate::exit::Usage::new(error.to_string())
}
