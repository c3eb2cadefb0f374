//! Members of an object: their presence and type, arrays, and enums with unknown values.

use serde_json::{Map, Value};
use std::fmt;
use std::marker::PhantomData;

/// A member of an object, read as the type `T`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a, T> {
    /// The object has no such member.
    Absent,
    /// The member is `null`.
    Null,
    /// The member has the documented type.
    Valid(T),
    /// The member has another type.
    Invalid(&'a Value),
}

impl<'a, T: FromValue<'a>> Field<'a, T> {
    /// Reads the member `name` of an object.
    pub fn of(members: &'a Map<String, Value>, name: &str) -> Self {
        members.get(name).map_or(Self::Absent, Self::of_value)
    }

    /// Reads a value that is present.
    fn of_value(value: &'a Value) -> Self {
        if value.is_null() {
            return Self::Null;
        }
        T::from_value(value).map_or(Self::Invalid(value), Self::Valid)
    }
}

impl<'a, T> Field<'a, T> {
    /// Returns the value if the member has the documented type. Absent, `null`, and invalid members are `None`.
    pub fn valid(self) -> Option<T> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Absent | Self::Null | Self::Invalid(_) => None,
        }
    }

    /// Returns the value, or the default of its type: an empty text, an empty list.
    pub fn or_default(self) -> T
    where
        T: Default,
    {
        self.valid().unwrap_or_default()
    }

    /// Returns the value of a member that does not have the documented type.
    pub fn invalid(self) -> Option<&'a Value> {
        match self {
            Self::Invalid(value) => Some(value),
            Self::Absent | Self::Null | Self::Valid(_) => None,
        }
    }

    /// Returns `true` if the member is absent or `null`. Servers leave nullable members out
    /// (docs/protocol/objects.md#file).
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Absent | Self::Null)
    }
}

impl<'a, E: OpenEnum> Field<'a, Open<'a, E>> {
    /// Returns the value if it is one of the documented ones.
    pub fn known(self) -> Option<E> {
        self.valid().and_then(Open::known)
    }

    /// Returns the text, whether or not it is one of the documented values.
    pub fn text(self) -> Option<&'a str> {
        self.valid().map(Open::text)
    }

    /// Returns `true` if the member has this value.
    pub fn is(self, value: E) -> bool {
        self.known() == Some(value)
    }
}

/// A type that a member can have.
pub trait FromValue<'a>: Sized {
    /// Returns the value as this type. Returns `None` if the JSON type differs. Does not receive `null`.
    fn from_value(value: &'a Value) -> Option<Self>;
}

impl<'a> FromValue<'a> for &'a Value {
    fn from_value(value: &'a Value) -> Option<Self> {
        Some(value)
    }
}

impl<'a> FromValue<'a> for &'a Map<String, Value> {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_object()
    }
}

impl<'a> FromValue<'a> for &'a str {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_str()
    }
}

impl FromValue<'_> for bool {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl FromValue<'_> for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

/// Integers are numbers too. Times have this type, because some servers send fractions of seconds.
impl FromValue<'_> for f64 {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

/// An array of values of the type `T`.
#[derive(Debug, PartialEq)]
pub struct List<'a, T> {
    values: &'a [Value],
    items: PhantomData<T>,
}

// Not derived: a derived implementation would require that the items can be copied.
impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<'_, T> {}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        Self { values: &[], items: PhantomData }
    }
}

impl<'a, T: FromValue<'a>> List<'a, T> {
    /// Returns the items of the documented type. Skips all others.
    pub fn valid(self) -> impl DoubleEndedIterator<Item = T> + use<'a, T> {
        self.values.iter().filter_map(T::from_value)
    }

    /// Returns every item, also those of another type. No item is [`Field::Absent`].
    pub fn fields(self) -> impl ExactSizeIterator<Item = Field<'a, T>> + use<'a, T> {
        self.values.iter().map(Field::of_value)
    }

    /// Returns the first item if it has the documented type.
    pub fn first(self) -> Option<T> {
        self.values.first().and_then(T::from_value)
    }
}

impl<'a, T> List<'a, T> {
    /// Returns the items as they were read.
    pub fn values(self) -> &'a [Value] {
        self.values
    }

    /// Returns `true` if the array has no items at all.
    pub fn is_empty(self) -> bool {
        self.values.is_empty()
    }
}

impl<'a, T> FromValue<'a> for List<'a, T> {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_array().map(|values| Self { values, items: PhantomData })
    }
}

/// An enum of texts. The protocol adds values over time, so that any text can occur (see [`Open`]).
pub trait OpenEnum: Copy + PartialEq + 'static {
    /// Every documented value with its text.
    const VALUES: &'static [(Self, &'static str)];

    /// Returns the text of this value.
    fn name(self) -> &'static str {
        let found = Self::VALUES.iter().find(|(value, _)| *value == self);
        found.map_or("", |(_, name)| name) // `VALUES` contains every value; a test verifies this.
    }

    /// Returns the value with this text.
    fn named(text: &str) -> Option<Self> {
        Self::VALUES.iter().find(|(_, name)| *name == text).map(|(value, _)| *value)
    }
}

/// The text of an enum member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open<'a, E> {
    /// One of the documented values.
    Known(E),
    /// A text that is not documented.
    Unknown(&'a str),
}

impl<'a, E: OpenEnum> Open<'a, E> {
    /// Returns the documented value.
    pub fn known(self) -> Option<E> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Returns the text.
    pub fn text(self) -> &'a str {
        match self {
            Self::Known(value) => value.name(),
            Self::Unknown(text) => text,
        }
    }
}

impl<E: OpenEnum> fmt::Display for Open<'_, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}

impl<'a, E: OpenEnum> FromValue<'a> for Open<'a, E> {
    fn from_value(value: &'a Value) -> Option<Self> {
        let text = value.as_str()?;
        Some(E::named(text).map_or(Self::Unknown(text), Self::Known))
    }
}
