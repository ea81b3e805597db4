//! Selector terms: images, subnets, security groups, capacity reservations.
//!
//! Not what they select: that needs the cloud.

use karp_core::k8s::validate::Pattern;
use karp_core::k8s::validate::schema::{
    Broken, Schema, Subject, alternatives, list, map, object, text,
};
use serde_json::Value;

use super::family::{ALIASES, of_alias};

const TERMS_MAX: usize = 30;
const TAGS_MAX: usize = 20;

// Ids of images, subnets and security groups are found anywhere in the text: `xxami-1` passes.
static AMI_ID: Pattern = Pattern::new("ami-[0-9a-z]+", "an id such as `ami-0abc123`");
static SUBNET_ID: Pattern = Pattern::new("subnet-[0-9a-z]+", "an id such as `subnet-0abc123`");
static GROUP_ID: Pattern = Pattern::new("sg-[0-9a-z]+", "an id such as `sg-0abc123`");

pub(super) static RESERVATION_ID: Pattern =
    Pattern::new("^cr-[0-9a-z]+$", "an id such as `cr-0abc123`");
pub(super) static ACCOUNT: Pattern =
    Pattern::new("^[0-9]{12}$", "an account id of 12 digits, in quotes");
static ALIAS: Pattern =
    Pattern::new("^[a-zA-Z0-9]+@.+$", "a family and a version such as `al2023@latest`");

/// `open` or `targeted`.
pub(super) const MATCH_CRITERIA: [&str; 2] = ["open", "targeted"];

/// Terms that select images.
pub(super) fn amis() -> Schema {
    list(object([
        ("alias", text().at_most(30).rule(alias_is_known)),
        ("tags", tags()),
        ("id", text().like(&AMI_ID).into()),
        ("name", text().into()),
        ("owner", text().into()),
        ("ssmParameter", text().into()),
    ]))
    .at_least(1)
    .at_most(TERMS_MAX)
    .rule(ami_terms)
}

/// Terms that select subnets.
pub(super) fn subnets() -> Schema {
    list(object([("tags", tags()), ("id", text().like(&SUBNET_ID).into())]))
        .at_most(TERMS_MAX)
        .rule(not_empty)
        .rule(|terms, broken| needs_one_of(terms, &["tags", "id"], broken))
        .rule(|terms, broken| not_all_mix(terms, "id", &["tags"], broken))
}

/// Terms that select security groups.
pub(super) fn security_groups() -> Schema {
    list(object([("tags", tags()), ("id", text().like(&GROUP_ID).into()), ("name", text().into())]))
        .at_most(TERMS_MAX)
        .rule(not_empty)
        .rule(|terms, broken| needs_one_of(terms, &["tags", "id", "name"], broken))
        .rule(|terms, broken| not_all_mix(terms, "id", &["tags", "name"], broken))
        .rule(|terms, broken| not_all_mix(terms, "name", &["tags", "id"], broken))
}

/// Terms that select capacity reservations.
pub(super) fn capacity_reservations() -> Schema {
    const OTHERS: [&str; 3] = ["tags", "ownerID", "instanceMatchCriteria"];

    list(object([
        ("tags", tags()),
        ("id", text().like(&RESERVATION_ID).into()),
        ("ownerID", text().like(&ACCOUNT).into()),
        ("instanceMatchCriteria", text().one_of(&MATCH_CRITERIA).into()),
    ]))
    .at_most(TERMS_MAX)
    .rule(left_out_when_empty)
    .rule(|terms, broken| needs_one_of(terms, &["tags", "id", "instanceMatchCriteria"], broken))
    .rule(|terms, broken| not_all_mix(terms, "id", &OTHERS, broken))
}

fn tags() -> Schema {
    map(text()).at_most(TAGS_MAX).rule(tags_are_not_empty)
}

fn tags_are_not_empty(tags: &Subject<'_>, broken: &mut Broken) {
    for key in tags.keys() {
        if key.is_empty() {
            broken.entry(key, "a tag needs a key");
        } else if tags.get(key).and_then(Value::as_str) == Some("") {
            broken.entry(key, "a tag needs a value; `*` stands for any");
        }
    }
}

fn alias_is_known(alias: &Subject<'_>, broken: &mut Broken) {
    let text = alias.text();
    if !ALIAS.is_match(text) {
        return broken.here(format!("expected {}, found `{text}`", ALIAS.expected()));
    }
    let mut parts = text.split('@');
    let family = parts.next().unwrap_or_default();
    let version = parts.next().unwrap_or_default();
    if of_alias(text).is_none() {
        let families = alternatives(&ALIASES.map(|(name, _)| name));
        broken.here(format!("expected a family {families}, found `{family}`"));
    } else if family.starts_with("windows") && version != "latest" {
        broken
            .here(format!("expected version `latest`, the only one of Windows, found `{version}`"));
    }
}

fn ami_terms(terms: &Subject<'_>, broken: &mut Broken) {
    needs_one_of(terms, &["tags", "id", "name", "alias", "ssmParameter"], broken);
    none_mixes(terms, "id", &["alias", "tags", "name", "owner"], broken);
    none_mixes(terms, "alias", &["id", "tags", "name", "owner"], broken);
    let alias = terms.items().iter().position(|term| term.get("alias").is_some());
    if let Some(index) = alias.filter(|_| terms.items().len() > 1) {
        broken.at(format!("[{index}].alias"), "a term with an alias must be the only term");
    }
}

fn not_empty(terms: &Subject<'_>, broken: &mut Broken) {
    if terms.items().is_empty() {
        broken.here("expected at least 1 term, found 0");
    }
}

fn left_out_when_empty(terms: &Subject<'_>, broken: &mut Broken) {
    if terms.items().is_empty() {
        broken.here("an empty list is refused: leave the field out");
    }
}

fn needs_one_of(terms: &Subject<'_>, fields: &[&str], broken: &mut Broken) {
    for (index, term) in terms.items().iter().enumerate() {
        if !has_any(term, fields) {
            broken.at(format!("[{index}]"), format!("expected {}", alternatives(fields)));
        }
    }
}

/// No term may have `one` beside any of the `others`.
fn none_mixes(terms: &Subject<'_>, one: &str, others: &[&str], broken: &mut Broken) {
    for (index, term) in terms.items().iter().enumerate() {
        if term.get(one).is_some() && has_any(term, others) {
            let message = format!("`{one}` can't be used with {}", alternatives(others));
            broken.at(format!("[{index}]"), message);
        }
    }
}

/// Not every term may have `one` beside any of the `others`.
///
/// That is what the definitions say, although they mean [`none_mixes`]: one good term hides bad
/// ones. An empty list, of which everything is true, is refused, too; see [`not_empty`] and
/// [`left_out_when_empty`].
fn not_all_mix(terms: &Subject<'_>, one: &str, others: &[&str], broken: &mut Broken) {
    let mixes = |term: &Value| term.get(one).is_some() && has_any(term, others);
    if !terms.items().iter().all(mixes) {
        return;
    }
    none_mixes(terms, one, others, broken);
}

fn has_any(term: &Value, fields: &[&str]) -> bool {
    fields.iter().any(|field| term.get(field).is_some())
}
