//! The effect of HTML elements on the layout of their text.

/// The effect of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElementEffect {
    /// None: the text continues.
    Inline,
    /// A block, which begins and ends with a new line.
    Line,
    /// A block between blank lines.
    Blank,
    /// A block between blank lines that keeps its white space.
    Preformatted,
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
    /// A cell of a table.
    Cell,
    /// An element whose text is not shown.
    Hidden,
    /// An element whose content is not HTML and is not shown. Only its end tag, with this name, ends it.
    Raw(&'static str),
}

/// Returns the effect of an element. `name` is in lower case.
pub(super) fn layout(name: &str) -> ElementEffect {
    match name {
        "script" => ElementEffect::Raw("script"),
        "style" => ElementEffect::Raw("style"),
        "iframe" => ElementEffect::Raw("iframe"),
        "noembed" => ElementEffect::Raw("noembed"),
        "noframes" => ElementEffect::Raw("noframes"),
        "template" => ElementEffect::Hidden,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "blockquote" | "figure" | "hr" | "ol" | "table" | "title"
        | "ul" | "dl" => ElementEffect::Blank,
        "pre" | "textarea" | "listing" | "xmp" => ElementEffect::Preformatted,
        "li" => ElementEffect::Item,
        "tr" => ElementEffect::Row,
        "td" | "th" => ElementEffect::Cell,
        "address" | "article" | "aside" | "body" | "br" | "caption" | "center" | "dd" | "details" | "dialog"
        | "dir" | "div" | "dt" | "fieldset" | "figcaption" | "footer" | "form" | "frameset" | "head" | "header"
        | "hgroup" | "html" | "legend" | "main" | "menu" | "nav" | "optgroup" | "option" | "search" | "section"
        | "summary" | "tbody" | "tfoot" | "thead" => ElementEffect::Line,
        _ => ElementEffect::Inline,
    }
}
