//! Dollars as people read them; not exact amounts.

/// An amount of 10⁻¹² dollars, to the cent, with thousands apart: `$1,234.50`, `-$0.10`.
pub(super) fn dollars(pico: i128) -> String {
    const PICO_PER_CENT: i128 = 10_000_000_000;
    let cents = (pico.abs() + PICO_PER_CENT / 2) / PICO_PER_CENT;
    let sign = if pico < 0 && cents > 0 { "-" } else { "" };
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}${grouped}.{:02}", cents % 100)
}

#[cfg(test)]
mod tests {
    use super::dollars;

    #[test]
    fn amounts_are_rounded_to_cents_and_grouped() {
        assert_eq!(dollars(0), "$0.00");
        assert_eq!(dollars(1_234_565_000_000_000), "$1,234.57");
        assert_eq!(dollars(-100_000_000_000), "-$0.10");
        assert_eq!(dollars(-1), "$0.00");
        assert_eq!(dollars(1_000_000_000_000_000_000), "$1,000,000.00");
    }
}
