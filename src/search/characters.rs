//! Character classes of the analyser, and the folding of letters.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The role of a character in the analysis of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Ends a word. The words around it still form one phrase of a query.
    Space,
    /// Ends a word and a phrase of a query.
    Break,
    /// `_` or a hyphen. Separates the parts of an identifier if letters follow.
    Joiner,
    /// A letter or digit of a script that separates words by spaces.
    Word,
    /// A letter or digit of a script without spaces between words.
    Dense,
    /// A combining mark, which belongs to the letter before it.
    Mark,
    /// A character without meaning for search, such as a soft hyphen. Does not end a word.
    Ignored,
}

/// Returns the class of an ASCII character.
pub(super) const fn ascii_class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Class::Word,
        b'_' | b'-' => Class::Joiner,
        b'\n' | b'\r' | b',' | b';' | b':' | b'!' | b'?' | b'"' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => {
            Class::Break
        }
        _ => Class::Space,
    }
}

/// Returns the class of a character of a text in normalisation form NFKC.
pub(super) fn class(c: char) -> Class {
    match c {
        '\0'..='\x7f' => ascii_class(c as u8),
        // The most frequent letters without a table.
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' => {
            Class::Dense
        }
        _ if is_ignored(c) => Class::Ignored,
        '\u{2010}' => Class::Joiner,
        '\u{2018}' | '\u{2019}' | '\u{b7}' => Class::Space,
        _ if c.is_whitespace() => Class::Space,
        _ if is_combining_mark(c) => Class::Mark,
        _ if !c.is_alphanumeric() => Class::Break,
        _ if is_dense(c) => Class::Dense,
        _ => Class::Word,
    }
}

/// Returns the class of a non-ASCII character that ends words before and after normalisation: the punctuation and the
/// space of Chinese and Japanese, quotation marks, and dashes. `None` for all others.
pub(super) fn wide_separator(c: char) -> Option<Class> {
    match c {
        '\u{3021}'..='\u{fefe}' => None,
        '\u{3000}' | '\u{2018}' | '\u{2019}' => Some(Class::Space),
        '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{2013}' | '\u{2014}' | '\u{201c}' | '\u{201d}' => {
            Some(Class::Break)
        }
        '\u{ff08}' | '\u{ff09}' | '\u{ff01}' | '\u{ff0c}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}' => Some(Class::Break),
        _ => None,
    }
}

/// Returns `true` for frequent letters that normalisation keeps whatever surrounds them, unless it is another character
/// that this function rejects.
pub(super) fn is_normal_letter(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{c0}'..='\u{131}' | '\u{410}'..='\u{44f}' | '\u{e01}'..='\u{e32}' | '\u{621}'..='\u{64a}'
        | '\u{904}'..='\u{939}'
    )
}

/// Returns `true` if the script of the character separates no words by spaces, or attaches particles to words: Han,
/// Kana, Hangul, Thai, Lao, Khmer, and Myanmar. The blocks are those in which NFKC leaves letters.
pub(super) fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{0e01}'..='\u{0e3a}' | '\u{0e40}'..='\u{0eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' | '\u{a9e0}'..='\u{a9fe}' | '\u{aa60}'..='\u{aa7f}' | '\u{116d0}'..='\u{116e3}' // Myanmar
        | '\u{1780}'..='\u{17f9}' // Khmer
        | '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97c}' | '\u{ac00}'..='\u{d7fb}' // Hangul
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303c}' // Han
        | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{1aff0}'..='\u{1b16f}' // Kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{16fe3}' | '\u{16ff0}'..='\u{16ff6}' | '\u{20000}'..='\u{3fffd}'
    )
}

/// Returns `true` for the letters of Chinese and Japanese, in which a line may end between any two letters of a word.
pub(super) fn is_ideographic(c: char) -> bool {
    c >= '\u{3005}'
        && matches!(c,
            '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30fe}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3fffd}'
        )
}

/// Returns `true` for characters that only control layout: soft hyphen, joiners, direction marks, variation selectors.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Returns `true` if a mark that remains after composition is left out of terms: accents of Latin, Greek, and Cyrillic
/// letters, and the vowel signs of Arabic and Hebrew, which most texts do not write.
pub(super) fn is_optional_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6ed}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Appends a letter or digit in lower case, without diacritics if it is Latin or Greek.
pub(super) fn fold(c: char, into: &mut String) {
    if c.is_ascii() {
        into.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            '\u{300}'..='\u{36f}' => {} // `İ` in lower case is `i` and a dot.
            'ß' => into.push_str("ss"),
            'æ' | 'ǽ' | 'ǣ' => into.push_str("ae"),
            'œ' => into.push_str("oe"),
            'þ' => into.push_str("th"),
            'ø' | 'ǿ' => into.push('o'),
            'ð' | 'đ' => into.push('d'),
            'ł' => into.push('l'),
            'ħ' => into.push('h'),
            'ı' => into.push('i'),
            'ŧ' => into.push('t'),
            'ς' => into.push('σ'),
            'à'..='\u{24f}' | '\u{1e00}'..='\u{1fff}' | '\u{370}'..='\u{3ff}' => {
                decompose_canonical(lower, |part| {
                    if !is_optional_mark(part) {
                        into.push(part);
                    }
                });
            }
            _ => into.push(lower),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
    use unicode_script::{Script, UnicodeScript};

    /// The scripts whose runs are indexed as bigrams.
    const DENSE: &[Script] = &[
        Script::Han,
        Script::Hiragana,
        Script::Katakana,
        Script::Hangul,
        Script::Thai,
        Script::Lao,
        Script::Khmer,
        Script::Myanmar,
    ];

    /// Compares the ranges with the Unicode property, for every letter that NFKC leaves as it is.
    #[test]
    fn dense_ranges_agree_with_the_script_property() {
        let mut wrong = Vec::new();
        for c in '\0'..=char::MAX {
            if !c.is_alphanumeric() || !std::iter::once(c).nfkc().eq(std::iter::once(c)) {
                continue;
            }
            let script = c.script();
            // The prolonged sound mark and the iteration marks belong to several scripts.
            let shared = c.script_extension();
            let is_shared =
                matches!(c, '\u{3000}'..='\u{30ff}') && DENSE.iter().any(|dense| shared.contains_script(*dense));
            let expected = DENSE.contains(&script) || (script == Script::Common && is_shared);
            if expected != is_dense(c) {
                wrong.push(format!("U+{:04X} {script:?}", c as u32));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn quick_ranges_agree_with_the_tables() {
        for c in '\u{80}'..=char::MAX {
            if class(c) == Class::Dense {
                assert!(is_dense(c) && c.is_alphanumeric() && !is_combining_mark(c), "U+{:04X}", c as u32);
            }
        }
    }

    #[test]
    fn normal_letters_and_wide_separators_agree_with_the_tables() {
        for c in '\u{80}'..=char::MAX {
            if is_normal_letter(c) {
                assert_eq!(is_nfkc_quick(std::iter::once(c)), IsNormalized::Yes, "U+{:04X}", c as u32);
                assert_eq!(canonical_combining_class(c), 0, "U+{:04X}", c as u32);
            }
            if let Some(expected) = wide_separator(c) {
                let normal: String = std::iter::once(c).nfkc().collect();
                let found = normal.chars().map(class).find(|class| *class != Class::Mark);
                assert_eq!(found, Some(expected), "U+{:04X}", c as u32);
            }
        }
    }

    #[test]
    fn folded_letters_are_lower_case_without_diacritics() {
        for (letters, expected) in [
            ("ÄÖÜß", "aoussss"),
            ("ÅÆØ", "aaeo"),
            ("Ł", "l"),
            ("İ", "i"),
            ("ῶΆς", "ωασ"),
            ("ЙЁ", "йё"),
            ("ẞ", "ss"),
            ("Ǆ", "ǆ"),
            ("中한", "中한"),
        ] {
            let mut folded = String::new();
            letters.chars().for_each(|c| fold(c, &mut folded));
            let expected = if letters == "ÄÖÜß" { "aouss" } else { expected };
            assert_eq!(folded, expected, "{letters}");
        }
    }
}
