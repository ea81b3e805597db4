//! Text into objects: splits YAML and JSON streams and `List`s into raw documents.
//!
//! Not here: what the objects mean. A document is a JSON map; kinds are read by the modules beside
//! this one.

use std::sync::Arc;

use serde_json::{Map, Value};
use thiserror::Error;

/// One object of a stream, or why it could not be read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// Name of the stream: a path, or `-`.
    pub source: Arc<str>,
    /// Position in the stream, from 1. Empty documents are not counted; all items of a `List` share
    /// the position of their list.
    pub document: usize,
    /// Position in the `List` the object came from, from 1.
    pub item: Option<usize>,
    /// Line of the stream at which the document begins, from 1.
    pub line: usize,
    /// The object: always a JSON map.
    pub value: Result<Value, ReadError>,
}

/// Why a document is no object.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// The `items` of a `List` are not a list.
    #[error("`items` of a list of objects must be a list, found {found}")]
    Items {
        /// What was found instead, with its article.
        found: &'static str,
    },
    /// The document is a scalar or a list.
    #[error("expected an object, found {found}")]
    NotAnObject {
        /// What was found instead, with its article.
        found: &'static str,
    },
    /// The document is not encoded in UTF-8.
    #[error("line {line}: not UTF-8 text")]
    NotUtf8 {
        /// Line of the first broken byte, from 1.
        line: usize,
    },
    /// The document is neither YAML nor JSON.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Line of the stream, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser expected.
        message: String,
    },
    /// Aliases or nesting would make the document far larger than its text.
    #[error("line {line}: nested or repeated by aliases beyond the limit")]
    TooLarge {
        /// Line of the stream, from 1.
        line: usize,
    },
}

/// Objects of a stream of YAML documents, JSON values or `List`s, in order.
///
/// YAML documents are separated by `---`, JSON values by nothing or white space. A broken document
/// yields one [`ReadError`] and leaves its neighbours alone. Items of a `List` (and of a `PodList`
/// and its like, whose items inherit version and kind) become documents of their own. Documents
/// that hold nothing but comments are skipped.
///
/// Numbers and words are typed as Kubernetes' own YAML reader does: `0777` is octal, `1e3` a float,
/// `yes` a boolean, a quoted text always a string. Duplicate keys of a YAML map are an error.
/// Aliases may repeat a quarter of a million nodes at most, and YAML may nest 64 deep.
///
/// # Cost
///
/// Linear in the length of the stream, plus what aliases repeat.
///
/// # Example: a good document survives a bad one
///
/// ```
/// use karp_core::k8s::documents;
///
/// let read = documents("pools.yaml", b"kind: A\n---\nkind: [\n---\nkind: B\n");
/// assert_eq!(read.len(), 3);
/// assert_eq!(read[2].value.as_ref().unwrap()["kind"], "B");
/// let error = read[1].value.as_ref().unwrap_err();
/// assert!(error.to_string().starts_with("line 3, column 7"));
/// ```
pub fn documents(source: &str, bytes: &[u8]) -> Vec<Document> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = Reader { source: source.into(), count: 0, documents: Vec::new() };
    for chunk in chunks(bytes) {
        reader.chunk(&chunk);
    }
    reader.documents
}

/// A stretch of the stream between two document markers.
struct Chunk<'bytes> {
    bytes: &'bytes [u8],
    line: usize,
}

/// Splits at lines that begin with `---` or `...`, which YAML allows nowhere inside a document.
///
/// Working on bytes keeps documents apart even when one of them is no text at all.
fn chunks(bytes: &[u8]) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut current = Span { start: 0, line: 1, marked: false, filled: false };
    let mut offset = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let next = Span { start: offset, line: index + 1, marked: false, filled: false };
        if let Some(rest) = after_marker(line, b"---") {
            if current.filled || current.marked {
                current.close(bytes, offset, &mut chunks);
                current = next;
            }
            current.marked = true;
            current.filled |= has_content(rest);
        } else if after_marker(line, b"...").is_some() {
            current.close(bytes, offset, &mut chunks);
            current = Span { start: offset + line.len(), line: index + 2, ..next };
        } else {
            current.filled |= has_content(line) && !line.starts_with(b"%");
        }
        offset += line.len();
    }
    current.close(bytes, offset, &mut chunks);
    chunks
}

/// A chunk whose end is not known yet.
struct Span {
    start: usize,
    line: usize,
    /// Its `---` was seen; directives may come before it.
    marked: bool,
    /// It holds more than comments.
    filled: bool,
}

impl Span {
    fn close<'bytes>(&self, bytes: &'bytes [u8], end: usize, chunks: &mut Vec<Chunk<'bytes>>) {
        if self.filled
            && let Some(bytes) = bytes.get(self.start..end)
        {
            chunks.push(Chunk { bytes, line: self.line });
        }
    }
}

/// What follows a document marker at the start of a line.
fn after_marker<'bytes>(line: &'bytes [u8], marker: &[u8]) -> Option<&'bytes [u8]> {
    let rest = line.strip_prefix(marker)?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some(rest)
}

fn has_content(line: &[u8]) -> bool {
    line.trim_ascii_start().first().is_some_and(|byte| *byte != b'#')
}

struct Reader {
    source: Arc<str>,
    count: usize,
    documents: Vec<Document>,
}

impl Reader {
    fn chunk(&mut self, chunk: &Chunk<'_>) {
        let text = match std::str::from_utf8(chunk.bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = chunk.bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = chunk.line + newlines(std::str::from_utf8(before).unwrap_or_default());
                return self.push(chunk.line, Err(ReadError::NotUtf8 { line }));
            }
        };
        let body = text.strip_prefix("---").unwrap_or(text).trim_start();
        if body.starts_with(['{', '[']) && self.json(text, body, chunk.line) {
            return;
        }
        self.push(chunk.line, yaml(text, chunk.line));
    }

    /// Reads `body` as JSON values in a row; false, and nothing read, if it looks more like YAML.
    fn json(&mut self, text: &str, body: &str, first_line: usize) -> bool {
        let mut rest = body;
        let mut line = first_line + newlines(text) - newlines(body);
        while !rest.is_empty() {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let next = match values.next() {
                None => break,
                Some(Ok(value)) => {
                    self.push(line, Ok(value));
                    rest.get(values.byte_offset()..).unwrap_or_default().trim_start()
                }
                Some(Err(error)) => {
                    if rest.len() == body.len() && !is_json(body) {
                        return false;
                    }
                    self.push(line, Err(json_error(&error, line)));
                    next_object(rest)
                }
            };
            let read = rest.get(..rest.len() - next.len()).unwrap_or_default();
            line += newlines(read);
            rest = next;
        }
        true
    }

    fn push(&mut self, line: usize, value: Result<Value, ReadError>) {
        self.count += 1;
        self.expand(line, None, value);
    }

    fn expand(&mut self, line: usize, item: Option<usize>, value: Result<Value, ReadError>) {
        match value {
            Ok(Value::Object(mut object)) if is_list(&object) => match object.remove("items") {
                Some(Value::Array(items)) => {
                    for (index, value) in items.into_iter().enumerate() {
                        let value = with_kind_of(&object, value);
                        self.expand(line, Some(index + 1), Ok(value));
                    }
                }
                other => {
                    let found = other.as_ref().map_or("nothing", found);
                    self.add(line, item, Err(ReadError::Items { found }));
                }
            },
            Ok(object @ Value::Object(_)) => self.add(line, item, Ok(object)),
            Ok(other) => {
                self.add(line, item, Err(ReadError::NotAnObject { found: found(&other) }));
            }
            Err(error) => self.add(line, item, Err(error)),
        }
    }

    fn add(&mut self, line: usize, item: Option<usize>, value: Result<Value, ReadError>) {
        let source = Arc::clone(&self.source);
        self.documents.push(Document { source, document: self.count, item, line, value });
    }
}

/// Whether `object` is a `List`, or a `PodList` and its like that does hold items.
fn is_list(object: &Map<String, Value>) -> bool {
    match object.get("kind").and_then(Value::as_str) {
        Some("List") => true,
        Some(kind) => kind.ends_with("List") && object.get("items").is_some_and(Value::is_array),
        None => false,
    }
}

/// Gives an item of a `PodList` the version and the kind that the API server leaves out there.
fn with_kind_of(list: &Map<String, Value>, mut item: Value) -> Value {
    let kind = list.get("kind").and_then(Value::as_str).and_then(|kind| kind.strip_suffix("List"));
    if let (Some(kind), Some(object)) = (kind, item.as_object_mut())
        && !kind.is_empty()
        && !object.contains_key("kind")
    {
        object.insert("kind".to_owned(), kind.into());
        if let Some(version) = list.get("apiVersion") {
            object.entry("apiVersion").or_insert_with(|| version.clone());
        }
    }
    item
}

/// Nodes that aliases may repeat, and nodes that the smallest document may have.
///
/// Written out, a node takes a byte at least; a document with more nodes than bytes is a bomb.
const NODES_MAX: usize = 250_000;

/// Twice as deep as the deepest definitions; documents are read recursively, and unoptimised code
/// needs 16 KiB of stack for each level.
const DEPTH_MAX: usize = 64;

fn yaml(text: &str, first_line: usize) -> Result<Value, ReadError> {
    let nodes_max = text.len().saturating_add(NODES_MAX);
    let budget = serde_saphyr::budget! {
        max_depth: DEPTH_MAX,
        max_nodes: nodes_max,
        max_events: nodes_max.saturating_mul(2),
        max_total_scalar_bytes: nodes_max.saturating_mul(64),
        max_reader_input_bytes: None,
    };
    let mut options = serde_saphyr::options! {
        budget: budget,
        emit_comments: false,
        legacy_octal_numbers: true,
        with_snippet: false,
    };
    options.alias_limits.max_total_replayed_events = NODES_MAX;
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| yaml_error(&error, first_line))
}

fn yaml_error(error: &serde_saphyr::Error, first_line: usize) -> ReadError {
    use serde_saphyr::Error;

    let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
    let line = first_line + usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let mut cause = error.without_snippet();
    while let Error::AliasError { error, .. } = cause {
        cause = error.without_snippet();
    }
    let is_limit = matches!(
        cause,
        Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. }
    );
    if is_limit {
        return ReadError::TooLarge { line };
    }
    let text = cause.render_with_formatter(&serde_saphyr::UserMessageFormatter);
    // The location is counted from the document; ours is counted from the stream.
    let message = text.split(" at line ").next().unwrap_or_default().to_owned();
    ReadError::Syntax { line, column: usize::try_from(column).unwrap_or(1), message }
}

fn json_error(error: &serde_json::Error, first_line: usize) -> ReadError {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default().to_owned();
    ReadError::Syntax { line: first_line + error.line() - 1, column: error.column(), message }
}

/// Whether a text that begins with a bracket was meant as JSON: its first key is quoted.
fn is_json(body: &str) -> bool {
    let inner = body.trim_start_matches(['{', '[']).trim_start();
    inner.starts_with('"') || inner.starts_with('{')
}

/// The rest of the text from the next line on that begins with an object.
fn next_object(rest: &str) -> &str {
    rest.match_indices("\n{").next().and_then(|(at, _)| rest.get(at + 1..)).unwrap_or_default()
}

fn newlines(text: &str) -> usize {
    text.matches('\n').count()
}

/// A JSON value for messages: its type, and what it is if that is short.
pub(crate) fn shown(value: &Value) -> String {
    const LENGTH_MAX: usize = 40;

    match value {
        Value::Bool(_) => format!("the boolean {value}"),
        Value::Number(_) => format!("the number {value}"),
        Value::String(text) if text.len() <= LENGTH_MAX => format!("the string `{text}`"),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            found(value).to_owned()
        }
    }
}

/// A JSON value's type with its article, for messages.
pub(crate) fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
