//! The trait and the macro that every object of the protocol uses.

use super::field::{Field, FromValue};
use ref_cast::RefCast;
use serde::Serialize;
use serde_json::{Map, Value};

/// A JSON object with typed accessors. It contains the map that was read, and nothing else.
///
/// A reference to a map can be viewed as the object without a copy ([`JsonObject::from_map_ref`]).
pub trait JsonObject: RefCast<From = Map<String, Value>> + Serialize + Sized + 'static {
    /// The documented members, in the order of the declaration.
    const MEMBERS: &'static [&'static str];

    /// Wraps a map.
    fn from_map(members: Map<String, Value>) -> Self;

    /// Returns the map.
    fn into_map(self) -> Map<String, Value>;

    /// Returns all members, also those that are not documented.
    fn as_map(&self) -> &Map<String, Value>;

    /// Returns all members for changes.
    fn as_map_mut(&mut self) -> &mut Map<String, Value>;

    /// Calls every accessor. Returns the names of the members whose values do not have the documented type.
    #[cfg(test)]
    fn invalid_members(&self) -> Vec<&'static str>;

    /// Views a map as this object.
    fn from_map_ref(members: &Map<String, Value>) -> &Self {
        Self::ref_cast(members)
    }

    /// Views a map as this object, for changes.
    fn from_map_mut(members: &mut Map<String, Value>) -> &mut Self {
        Self::ref_cast_mut(members)
    }

    /// Views a value as this object. Returns `None` if the value is not a JSON object.
    fn from_value_ref(value: &Value) -> Option<&Self> {
        value.as_object().map(Self::ref_cast)
    }

    /// Wraps the object of a `json!` literal. Any other value gives an object without members.
    fn from_literal(literal: Value) -> Self {
        match literal {
            Value::Object(members) => Self::from_map(members),
            _ => Self::from_map(Map::new()),
        }
    }

    /// Returns the object as compact JSON.
    fn to_json(&self) -> String {
        serde_json::to_string(self.as_map()).unwrap_or_default() // A map of JSON values always has a text.
    }

    /// Reads a member by its name.
    fn member<'a, T: FromValue<'a>>(&'a self, name: &str) -> Field<'a, T> {
        Field::of(self.as_map(), name)
    }

    /// Sets a member. An existing member keeps its place in the order.
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.as_map_mut().insert(name.to_owned(), value.into());
    }
}

impl<'a, O: JsonObject> FromValue<'a> for &'a O {
    fn from_value(value: &'a Value) -> Option<Self> {
        O::from_value_ref(value)
    }
}

/// Declares an object and its members. For example,
///
/// ```text
/// object! {
///     /// A tool.
///     Tool {
///         /// The type of the tool.
///         kind ("type"): Open<'_, ToolType>,
///         /// The function, if the type is `function`.
///         function: &FunctionDefinition,
///     }
/// }
/// ```
///
/// declares the struct `Tool`, which wraps a map, with the accessors `kind()`, which reads the member `type`, and
/// `function()`. The name in parentheses is necessary only where the member has the name of a keyword.
macro_rules! object {
    ($(#[$doc:meta])* $object:ident {
        $($(#[$member_doc:meta])* $member:ident $(($name:literal))?: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, ref_cast::RefCast, serde::Serialize)]
        #[repr(transparent)]
        #[serde(transparent)]
        pub struct $object(serde_json::Map<String, serde_json::Value>);

        impl $object {
            $(
                $(#[$member_doc])*
                pub fn $member(&self) -> $crate::api::objects::Field<'_, $type> {
                    // The name in parentheses comes first, if there is one.
                    const NAME: &str = [$($name,)? stringify!($member)][0];
                    $crate::api::objects::Field::of(&self.0, NAME)
                }
            )*

        }

        impl $crate::api::objects::JsonObject for $object {
            const MEMBERS: &'static [&'static str] = &[$([$($name,)? stringify!($member)][0]),*];

            fn from_map(members: serde_json::Map<String, serde_json::Value>) -> Self {
                Self(members)
            }

            fn into_map(self) -> serde_json::Map<String, serde_json::Value> {
                self.0
            }

            fn as_map(&self) -> &serde_json::Map<String, serde_json::Value> {
                &self.0
            }

            fn as_map_mut(&mut self) -> &mut serde_json::Map<String, serde_json::Value> {
                &mut self.0
            }

            #[cfg(test)]
            fn invalid_members(&self) -> Vec<&'static str> {
                let fields = [$((stringify!($member), self.$member().invalid().is_some()),)*];
                fields.into_iter().filter(|(_, invalid)| *invalid).map(|(name, _)| name).collect()
            }
        }

        impl From<$object> for serde_json::Value {
            fn from(object: $object) -> Self {
                Self::Object(object.0)
            }
        }
    };
}
pub(super) use object;
