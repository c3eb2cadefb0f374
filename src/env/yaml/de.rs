//! A serde deserializer for nodes, whose errors contain the position in the text.

use super::scalar::Scalar;
use super::{AS_JSON, MemberName, NodeKind, Position, YamlError, YamlNode};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;
use std::slice::Iter;

impl fmt::Display for YamlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for YamlError {}

impl de::Error for YamlError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Position::default().error(message.to_string())
    }
}

impl YamlError {
    /// Adds a position to the error, unless it has one.
    fn or_at(self, at: Position) -> Self {
        if self.at == Position::default() { Self { at, ..self } } else { self }
    }
}

impl YamlNode {
    fn visit<'de, V: Visitor<'de>>(&'de self, visitor: V) -> Result<V::Value, YamlError> {
        match &self.kind {
            NodeKind::Scalar { text, scalar } => match scalar {
                Scalar::Null => visitor.visit_unit(),
                Scalar::Bool(value) => visitor.visit_bool(*value),
                Scalar::Text => visitor.visit_borrowed_str(text),
                Scalar::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                    (Some(whole), ..) => visitor.visit_i64(whole),
                    (None, Some(whole), _) => visitor.visit_u64(whole),
                    (None, None, Some(float)) => visitor.visit_f64(float),
                    (None, None, None) => {
                        Err(Position::default().error(format!("the number `{text}` is out of range")))
                    }
                },
            },
            NodeKind::Sequence(items) => visitor.visit_seq(Items(items.iter())),
            NodeKind::Mapping(members) => visitor.visit_map(Members { rest: members.iter(), value: None }),
        }
    }
}

impl<'de> Deserializer<'de> for &'de YamlNode {
    type Error = YamlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.visit(visitor).map_err(|error| error.or_at(self.at))
    }

    /// A string field accepts scalars such as `12` and `true`, with the text as written.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match &self.kind {
            NodeKind::Scalar { text, scalar: Scalar::Bool(_) | Scalar::Number(_) } => {
                visitor.visit_borrowed_str(text).map_err(|error: YamlError| error.or_at(self.at))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        let found = match &self.kind {
            NodeKind::Scalar { scalar: Scalar::Null, .. } => visitor.visit_none(),
            _ => visitor.visit_some(self),
        };
        found.map_err(|error| error.or_at(self.at))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &str, visitor: V) -> Result<V::Value, YamlError> {
        let found = match &self.kind {
            _ if name != AS_JSON => visitor.visit_newtype_struct(self),
            NodeKind::Scalar { scalar: Scalar::Null | Scalar::Text, .. } => self.visit(visitor),
            _ => visitor.visit_byte_buf(self.clone().into_value().to_string().into_bytes()),
        };
        found.map_err(|error| error.or_at(self.at))
    }

    /// An empty document or a member without a value is deserialized as an empty mapping.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        match &self.kind {
            NodeKind::Scalar { scalar: Scalar::Null, .. } => {
                visitor.visit_map(Members { rest: [].iter(), value: None }).map_err(|error| error.or_at(self.at))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        let found = match &self.kind {
            NodeKind::Scalar { text, scalar: Scalar::Text } => {
                let text: StrDeserializer<'_, YamlError> = text.as_str().into_deserializer();
                visitor.visit_enum(text)
            }
            NodeKind::Mapping(members) => {
                let members = Members { rest: members.iter(), value: None };
                visitor.visit_enum(de::value::MapAccessDeserializer::new(members))
            }
            _ => Err(de::Error::invalid_type(Unexpected::Other("neither text nor mapping"), &"a text or a mapping")),
        };
        found.map_err(|error| error.or_at(self.at))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Items<'de>(Iter<'de, YamlNode>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = YamlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, YamlError> {
        self.0.next().map(|node| seed.deserialize(node).map_err(|error| error.or_at(node.at))).transpose()
    }
}

struct Members<'de> {
    rest: Iter<'de, (MemberName, YamlNode)>,
    value: Option<&'de YamlNode>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = YamlError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, YamlError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        let name: StrDeserializer<'_, YamlError> = key.name.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|error| error.or_at(key.at))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, YamlError> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(|error| error.or_at(value.at)),
            None => Err(de::Error::custom("a value was requested before its key")),
        }
    }
}
