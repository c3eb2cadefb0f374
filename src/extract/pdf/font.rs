//! The fonts of a PDF. A font maps the character codes of a text to Unicode and to widths. Glyphs are not drawn, so
//! font programs are not read, except for the encoding at the beginning of a Type 1 font.

use super::encoding::{self, GlyphNames};
use hayro_cmap::{BfString, CMap, CMapName, CidFamily, WritingMode, load_embedded};
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream, String as Bytes};
use std::collections::HashMap;
use std::rc::Rc;

/// The largest character ID of a composite font.
const LAST_CID: u32 = 0xFFFF;

/// A cache of the fonts of a document by the ID of their object.
#[derive(Default)]
pub(super) struct Fonts {
    loaded: HashMap<(u32, i32), Option<Rc<Font>>>,
    names: GlyphNames,
}

impl Fonts {
    /// Returns the font that a dictionary describes, or `None` if the dictionary is not a supported font.
    pub(super) fn get(&mut self, dict: &Dict<'_>) -> Option<Rc<Font>> {
        let Some(id) = dict.obj_id() else { return Font::load(dict, &self.names).map(Rc::new) };
        let key = (id.obj_number, id.gen_number);
        if let Some(font) = self.loaded.get(&key) {
            return font.clone();
        }
        let font = Font::load(dict, &self.names).map(Rc::new);
        self.loaded.insert(key, font.clone());
        font
    }
}

/// A font.
pub(super) struct Font {
    codes: Codes,
    to_unicode: Option<CMap>,
    widths: HashMap<u32, f64>,
    /// The advance of a code without a width, in thousandths of the font size. Negative in vertical fonts.
    default_width: f64,
    pub(super) is_vertical: bool,
}

/// The mapping from the bytes of a text to characters.
enum Codes {
    /// One byte for each character, with the text of each.
    Simple(Vec<Option<String>>),
    /// One to four bytes for each character.
    Composite(Box<Composite>),
}

struct Composite {
    /// From codes to character IDs.
    encoding: CMap,
    /// From the character IDs of a predefined collection to Unicode.
    collection: Option<CMap>,
}

/// A character code, and the number of its bytes.
pub(super) struct CharacterCode {
    pub(super) value: u32,
    pub(super) length: usize,
}

impl Font {
    fn load(dict: &Dict<'_>, names: &GlyphNames) -> Option<Self> {
        let to_unicode = to_unicode(dict);
        if name(dict, "Subtype")? == b"Type0" {
            return Self::load_composite(dict, to_unicode);
        }
        let descriptor = dict.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let base_font = name(dict, "BaseFont").unwrap_or_default();
        let first = dict.get::<u32>("FirstChar").unwrap_or(0);
        let listed = dict.get::<Array<'_>>("Widths");
        let default_width = match descriptor.get::<f32>("MissingWidth") {
            Some(width) => width.into(),
            None => encoding::default_width(&base_font),
        };
        // The widths of a Type 3 font are in its own coordinates.
        let scale = dict.get::<[f64; 6]>("FontMatrix").map_or(1.0, |matrix| matrix.first().unwrap_or(&0.001) * 1000.0);
        let widths = listed.iter().flat_map(|listed| listed.iter::<f32>()).zip(first..=0xFF);
        let widths = widths.map(|(width, code)| (code, f64::from(width) * scale)).collect();
        let texts = encoding::texts(dict, &descriptor, &base_font, names);
        Some(Self { codes: Codes::Simple(texts), to_unicode, widths, default_width, is_vertical: false })
    }

    fn load_composite(dict: &Dict<'_>, to_unicode: Option<CMap>) -> Option<Self> {
        let encoding = encoding_map(dict)?;
        let descendant = dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let is_vertical = encoding.metadata().writing_mode == Some(WritingMode::Vertical);
        let family = encoding.metadata().character_collection.clone().map(|collection| collection.family);
        let family = family.filter(|family| family.ucs2_cmap().is_some()).or_else(|| family_of(&descendant));
        let collection = family.and_then(|family| embedded(family.ucs2_cmap()?));
        let (widths, default_width) = if is_vertical {
            let vertical = descendant.get::<[f32; 2]>("DW2").map(|[_, advance]| f64::from(advance));
            (HashMap::new(), vertical.unwrap_or(-1000.0))
        } else {
            let listed = descendant.get::<Array<'_>>("W").map(|array| composite_widths(&array)).unwrap_or_default();
            (listed, descendant.get::<f32>("DW").map_or(1000.0, f64::from))
        };
        let codes = Codes::Composite(Box::new(Composite { encoding, collection }));
        Some(Self { codes, to_unicode, widths, default_width, is_vertical })
    }

    /// Returns the first code of a text, which must not be empty.
    pub(super) fn next_code(&self, bytes: &[u8]) -> CharacterCode {
        let mut value = 0;
        let Codes::Composite(composite) = &self.codes else {
            return CharacterCode { value: bytes.first().copied().unwrap_or_default().into(), length: 1 };
        };
        for (byte, length) in bytes.iter().zip(1..=4) {
            value = value << 8 | u32::from(*byte);
            if composite.encoding.lookup_cid_code(value, length).is_some() {
                return CharacterCode { value, length: length.into() };
            }
        }
        CharacterCode { value: 0, length: 1 }
    }

    /// Returns the text of a code, or `None` if the font does not define it.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        let mapped = self.to_unicode.as_ref().and_then(|map| map.lookup_bf_string(code)).and_then(visible_text);
        mapped.or_else(|| match &self.codes {
            Codes::Simple(texts) => texts.get(code as usize)?.clone(),
            Codes::Composite(composite) => {
                visible_text(composite.collection.as_ref()?.lookup_bf_string(composite.cid(code)?)?)
            }
        })
    }

    /// Returns the advance of a code in thousandths of the font size.
    pub(super) fn advance(&self, code: u32) -> f64 {
        let key = match &self.codes {
            Codes::Simple(_) => Some(code),
            Codes::Composite(composite) => composite.cid(code),
        };
        key.and_then(|key| self.widths.get(&key)).copied().unwrap_or(self.default_width)
    }
}

impl Composite {
    fn cid(&self, code: u32) -> Option<u32> {
        (1..=4).find_map(|length| self.encoding.lookup_cid_code(code, length))
    }
}

/// Returns the text of a mapping, or `None` if it maps to nothing that can be shown.
fn visible_text(mapped: BfString) -> Option<String> {
    let text = match mapped {
        BfString::Char(letter) => letter.to_string(),
        BfString::String(text) => text,
    };
    let is_hidden = |letter: char| letter.is_control() && !letter.is_whitespace() || letter == '\u{FFFD}';
    (!text.is_empty() && !text.contains(is_hidden)).then_some(text)
}

fn name(dict: &Dict<'_>, key: &str) -> Option<Vec<u8>> {
    Some(dict.get::<Name<'_>>(key)?.as_ref().to_vec())
}

fn embedded(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

fn to_unicode(dict: &Dict<'_>) -> Option<CMap> {
    let stream = dict.get::<Stream<'_>>("ToUnicode")?;
    CMap::parse(&stream.decoded_data().ok()?, load_embedded)
}

fn encoding_map(dict: &Dict<'_>) -> Option<CMap> {
    match dict.get::<Object<'_>>("Encoding")? {
        Object::Name(name) => match CMapName::from_bytes(name.as_ref()) {
            CMapName::IdentityH => Some(CMap::identity_h()),
            CMapName::IdentityV => Some(CMap::identity_v()),
            name => embedded(name),
        },
        Object::Stream(stream) => CMap::parse(&stream.decoded_data().ok()?, load_embedded),
        _ => None,
    }
}

fn family_of(descendant: &Dict<'_>) -> Option<CidFamily> {
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let (registry, ordering) = (info.get::<Bytes<'_>>("Registry")?, info.get::<Bytes<'_>>("Ordering")?);
    Some(CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes()))
}

/// Reads widths in the two forms of composite fonts: `first [width …]` and `first last width`.
fn composite_widths(array: &Array<'_>) -> HashMap<u32, f64> {
    let mut widths = HashMap::new();
    let mut items = array.iter::<Object<'_>>();
    let number = |item: Option<Object<'_>>| item.and_then(Object::into_number).map(|number: Number| number.as_f64());
    while let Some(first) = number(items.next()) {
        let first = first as u32;
        match items.next() {
            Some(Object::Array(list)) => widths.extend((first..=LAST_CID).zip(list.iter::<f32>().map(f64::from))),
            Some(Object::Number(last)) => {
                let Some(width) = number(items.next()) else { break };
                widths.extend((first..=(last.as_f64() as u32).min(LAST_CID)).map(|cid| (cid, width)));
            }
            _ => break,
        }
    }
    widths
}
