//! The sections of a text edition of the Debian Reference.

/// The length of the shortest section that is a document, in characters.
const MIN_CHARACTERS: usize = 200;

pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) text: String,
}

/// Returns the numbered sections of the chapters with more than 200 characters. The text before
/// the first chapter is skipped, because the lines of its tables of contents look like headings.
pub(crate) fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_heading = false;
    for line in text.lines().skip_while(|line| !is_first_chapter(line)) {
        if let Some(heading) = numbered(line) {
            sections.push(Section { heading: heading.to_owned(), text: String::new() });
            is_heading = true;
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        is_heading &= !line.trim().is_empty();
        if is_heading {
            // A long heading continues on the next line, without the indentation of the text.
            section.heading.push(' ');
            section.heading.push_str(line.trim());
        } else {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections.retain(|section| section.text.trim().chars().count() > MIN_CHARACTERS);
    sections
}

fn is_first_chapter(line: &str) -> bool {
    let line: String = line.split_whitespace().collect();
    line.starts_with("Chapter1.") || line.starts_with("第1章")
}

/// Returns the heading of a line such as `1.2.3. Heading`.
fn numbered(line: &str) -> Option<&str> {
    let (number, heading) = line.split_once(char::is_whitespace)?;
    let number = number.trim_end_matches('.');
    let is_number = number.contains('.') && number.split('.').all(|part| part.parse::<u8>().is_ok());
    is_number.then(|| heading.trim()).filter(|heading| !heading.is_empty())
}
