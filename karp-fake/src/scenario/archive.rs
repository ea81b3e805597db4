//! Compressed text (gzip); not archives of files.

use std::io::{Read, Write};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};

use super::ScenarioError;

/// The text in gzip data.
///
/// # Errors
///
/// [`ScenarioError::Archive`] when the data are no gzip, damaged, or not UTF-8.
pub fn decompress(data: &[u8]) -> Result<String, ScenarioError> {
    let mut text = String::new();
    MultiGzDecoder::new(data)
        .read_to_string(&mut text)
        .map_err(|error| ScenarioError::Archive { problem: error.to_string() })?;
    Ok(text)
}

/// Gzip data of a text; equal texts give equal data.
///
/// # Errors
///
/// [`ScenarioError::Archive`] when memory runs out.
pub fn compress(text: &str) -> Result<Vec<u8>, ScenarioError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .map_err(|error| ScenarioError::Archive { problem: error.to_string() })
}
