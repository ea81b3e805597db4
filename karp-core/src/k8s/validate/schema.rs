//! The shape of a custom resource as data: types, bounds, defaults, and rules between fields.
//!
//! Not a JSON schema reader: kinds are written with the functions here, one line per field, so that
//! violations can be told in words. See [`object`] for an example.

use serde_json::Value;

use super::label_rules::LabelRules;
pub use super::path::entry;
use super::pattern::Pattern;
pub use super::report::{Broken, alternatives};

/// What one value must look like.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    pub(super) rules: Vec<Rule>,
}

/// A rule between fields; it runs when types, required fields, sizes and enums are right.
pub type Rule = fn(&Subject<'_>, &mut Broken);

/// Why a text that the API server admits can't be decoded, in words; none when it can.
pub type Decode = fn(&str) -> Option<String>;

/// The value that a rule judges.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The value, with defaults filled in.
    pub value: &'a Value,
    /// Its former state, when this is an update and the value is not an element of a list.
    pub old: Option<&'a Value>,
    /// What is known about labels.
    pub labels: &'a LabelRules,
}

impl<'a> Subject<'a> {
    /// Whether a field is present, empty or not.
    pub fn has(&self, field: &str) -> bool {
        self.value.get(field).is_some()
    }

    /// A field.
    pub fn get(&self, field: &str) -> Option<&'a Value> {
        self.value.get(field)
    }

    /// The value's text; empty when it is no text.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The value's elements; none when it is no list.
    pub fn items(&self) -> &'a [Value] {
        self.value.as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The value's keys; none when it is no map.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.value.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str))
    }
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Boolean,
    Integer(Integer),
    List(Box<List>),
    Map(Box<Map>),
    Object(Vec<(&'static str, Schema)>),
    OpenObject,
    Quantity,
    Text(Text),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Integer {
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) is_long: bool,
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) items: Schema,
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) distinct: Distinct,
}

/// Which elements of a list may not repeat.
#[derive(Clone, Copy, Debug)]
pub(super) enum Distinct {
    No,
    Values,
    Key(&'static str),
}

#[derive(Clone, Debug)]
pub(super) struct Map {
    pub(super) values: Schema,
    pub(super) max: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) one_of: &'static [&'static str],
    pub(super) pattern: Option<&'static Pattern>,
    pub(super) is_time: bool,
    pub(super) decode: Option<Decode>,
}

impl Schema {
    const fn new(shape: Shape) -> Self {
        Self { shape, required: false, default: None, rules: Vec::new() }
    }

    /// The field must be present.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What the server fills in when the field is absent.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Adds a rule between the parts of the value.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }
}

/// An object with exactly these fields; others are dropped by the server.
///
/// # Example: two fields that exclude each other
///
/// ```
/// use karp_core::k8s::validate::schema::{Broken, Schema, Subject, integer, object, text};
///
/// fn either(spec: &Subject<'_>, broken: &mut Broken) {
///     if spec.has("count") && spec.has("name") {
///         broken.at("name", "excludes `count`");
///     }
/// }
///
/// let spec: Schema = object([("count", integer().at_least(0).into()), ("name", text().into())])
///     .rule(either)
///     .required();
/// ```
pub fn object<const N: usize>(fields: [(&'static str, Schema); N]) -> Schema {
    Schema::new(Shape::Object(fields.into()))
}

/// An object with any fields, kept as they are.
pub fn open_object() -> Schema {
    Schema::new(Shape::OpenObject)
}

/// `true` or `false`.
pub fn boolean() -> Schema {
    Schema::new(Shape::Boolean)
}

/// A Kubernetes quantity: an integer, or a text such as `100m` or `1.5Gi`.
pub fn quantity() -> Schema {
    Schema::new(Shape::Quantity)
}

/// A map from any key to values of one shape.
pub fn map(values: impl Into<Schema>) -> MapBuilder {
    MapBuilder(Map { values: values.into(), max: usize::MAX })
}

/// A list of values of one shape.
pub fn list(items: impl Into<Schema>) -> ListBuilder {
    ListBuilder(List { items: items.into(), min: 0, max: usize::MAX, distinct: Distinct::No })
}

/// A text.
pub const fn text() -> TextBuilder {
    TextBuilder(Text {
        min: 0,
        max: usize::MAX,
        one_of: &[],
        pattern: None,
        is_time: false,
        decode: None,
    })
}

/// An instant as RFC 3339 writes it.
pub const fn time() -> TextBuilder {
    let TextBuilder(text) = text();
    TextBuilder(Text { is_time: true, ..text })
}

/// A signed integer of 32 bits.
pub const fn integer() -> IntegerBuilder {
    IntegerBuilder(Integer { min: None, max: None, is_long: false })
}

/// A signed integer of 64 bits.
pub const fn long() -> IntegerBuilder {
    IntegerBuilder(Integer { min: None, max: None, is_long: true })
}

/// Builds a [`map`].
#[derive(Clone, Debug)]
#[must_use]
pub struct MapBuilder(Map);

impl MapBuilder {
    /// Most entries.
    pub const fn at_most(mut self, max: usize) -> Self {
        self.0.max = max;
        self
    }
}

/// Builds a [`list`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ListBuilder(List);

impl ListBuilder {
    /// Fewest elements.
    pub const fn at_least(mut self, min: usize) -> Self {
        self.0.min = min;
        self
    }

    /// Most elements.
    pub const fn at_most(mut self, max: usize) -> Self {
        self.0.max = max;
        self
    }

    /// No element may repeat.
    pub const fn distinct(mut self) -> Self {
        self.0.distinct = Distinct::Values;
        self
    }

    /// No two elements may have the same value of `field`.
    pub const fn keyed_by(mut self, field: &'static str) -> Self {
        self.0.distinct = Distinct::Key(field);
        self
    }
}

/// Builds a [`text`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct TextBuilder(Text);

impl TextBuilder {
    /// Fewest characters.
    pub const fn at_least(mut self, min: usize) -> Self {
        self.0.min = min;
        self
    }

    /// Most characters.
    pub const fn at_most(mut self, max: usize) -> Self {
        self.0.max = max;
        self
    }

    /// The only values.
    pub const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.0.one_of = values;
        self
    }

    /// The form of the text.
    pub const fn like(mut self, pattern: &'static Pattern) -> Self {
        self.0.pattern = Some(pattern);
        self
    }

    /// What a typed client makes of a text that the server admits.
    pub const fn decoded_by(mut self, decode: Decode) -> Self {
        self.0.decode = Some(decode);
        self
    }
}

/// Builds an [`integer`] or a [`long`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct IntegerBuilder(Integer);

impl IntegerBuilder {
    /// Smallest value.
    pub const fn at_least(mut self, min: i64) -> Self {
        self.0.min = Some(min);
        self
    }

    /// Largest value.
    pub const fn at_most(mut self, max: i64) -> Self {
        self.0.max = Some(max);
        self
    }
}

macro_rules! finish {
    ($($builder:ty => $shape:expr),* $(,)?) => {$(
        impl From<$builder> for Schema {
            fn from(builder: $builder) -> Self {
                Self::new($shape(builder.0))
            }
        }

        impl $builder {
            /// The field must be present.
            #[must_use]
            pub fn required(self) -> Schema {
                Schema::from(self).required()
            }

            /// What the server fills in when the field is absent.
            #[must_use]
            pub fn default(self, value: impl Into<Value>) -> Schema {
                Schema::from(self).default(value)
            }

            /// Adds a rule between the parts of the value.
            #[must_use]
            pub fn rule(self, rule: Rule) -> Schema {
                Schema::from(self).rule(rule)
            }
        }
    )*};
}

finish! {
    MapBuilder => |map| Shape::Map(Box::new(map)),
    ListBuilder => |list| Shape::List(Box::new(list)),
    TextBuilder => Shape::Text,
    IntegerBuilder => Shape::Integer,
}
