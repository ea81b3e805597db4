//! Long lists of pod names in one line; not their order.

use std::collections::BTreeMap;

use karp_core::model::PodId;

/// Names with runs of numbers folded: `shop/web-{0..3}, shop/api-1`.
///
/// Every name can be read back; order is by namespace, stem and number.
///
/// ```
/// use karp_core::model::PodId;
/// let pods = ["web-0", "web-2", "web-1", "api", "web-7"].map(|name| PodId::new("shop", name));
/// assert_eq!(karp_examples::report::fold_names(&pods), "shop/api, shop/web-{0..2,7}");
/// ```
pub fn fold_names(pods: &[PodId]) -> String {
    let mut stems: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut plain: Vec<String> = Vec::new();
    for pod in pods {
        let name = pod.to_string();
        let numbered = name.rsplit_once('-').and_then(|(stem, number)| {
            let value: u64 = number.parse().ok()?;
            (value.to_string() == number).then(|| (stem.to_owned(), value))
        });
        match numbered {
            Some((stem, number)) => stems.entry(stem).or_default().push(number),
            None => plain.push(name),
        }
    }
    let mut parts: Vec<String> = plain;
    for (stem, mut numbers) in stems {
        numbers.sort_unstable();
        match numbers.as_slice() {
            [only] => parts.push(format!("{stem}-{only}")),
            all => parts.push(format!("{stem}-{{{}}}", runs(all))),
        }
    }
    parts.sort();
    parts.join(", ")
}

/// Sorted numbers as runs: `0..2,7`.
fn runs(numbers: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let text: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first},{last}"),
            _ => format!("{first}..{last}"),
        })
        .collect();
    text.join(",")
}
