//! Compressed text (gzip); not archives of files.

use std::io::{Read, Write};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};

use super::ScenarioError;

/// Longest text that is unpacked: a small file can unpack to more than memory holds.
const TEXT_MAX: u64 = 1 << 30;

/// The text in gzip data, up to 1 GiB.
///
/// # Errors
///
/// [`ScenarioError::Archive`] when the data are no gzip, damaged, too long, or not UTF-8.
pub fn decompress(data: &[u8]) -> Result<String, ScenarioError> {
    let mut text = String::new();
    let error = |problem: String| ScenarioError::Archive { problem };
    let read = MultiGzDecoder::new(data)
        .take(TEXT_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|cause| error(cause.to_string()))?;
    if u64::try_from(read).unwrap_or(u64::MAX) > TEXT_MAX {
        return Err(error("the text is longer than 1 GiB".to_owned()));
    }
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
