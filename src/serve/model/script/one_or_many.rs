//! Deserialization of one item or a list of items.

/// Implements the deserialization of a type from one item or from a list of items.
///
/// `$visitor` is the name of the generated visitor. `$one` has its functions for a single item, which is a text or a
/// map. `$from_list` converts the items of a list.
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
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                let convert: fn(Vec<_>) -> Result<$name, A::Error> = $from_list;
                convert(items)
            }
        }
    };
}
pub(super) use one_or_many;
