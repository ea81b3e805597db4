//! Budgets come to what the reference made of them, in every recorded row.

use std::{error::Error, fs, path::PathBuf};

use karp_fake::scenario::{BudgetRow, decompress};

/// Rows of the file; none may be lost.
const ROWS: usize = 1_801;

#[test]
fn budgets_agree_with_the_reference() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/budgets.jsonl.gz");
    let rows = BudgetRow::parse_lines(&decompress(&fs::read(path)?)?)?;
    assert_eq!(rows.len(), ROWS);
    let mut differing = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(difference) = row.difference() {
            differing.push(format!("row {}: {difference}: {row:?}", index + 1));
        }
    }
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
    Ok(())
}

#[test]
fn a_line_that_is_no_row_is_named() {
    let error = BudgetRow::parse_lines("\n{}").err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("line 2 can't be read"));
}
