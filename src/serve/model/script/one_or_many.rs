//! Deserialization of one item or a list of items.

/// Implements the deserialization of a type from one item or from a list of items.
///
/// `$one` are the functions of the visitor `$visitor` for a single item, which is a text or a map. `$from_list` converts
/// the items of a list.
macro_rules! one_or_many {
    ($name:ident, $visitor:ident, $expecting:literal, { $($one:tt)* }, $from_list:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor)
            }
        }
        struct $visitor;
        impl<'de> Visitor<'de> for $visitor {
            type Value = $name;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str($expecting)
            }
            $($one)*
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<$name, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = seq.next_element()? {
                    all.push(item);
                }
                let convert: fn(Vec<_>) -> Result<$name, A::Error> = $from_list;
                convert(all)
            }
        }
    };
}
pub(super) use one_or_many;
