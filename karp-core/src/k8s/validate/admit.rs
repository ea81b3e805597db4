//! What the API server does with an object: drops, fills in, checks, in this order.
//!
//! Not the rules of any kind: those are [`Schema`]s.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Number, Value};

use super::label_rules::LabelRules;
use super::path::Path;
use super::pattern::{DATE_TIME, QUANTITY};
use super::report::{Broken, Report, Stage, Warning, alternatives};
use super::schema::{Distinct, Integer, List, Schema, Shape, Subject, Text};
use crate::k8s::document::shown;
use crate::model::Quantity;

/// Drops unknown fields with a warning and nulls without one, and fills in defaults.
pub(super) fn prepare(schema: &Schema, value: &mut Value, path: &Path<'_>, report: &mut Report) {
    match (&schema.shape, value) {
        (Shape::Object(fields), Value::Object(object)) => {
            object.retain(|name, _| {
                let known = fields.iter().any(|(field, _)| field == name);
                if !known {
                    report.warn(&path.field(name), "unknown field: the API server drops it");
                }
                known
            });
            for (name, field) in fields {
                prepare_field(name, field, object);
                if let Some(value) = object.get_mut(*name) {
                    prepare(field, value, &path.field(name), report);
                }
            }
        }
        (Shape::Map(map), Value::Object(object)) => {
            object.retain(|_, value| !value.is_null());
            for (key, value) in object {
                prepare(&map.values, value, &path.field(key), report);
            }
        }
        (Shape::List(list), Value::Array(items)) => {
            for (index, item) in items.iter_mut().enumerate() {
                prepare(&list.items, item, &path.index(index), report);
            }
        }
        _ => {}
    }
}

/// Replaces an absent or null field by its default, or drops the null.
fn prepare_field(name: &str, field: &Schema, object: &mut Map<String, Value>) {
    if !object.get(name).is_none_or(Value::is_null) {
        return;
    }
    match &field.default {
        Some(default) => object.insert(name.to_owned(), default.clone()),
        None => object.remove(name),
    };
}

/// Checks a prepared value: first its structure, then the rules.
///
/// The server evaluates no rule once a type, a size or an enum is wrong. Here all rules run, so that
/// people see everything at once, but what they find about broken parts is left out.
pub(super) fn check(schema: &Schema, subject: &Subject<'_>, path: &Path<'_>, report: &mut Report) {
    let mut structure = Check { labels: subject.labels, blocked: Vec::new(), report };
    structure.structure(schema, subject.value, subject.old, path);
    let blocked = structure.blocked;
    let mut broken = Report::default();
    let mut rules = Check { labels: subject.labels, blocked: Vec::new(), report: &mut broken };
    rules.rules(schema, subject.value, subject.old, path);
    let concerns = |field: &str| {
        blocked.iter().any(|other| is_inside(field, other) || is_inside(other, field))
    };
    broken.errors.retain(|issue| !concerns(&issue.field));
    report.append(broken);
}

/// Whether one path is another or lies below it.
fn is_inside(field: &str, other: &str) -> bool {
    field.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

struct Check<'a> {
    labels: &'a LabelRules,
    /// Paths of violations after which the server does not evaluate rules.
    blocked: Vec<String>,
    report: &'a mut Report,
}

impl Check<'_> {
    fn structure(&mut self, schema: &Schema, value: &Value, old: Option<&Value>, path: &Path<'_>) {
        if old == Some(value) {
            let mut unchanged = Report::default();
            let mut check =
                Check { labels: self.labels, blocked: Vec::new(), report: &mut unchanged };
            check.shape(schema, value, None, path);
            return self.tolerate(unchanged);
        }
        self.shape(schema, value, old, path);
    }

    /// Servers accept violations in parts of an object that an update leaves alone.
    fn tolerate(&mut self, unchanged: Report) {
        self.report.warnings.extend(unchanged.warnings);
        for issue in unchanged.errors {
            if issue.stage == Stage::Admission {
                let message = format!("tolerated because it did not change: {}", issue.message);
                self.report.warnings.push(Warning { field: issue.field, message });
            } else {
                self.report.errors.push(issue);
            }
        }
    }

    fn shape(&mut self, schema: &Schema, value: &Value, old: Option<&Value>, path: &Path<'_>) {
        match (&schema.shape, value) {
            (Shape::Object(fields), Value::Object(object)) => {
                for (name, field) in fields {
                    match object.get(*name) {
                        Some(value) => {
                            let old = old.and_then(|old| old.get(*name));
                            self.structure(field, value, old, &path.field(name));
                        }
                        None if field.required => self.block(&path.field(name), "required".into()),
                        None => {}
                    }
                }
            }
            (Shape::Map(map), Value::Object(object)) => {
                if object.len() > map.max {
                    self.block(
                        path,
                        format!("expected at most {} entries, found {}", map.max, object.len()),
                    );
                }
                for (key, value) in object {
                    let old = old.and_then(|old| old.get(key));
                    self.structure(&map.values, value, old, &path.field(key));
                }
            }
            (Shape::List(list), Value::Array(items)) => self.list(list, items, path),
            (Shape::Text(text), Value::String(value)) => self.text(text, value, path),
            (Shape::Integer(integer), Value::Number(number)) => {
                self.integer(*integer, number, path);
            }
            (Shape::Quantity, value) => self.quantity(value, path),
            (Shape::OpenObject, Value::Object(_)) | (Shape::Boolean, Value::Bool(_)) => {}
            (shape, value) => {
                let expected = expected(shape);
                self.block(path, format!("expected {expected}, found {}", shown(value)));
            }
        }
    }

    fn list(&mut self, list: &List, items: &[Value], path: &Path<'_>) {
        if items.len() > list.max {
            self.block(
                path,
                format!("expected at most {} elements, found {}", list.max, items.len()),
            );
        }
        if items.len() < list.min {
            self.error(
                path,
                format!("expected at least {} element, found {}", list.min, items.len()),
            );
        }
        for (index, item) in items.iter().enumerate() {
            self.structure(&list.items, item, None, &path.index(index));
        }
        let mut seen = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let key = match list.distinct {
                Distinct::No => return,
                Distinct::Values => item.to_string(),
                Distinct::Key(field) => item.get(field).map(Value::to_string).unwrap_or_default(),
            };
            if seen.contains(&key) {
                self.error(&path.index(index), format!("{key} is in the list already"));
            }
            seen.insert(key);
        }
    }

    fn text(&mut self, text: &Text, value: &str, path: &Path<'_>) {
        let errors = self.report.errors.len();
        let length = value.chars().count();
        if length > text.max {
            self.block(path, format!("expected at most {} characters, found {length}", text.max));
        }
        if length < text.min {
            self.error(path, "may not be empty".to_owned());
        }
        if !text.one_of.is_empty() && !text.one_of.contains(&value) {
            let expected = alternatives(text.one_of);
            self.block(path, format!("expected {expected}, found `{value}`"));
        }
        if let Some(pattern) = text.pattern
            && length >= text.min
            && !pattern.is_match(value)
        {
            self.error(path, format!("expected {}, found `{value}`", pattern.expected()));
        }
        if text.is_time && !is_time(value) {
            self.error(path, format!("expected {}, found `{value}`", DATE_TIME.expected()));
        }
        if errors == self.report.errors.len()
            && let Some(problem) = text.decode.and_then(|decode| decode(value))
        {
            self.report.error(path, Stage::Decode, problem);
        }
    }

    fn integer(&mut self, integer: Integer, number: &Number, path: &Path<'_>) {
        let Some(value) = whole(number) else {
            return self.block(path, format!("expected an integer, found {number}"));
        };
        let (min, max) = (integer.min.map(i128::from), integer.max.map(i128::from));
        if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
            let expected = match (min, max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("at least {min}"),
                (None, Some(max)) => format!("at most {max}"),
                (None, None) => String::new(),
            };
            return self.error(path, format!("expected {expected}, found {value}"));
        }
        let (bits, fits) = if integer.is_long {
            (64, i64::try_from(value).is_ok())
        } else {
            (32, i32::try_from(value).is_ok())
        };
        if !fits {
            self.report.error(
                path,
                Stage::Decode,
                format!("{value} does not fit into {bits} bits"),
            );
        }
    }

    fn quantity(&mut self, value: &Value, path: &Path<'_>) {
        match value {
            Value::Number(number) if whole(number).is_some() => {}
            Value::String(text) if !QUANTITY.is_match(text) => {
                self.error(path, format!("expected {}, found `{text}`", QUANTITY.expected()));
            }
            Value::String(text) => {
                if let Err(error) = text.parse::<Quantity>() {
                    self.report.error(path, Stage::Decode, error.to_string());
                }
            }
            Value::Number(number) => self.block(
                path,
                format!(
                    "expected an integer or a text such as `{number}` in quotes, found {number}"
                ),
            ),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                let message = format!("expected {}, found {}", QUANTITY.expected(), shown(value));
                self.block(path, message);
            }
        }
    }

    fn rules(&mut self, schema: &Schema, value: &Value, old: Option<&Value>, path: &Path<'_>) {
        for rule in &schema.rules {
            let mut broken = Broken::default();
            rule(&Subject { value, old, labels: self.labels }, &mut broken);
            let mut found = Report::default();
            broken.move_into(&mut found, path, Stage::Admission);
            if old == Some(value) {
                self.tolerate(found);
            } else {
                self.report.append(found);
            }
        }
        match (&schema.shape, value) {
            (Shape::Object(fields), Value::Object(object)) => {
                for (name, field) in fields {
                    if let Some(value) = object.get(*name) {
                        let old = old.and_then(|old| old.get(*name));
                        self.rules(field, value, old, &path.field(name));
                    }
                }
            }
            (Shape::Map(map), Value::Object(object)) => {
                for (key, value) in object {
                    let old = old.and_then(|old| old.get(key));
                    self.rules(&map.values, value, old, &path.field(key));
                }
            }
            (Shape::List(list), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.rules(&list.items, item, None, &path.index(index));
                }
            }
            _ => {}
        }
    }

    fn error(&mut self, path: &Path<'_>, message: String) {
        self.report.error(path, Stage::Admission, message);
    }

    fn block(&mut self, path: &Path<'_>, message: String) {
        self.blocked.push(path.to_string());
        self.error(path, message);
    }
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Boolean => "`true` or `false`",
        Shape::Integer(_) => "an integer",
        Shape::List(_) => "a list",
        Shape::Map(_) | Shape::Object(_) | Shape::OpenObject => "an object",
        Shape::Quantity => "a quantity",
        Shape::Text(_) => "a string (put it in quotes)",
    }
}

/// The number's value when it is whole, however it is written: `1000`, `1e3`, `2.0`.
pub(crate) fn whole(number: &Number) -> Option<i128> {
    if let Some(value) = number.as_i64() {
        return Some(value.into());
    }
    if let Some(value) = number.as_u64() {
        return Some(value.into());
    }
    let value = number.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be whole; huge values saturate"
    )]
    (value.fract() == 0.0).then_some(value as i128)
}

/// Whether `text` is an RFC 3339 time, as the format `date-time` of the definitions means it.
///
/// [`Timestamp`](crate::model::Timestamp) reads fewer years than the server admits.
fn is_time(text: &str) -> bool {
    let number = |range: Range<usize>| -> u32 {
        text.get(range).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    DATE_TIME.is_match(text)
        && (1..=days).contains(&day)
        && number(11..13) < 24
        && number(14..16) < 60
        && number(17..19) < 60
}
