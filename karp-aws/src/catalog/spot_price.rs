//! Made-up spot prices, the same on every machine and every day; not what EC2 asks.

use karp_core::model::Price;

/// A spot price for `instance_type` in `zone`: between 28 % and 68 % of the price on demand.
///
/// `on_demand × (0.28 + 0.4 × u)` with `u = (crc32("<type>/<zone>") mod 1000) / 1000`, in exact decimal arithmetic, rounded to
/// the nearest 10⁻¹² dollars (no bundled price needs it).
pub(super) fn made_up(on_demand: Price, instance_type: &str, zone: &str) -> Price {
    let hash = crc32fast::hash(format!("{instance_type}/{zone}").as_bytes());
    let share_ppm = 280_000 + 400 * u64::from(hash % 1000);
    on_demand.scaled(share_ppm, 1_000_000)
}

#[cfg(test)]
mod tests {
    use karp_core::model::usd;

    use super::*;

    #[test]
    fn figures_worked_out_elsewhere_come_out() {
        for (name, zone, on_demand, spot) in [
            ("a1.2xlarge", "us-east-1a", "0.204", "0.1385568"),
            ("a1.2xlarge", "us-east-1b", "0.204", "0.1135872"),
            ("a1.2xlarge", "us-east-1c", "0.204", "0.0605472"),
            ("a1.4xlarge", "us-east-1b", "0.408", "0.137904"),
        ] {
            assert_eq!(made_up(usd(on_demand).unwrap(), name, zone), usd(spot).unwrap(), "{name}");
        }
    }

    #[test]
    fn the_dearest_price_does_not_overflow() {
        let spot = made_up(usd("9000000").unwrap(), "x.large", "z");
        assert!(spot < usd("6120000").unwrap() && spot >= usd("2520000").unwrap());
    }
}
