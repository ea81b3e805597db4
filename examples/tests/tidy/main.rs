//! Rules of the house that no compiler checks: who may use whom, names, sizes, error texts.

mod directions;
mod names;
mod sizes;
mod source;
mod texts;

use std::path::Path;

use source::Source;

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Fails with every broken rule, not just the first.
fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn modules_use_only_what_lies_below_them() {
    assert_none(&directions::broken(&source::read_all(root())));
}

#[test]
fn only_the_shell_is_async() {
    assert_none(&directions::async_in_the_core(&source::read_all(root())));
}

#[test]
fn foreign_crates_are_named_only_where_they_belong() {
    assert_none(&directions::foreign(&source::read_all(root())));
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    assert_none(&names::broken(&source::read_all(root())));
}

#[test]
fn files_hold_one_concept() {
    assert_none(&sizes::broken(&source::read_all(root())));
}

#[test]
fn every_file_says_what_it_is() {
    assert_none(&texts::without_description(&source::read_all(root())));
}

#[test]
fn error_texts_are_one_lower_case_line_without_full_stop() {
    assert_none(&texts::error_texts(&source::read_all(root())));
}

#[test]
fn doctests_run() {
    assert_none(&texts::skipped_doctests(&source::read_all(root())));
}

#[test]
fn nothing_is_left_for_later() {
    assert_none(&texts::unfinished(&source::read_all(root())));
}

#[test]
fn the_repository_names_no_path_of_a_machine() {
    assert_none(&texts::machine_paths(root()));
}

#[test]
fn both_clippy_files_agree() {
    assert_none(&texts::clippy_files(root()));
}

#[test]
fn every_reason_is_explained_in_the_book() {
    assert_none(&texts::unexplained_reasons(root()));
}

#[test]
fn every_lint_is_explained_in_the_book() {
    let rules = karp_examples::lint::rules();
    let codes: Vec<&str> = rules.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "a code is there twice: {codes:?}");
    assert_none(&texts::unexplained_lints(root(), &codes));
    let (with_one_more, with_one_less) = ([&codes[..], &["unheard-of"]].concat(), &codes[1..]);
    assert_eq!(texts::unexplained_lints(root(), &with_one_more).len(), 2);
    assert_eq!(texts::unexplained_lints(root(), with_one_less).len(), 1);
}

/// The rules themselves must be able to fail.
#[test]
fn the_rules_bite() {
    let bad = |path: &str, text: &str| vec![Source::new(path, text)];
    let core = "karp-core/src/model/x.rs";
    assert!(!directions::broken(&bad(core, "//! X.\nuse crate::solve::Y;\n")).is_empty());
    assert!(
        !directions::broken(&bad(core, "//! X.\nuse crate::{\n    solve::Y,\n};\n")).is_empty()
    );
    assert!(directions::broken(&bad(core, "//! X.\nuse super::Y;\n")).is_empty());
    let check = "karp-core/src/check/x.rs";
    assert!(!directions::broken(&bad(check, "//! X.\nfn a() { crate::solve::b(); }\n")).is_empty());
    assert!(!directions::async_in_the_core(&bad(core, "async fn a() {}\n")).is_empty());
    assert!(!directions::foreign(&bad(core, "use aws_sdk_ec2::Client;\n")).is_empty());
    assert!(!names::broken(&bad("karp-core/src/util.rs", "//! X.\n")).is_empty());
    assert!(!sizes::broken(&bad(core, &"x\n".repeat(501))).is_empty());
    assert!(!texts::without_description(&bad(core, "fn a() {}\n")).is_empty());
    assert!(!texts::error_texts(&bad(core, "#[error(\"Bad thing\")]\n")).is_empty());
    assert!(!texts::error_texts(&bad(core, "#[error(\"bad thing.\")]\n")).is_empty());
    assert!(!texts::skipped_doctests(&bad(core, "/// ```ignore\n")).is_empty());
    assert!(!texts::unfinished(&bad(core, concat!("// TO", "DO: later\n"))).is_empty());
}
