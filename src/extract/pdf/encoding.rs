//! The encodings of simple fonts, whose characters are one byte each.

use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use std::collections::HashMap;

/// The upper half of `StandardEncoding`. The replacement character marks a code without a character, here and below.
const STANDARD: &str = "\
    ���������������������������������¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ�–†‡·�¶•‚„”»…‰�¿�`´ˆ˜¯˘˙¨�˚¸�˝˛ˇ—����������������Æ�ª����ŁØŒº\
    �����æ���ı��łøœß����";
/// The upper half of `MacRomanEncoding`.
const MAC_ROMAN: &str = "\
    ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊ\
    ÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
/// The upper half of `WinAnsiEncoding`.
const WIN_ANSI: &str = "\
    €•‚ƒ„…†‡ˆ‰Š‹Œ•Ž••‘’“”•–—˜™š›œ•žŸ\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàá\
    âãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";
/// The encoding of the Symbol font, from 0x20.
const SYMBOL: &str = "\
    \u{20}!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧ∆ΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_�αβχδεφγηιϕκλµνοπθρστυϖωξψζ{|}∼��������\
    �������������������������€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…��↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇���∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈���∑�����������〉∫\
    ⌠�⌡����������";
/// The encoding of the ZapfDingbats font, from 0x20.
const DINGBATS: &str = "\
    \u{20}✁✂✃✄☎✆✇✈✉☛☞✌✍✎✏✐✑✒✓✔✕✖✗✘✙✚✛✜✝✞✟✠✡✢✣✤✥✦✧★✩✪✫✬✭✮✯✰✱✲✳✴✵✶✷✸✹✺✻✼✽✾✿❀❁❂❃❄❅❆❇❈❉❊❋●❍■❏❐❑❒▲▼◆❖◗❘❙❚❛❜❝❞�❨❩❪❫❬❭❮\
    ❯❰❱❲❳❴❵�������������������❡❢❣❤❥❦❧♣♦♥♠①②③④⑤⑥⑦⑧⑨⑩❶❷❸❹❺❻❼❽❾❿➀➁➂➃➄➅➆➇➈➉➊➋➌➍➎➏➐➑➒➓➔→↔↕➘➙➚➛➜➝➞➟➠➡➢➣➤➥➦➧➨➩➪➫➬➭➮➯�➱➲\
    ➳➴➵➶➷➸➹➺➻➼➽➾�";

/// The Adobe Glyph List: one glyph name with its code points per line. It is one text, because a table of strings would
/// need a relocation for each string at every start of the program.
const NAMES: &str = include_str!("glyph_names.txt");

/// The advance of most characters of proportional fonts, and of all of Courier.
const PROPORTIONAL: f64 = 500.0;
const COURIER: f64 = 600.0;

/// The code points of glyph names.
pub(super) struct GlyphNames(HashMap<&'static str, char>);

impl Default for GlyphNames {
    fn default() -> Self {
        let entries = NAMES.lines().filter_map(|line| line.split_once(';'));
        Self(entries.filter_map(|(name, code)| Some((name, code_point(code)?))).collect())
    }
}

impl GlyphNames {
    /// Returns the text of a glyph name: a known name, a code point such as `uni00E4` or `u1F600`, or several of them
    /// joined by `_`. A suffix after a dot names a variant.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let base = name.split('.').next().filter(|base| !base.is_empty())?;
        base.split('_').map(|part| self.part(part)).collect()
    }

    fn part(&self, name: &str) -> Option<String> {
        if let Some(letter) = self.0.get(name) {
            return Some(letter.to_string());
        }
        if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4 && digits.is_ascii()) {
            let chunks = digits.as_bytes().chunks(4).map(|chunk| code_point(std::str::from_utf8(chunk).ok()?));
            return chunks.collect();
        }
        let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
        code_point(digits).map(String::from)
    }
}

fn code_point(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// Returns the advance of characters whose width is not stated, which is allowed for the 14 standard fonts.
pub(super) fn default_width(base_font: &[u8]) -> f64 {
    if base_font.starts_with(b"Courier") { COURIER } else { PROPORTIONAL }
}

/// Returns the text of each of the 256 codes of a font.
pub(super) fn texts(
    font: &Dict<'_>,
    descriptor: &Dict<'_>,
    base_font: &[u8],
    names: &GlyphNames,
) -> Vec<Option<String>> {
    let encoding = font.get::<Object<'_>>("Encoding");
    let (base, differences) = match &encoding {
        Some(Object::Name(name)) => (table(name.as_ref()), None),
        Some(Object::Dict(dict)) => {
            let base = dict.get::<Name<'_>>("BaseEncoding").and_then(|name| table(name.as_ref()));
            (base, dict.get::<Array<'_>>("Differences"))
        }
        _ => (None, None),
    };
    let built_in = match base {
        Some(base) => base,
        None => built_in(font, base_font),
    };
    let mut texts: Vec<Option<String>> = built_in.into_iter().map(|letter| letter.map(String::from)).collect();
    if base.is_none() {
        // If the dictionary states no encoding, that of the font program applies.
        for (code, name) in type1_encoding(descriptor) {
            set(&mut texts, code, &name, names);
        }
    }
    let mut code = 0;
    for item in differences.iter().flat_map(|differences| differences.iter::<Object<'_>>()) {
        match item {
            Object::Number(number) => code = number.as_i64() as usize,
            Object::Name(name) => {
                set(&mut texts, code, name.as_str(), names);
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    texts
}

fn set(texts: &mut [Option<String>], code: usize, name: &str, names: &GlyphNames) {
    if let Some(text) = texts.get_mut(code) {
        *text = names.text(name);
    }
}

/// Returns the table of a named encoding.
fn table(name: &[u8]) -> Option<[Option<char>; 256]> {
    match name {
        b"WinAnsiEncoding" => Some(upper_half(WIN_ANSI)),
        b"MacRomanEncoding" => Some(upper_half(MAC_ROMAN)),
        b"StandardEncoding" => Some(standard()),
        _ => None,
    }
}

/// Returns the encoding of a font whose dictionary states none.
fn built_in(font: &Dict<'_>, base_font: &[u8]) -> [Option<char>; 256] {
    let is_true_type = font.get::<Name<'_>>("Subtype").is_some_and(|name| name.as_ref() == b"TrueType");
    match base_font {
        b"Symbol" => fill(0x20, SYMBOL),
        b"ZapfDingbats" => fill(0x20, DINGBATS),
        _ if is_true_type => upper_half(WIN_ANSI),
        _ => standard(),
    }
}

fn standard() -> [Option<char>; 256] {
    let mut table = upper_half(STANDARD);
    for (code, quote) in [(0x27, '’'), (0x60, '‘')] {
        if let Some(letter) = table.get_mut(code) {
            *letter = Some(quote);
        }
    }
    table
}

/// Returns a table with ASCII as its lower half and the given characters as its upper half.
fn upper_half(letters: &str) -> [Option<char>; 256] {
    let mut table = fill(0x80, letters);
    for (code, letter) in table.iter_mut().enumerate().take(0x7F).skip(0x20) {
        *letter = u8::try_from(code).ok().map(char::from);
    }
    table
}

/// Returns a table whose codes from `first` on have the given characters.
fn fill(first: usize, letters: &str) -> [Option<char>; 256] {
    let mut table = [None; 256];
    for (place, letter) in table.iter_mut().skip(first).zip(letters.chars()) {
        *place = Some(letter).filter(|letter| *letter != char::REPLACEMENT_CHARACTER);
    }
    table
}

/// Returns the encoding in the readable part of a Type 1 font program: `dup CODE /NAME put` for each character.
fn type1_encoding(descriptor: &Dict<'_>) -> Vec<(usize, String)> {
    let program =
        descriptor.get::<Stream<'_>>("FontFile").and_then(|stream| Some(stream.decoded_data().ok()?.into_owned()));
    let Some(program) = program else { return Vec::new() };
    let end = memchr::memmem::find(&program, b"eexec").unwrap_or(program.len());
    let text = String::from_utf8_lossy(program.get(..end).unwrap_or_default()).into_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let entry = |words: &[&str]| match words {
        ["dup", code, name, "put"] => Some((code.parse().ok()?, name.strip_prefix('/')?.to_owned())),
        _ => None,
    };
    words.windows(4).filter_map(entry).collect()
}
