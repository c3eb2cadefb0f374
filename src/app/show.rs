//! The output of a command: objects and lists in the selected format.

use super::{App, Pages};
use crate::env::clock;
use crate::exit::IncompleteList;
pub use crate::view::Cardinality;
use crate::view::{Col, Column, Format, LineEnd, Members, Printer, PrinterOptions};
use anyhow::{Context, Result};
use serde_json::Value;

/// The columns of the table of a noun, such as `threads`.
#[derive(Debug, Clone, Copy)]
pub struct TableSpec {
    /// The noun. A project file uses it to set columns.
    pub noun: &'static str,
    pub columns: &'static [Col],
    /// The members that `--columns` accepts in addition.
    pub members: Members,
}

impl App {
    /// Returns the output format from the first of these that names one: flag, variable, project file. Defaults to a
    /// table.
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

    /// Checks that the output options are valid. To be called before the first request.
    pub fn check_output(&self, table: TableSpec) -> Result<()> {
        self.columns(table)?;
        let format = self.format()?;
        if self.options.line_end == LineEnd::CrLf && format != Format::Csv {
            self.ui.warn(&format!("--crlf applies to -o csv; it has no effect on -o {}", format.name()));
        }
        let is_filtered = self.options.jq.is_some() && self.invocation.has("jq") && self.invocation.has("output");
        if is_filtered && !matches!(format, Format::Json | Format::Jsonl) {
            self.ui.warn(&format!("--jq prints JSON values; -o {} has no effect with it", format.name()));
        }
        if self.invocation.has("columns") && matches!(format, Format::Json | Format::Jsonl | Format::Yaml) {
            self.ui.warn(&format!(
                "--columns applies to tables; it has no effect on -o {}; use --jq there",
                format.name()
            ));
        }
        Ok(())
    }

    /// Returns the columns from the first of these that names columns: flag, variable, project file. Defaults to the
    /// columns of the noun.
    ///
    /// An unknown name is an error only in the flag. A variable applies to all nouns, and not every noun has all its
    /// names.
    fn columns(&self, table: TableSpec) -> Result<Vec<Column>> {
        let members = if self.invocation.has("columns") { table.members } else { Members::Any };
        let project =
            || Ok::<_, anyhow::Error>(self.project()?.and_then(|project| project.columns.as_ref()?.of(table.noun)));
        let names = match &self.options.columns {
            Some(names) => Some(names.clone()),
            None => project()?.map(|names| names.join(",")),
        };
        match names {
            Some(names) => Ok(Column::parse(&names, table.columns, members).map_err(usage)?),
            None => Ok(Column::defaults(table.columns)),
        }
    }

    /// Warns about columns of `--columns` that no object has. There is no warning for columns of a variable, which
    /// applies to all nouns.
    pub fn warn_unknown_columns(&self, printer: &Printer) {
        if self.invocation.has("columns") {
            printer.unseen().for_each(|name| self.ui.warn(&format!("no object in the output has a member `{name}`")));
        }
    }

    /// Returns a printer for objects of a noun.
    pub fn printer(&self, table: TableSpec, cardinality: Cardinality) -> Result<Printer> {
        let format = match self.format()? {
            // A filter is written for one form of its input. A default format must not change this form.
            Format::Jsonl if self.options.jq.is_some() && !self.invocation.has("output") => Format::Json,
            format => format,
        };
        Ok(Printer::new(PrinterOptions {
            format,
            columns: self.columns(table)?,
            cardinality,
            target: self.ui.output_target(),
            header: self.options.header,
            line_end: self.options.line_end,
            jq: self.options.jq.clone(),
            now: jiff::Timestamp::from_second(clock::now()).unwrap_or_default(),
        }))
    }

    /// Prints one object.
    pub fn show(&self, table: TableSpec, object: &Value) -> Result<()> {
        let mut printer = self.printer(table, Cardinality::One)?;
        self.ui.out(&printer.item(object)?)?;
        self.ui.out(&printer.end()?)?;
        self.warn_unknown_columns(&printer);
        Ok(())
    }

    /// Returns the items of a response that has the form of a page, such as search results, and the reason why it may
    /// lack items. No request can fetch these.
    ///
    /// # Errors
    /// Returns an error if the response has no items.
    pub fn page_items<'a>(&self, page: &'a Value) -> Result<(&'a [Value], Option<&'static str>)> {
        let items = page.get("data").and_then(Value::as_array);
        let items =
            items.context("the response of the backend has no array `data`, which holds the items of a page")?;
        let has_more = page.get("has_more") == Some(&Value::Bool(true));
        Ok((items, has_more.then_some("the backend has more items than it returned; no request can fetch the others")))
    }

    /// Prints items as a list.
    pub fn show_items(&self, table: TableSpec, items: &[Value]) -> Result<()> {
        let mut printer = self.printer(table, Cardinality::Many)?;
        self.ui.out(&printer.page(items)?)?;
        self.ui.out(&printer.end()?)?;
        self.warn_unknown_columns(&printer);
        self.note_empty(table, items.is_empty());
        Ok(())
    }

    /// Prints a list page by page, as the pages arrive.
    ///
    /// # Errors
    /// Returns an error if a request fails. Returns [`IncompleteList`] after the output of all items if the list may be
    /// incomplete.
    pub async fn show_pages(&self, table: TableSpec, pages: Pages<'_>) -> Result<()> {
        self.show_pages_with_cells(table, pages, |_| {}).await
    }

    /// Prints a list page by page. In a table, `add_cells` first adds members to each item, for columns whose members
    /// the API does not have.
    pub async fn show_pages_with_cells(
        &self,
        table: TableSpec,
        mut pages: Pages<'_>,
        add_cells: impl Fn(&mut Value),
    ) -> Result<()> {
        let is_table = self.options.jq.is_none() && self.format()?.has_columns();
        let mut printer = self.printer(table, Cardinality::Many)?;
        let mut found = false;
        let end = loop {
            match pages.next().await {
                Ok(Some(mut items)) => {
                    found |= !items.is_empty();
                    if is_table {
                        items.iter_mut().for_each(&add_cells);
                    }
                    self.ui.out(&printer.page(&items)?)?;
                }
                Ok(None) => break Ok(()),
                Err(error) if error.is::<IncompleteList>() => break Err(error),
                Err(error) => return Err(error),
            }
        };
        self.ui.out(&printer.end()?)?;
        self.warn_unknown_columns(&printer);
        self.note_empty(table, end.is_ok() && !found);
        end
    }

    /// Prints a note on a terminal if a list is empty.
    fn note_empty(&self, table: TableSpec, is_empty: bool) {
        if is_empty && matches!(self.ui.output_target(), crate::view::OutputTarget::Terminal { .. }) {
            self.ui.note(&format!("no {}", table.noun));
        }
    }
}

fn usage(error: crate::view::ColumnError) -> crate::exit::Usage {
    crate::exit::Usage { message: error.to_string(), hint: error.hint() }
}
