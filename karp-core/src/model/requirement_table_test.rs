//! The complete tables of what requirements have in common, cell by cell.
//!
//! Fourteen forms: `Ex` and `DNE` are `Exists` and `DoesNotExist`; `A`, `B`, `AB`, `1`, `9`, `19`
//! list values; `!A` and `!12` exclude values; `>1`, `>9`, `<1`, `<9` are `Gt` and `Lt`. Results:
//! `A,B` lists, `!1,2` excludes, `>=2` and `<=8` are bounds.

use super::{Operator, Requirement, Requirements, Undefined, Vocabulary, label};

pub(super) const FORMS: [&str; 14] =
    ["Ex", "DNE", "A", "B", "AB", "!A", "1", "9", "19", "!12", ">1", ">9", "<1", "<9"];

const INTERSECTIONS: &str = "
∩       Ex      DNE     A       B       AB      !A      1       9       19      !12     >1      >9      <1      <9
Ex      Ex      DNE     A       B       A,B     !A      1       9       1,9     !1,2    >=2     >=10    <=0     <=8
DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE     DNE
A       A       DNE     A       DNE     A       DNE     DNE     DNE     DNE     A       DNE     DNE     DNE     DNE
B       B       DNE     DNE     B       B       B       DNE     DNE     DNE     B       DNE     DNE     DNE     DNE
AB      A,B     DNE     A       B       A,B     B       DNE     DNE     DNE     A,B     DNE     DNE     DNE     DNE
!A      !A      DNE     DNE     B       B       !A      1       9       1,9     !1,2,A  >=2     >=10    <=0     <=8
1       1       DNE     DNE     DNE     DNE     1       1       DNE     1       DNE     DNE     DNE     DNE     1
9       9       DNE     DNE     DNE     DNE     9       DNE     9       9       9       9       DNE     DNE     DNE
19      1,9     DNE     DNE     DNE     DNE     1,9     1       9       1,9     9       9       DNE     DNE     1
!12     !1,2    DNE     A       B       A,B     !1,2,A  DNE     9       9       !1,2    !2>=2   >=10    <=0     !1,2<=8
>1      >=2     DNE     DNE     DNE     DNE     >=2     DNE     9       9       !2>=2   >=2     >=10    DNE     >=2<=8
>9      >=10    DNE     DNE     DNE     DNE     >=10    DNE     DNE     DNE     >=10    >=10    >=10    DNE     DNE
<1      <=0     DNE     DNE     DNE     DNE     <=0     DNE     DNE     DNE     <=0     DNE     DNE     <=0     <=0
<9      <=8     DNE     DNE     DNE     DNE     <=8     1       DNE     1       !1,2<=8 >=2<=8  DNE     <=0     <=8
";

const MEMBERS: &str = "
has Ex DNE A  B  AB !A 1  9  19 !12 >1 >9 <1 <9
A   x  .   x  .  x  .  .  .  .  x   .  .  .  .
B   x  .   .  x  x  x  .  .  .  x   .  .  .  .
1   x  .   .  .  .  x  x  .  x  .   .  .  .  x
2   x  .   .  .  .  x  .  .  .  .   x  .  .  x
9   x  .   .  .  .  x  .  x  x  x   x  .  .  .
";

/// Rows are what a node or template has, columns what is demanded of it; `-` is an absent key.
const COMPATIBLE: &str = "
    -   Ex  DNE A   B   AB  !A  1   9   19  !12 >1  >9  <1  <9
-   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
Ex  x   x   .   x   x   x   x   x   x   x   x   x   x   x   x
DNE x   .   x   .   .   .   x   .   .   .   x   .   .   .   .
A   x   x   .   x   .   x   .   .   .   .   x   .   .   .   .
B   x   x   .   .   x   x   x   .   .   .   x   .   .   .   .
AB  x   x   .   x   x   x   x   .   .   .   x   .   .   .   .
!A  x   x   x   .   x   x   x   x   x   x   x   x   x   x   x
1   x   x   .   .   .   .   x   x   .   x   .   .   .   .   x
9   x   x   .   .   .   .   x   .   x   x   x   x   .   .   .
19  x   x   .   .   .   .   x   x   x   x   x   x   .   .   x
!12 x   x   x   x   x   x   x   .   x   x   x   x   x   x   x
>1  x   x   .   .   .   .   x   .   x   x   x   x   x   .   x
>9  x   x   .   .   .   .   x   .   .   .   x   x   x   .   .
<1  x   x   .   .   .   .   x   .   .   .   x   .   .   x   x
<9  x   x   .   .   .   .   x   x   .   x   x   x   .   x   x
";

const STRICT_WITHOUT_KEY: &str = "
    -   Ex  DNE A   B   AB  !A  1   9   19  !12 >1  >9  <1  <9
-   x   .   x   .   .   .   x   .   .   .   x   .   .   .   .
";

/// One of [`FORMS`] on a key.
pub(super) fn form(key: &str, name: &str) -> Requirement {
    let each = |values: &str| values.chars().map(String::from).collect::<Vec<_>>();
    match name.split_at(1) {
        ("E", "x") => Requirement::exists(key),
        ("D", "NE") => Requirement::does_not_exist(key),
        ("!", values) => Requirement::new(key, Operator::NotIn, each(values)),
        (">", bound) => Requirement::new(key, Operator::Gt, [bound]),
        ("<", bound) => Requirement::new(key, Operator::Lt, [bound]),
        _ => Requirement::new(key, Operator::In, each(name)),
    }
}

/// The notation of a result, without its demand for different values.
fn notation(requirement: &Requirement) -> String {
    let values = requirement.values().collect::<Vec<_>>().join(",");
    let bound = |sign, bound: Option<i64>| bound.map_or_else(String::new, |n| format!("{sign}{n}"));
    let bounds = bound(">=", requirement.gte()) + &bound("<=", requirement.lte());
    match requirement.operator() {
        Operator::In => values,
        Operator::NotIn => format!("!{values}{bounds}"),
        Operator::DoesNotExist => "DNE".to_owned(),
        Operator::Exists if bounds.is_empty() => "Ex".to_owned(),
        Operator::Exists => bounds,
        Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => {
            panic!("bound operators are never given back")
        }
    }
}

/// Row name, column name and content of every cell.
fn cells(table: &'static str) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut lines = table.trim().lines();
    let head: Vec<_> =
        lines.next().unwrap().split_whitespace().skip_while(|c| *c == "∩" || *c == "has").collect();
    lines
        .flat_map(|line| {
            let mut words = line.split_whitespace();
            let row = words.next().unwrap();
            let words: Vec<_> = words.collect();
            assert_eq!(words.len(), head.len(), "row {row}");
            head.clone().into_iter().zip(words).map(move |(column, cell)| (row, column, cell))
        })
        .collect()
}

/// The demand that the tables with `minValues` put on a form.
fn demand(name: &str) -> u32 {
    if matches!(name, "AB" | "19" | "!12") { 2 } else { 1 }
}

// REQ-4
#[test]
fn every_intersection_is_that_of_the_table() {
    let cells = cells(INTERSECTIONS);
    assert_eq!(cells.len(), 196);
    for (left, right, expected) in cells {
        let joint = form("key", left).intersect(&form("key", right));
        assert_eq!(notation(&joint), expected, "{left} ∩ {right}");
        assert_eq!(joint.min_values(), None, "{left} ∩ {right}");
        let swapped = form("key", right).intersect(&form("key", left));
        assert_eq!(joint, swapped, "{left} ∩ {right}");
    }
}

// REQ-5
#[test]
fn a_demand_on_the_left_survives_every_intersection() {
    for (left, right, expected) in cells(INTERSECTIONS) {
        let joint = form("key", left).with_min_values(demand(left)).intersect(&form("key", right));
        assert_eq!(notation(&joint), expected, "{left} ∩ {right}");
        assert_eq!(joint.min_values(), Some(demand(left)), "{left} ∩ {right}");
    }
}

// REQ-6
#[test]
fn the_larger_of_two_demands_survives_every_intersection() {
    for (left, right, expected) in cells(INTERSECTIONS) {
        let (a, b) = (demand(left), demand(right));
        let joint =
            form("key", left).with_min_values(a).intersect(&form("key", right).with_min_values(b));
        assert_eq!(notation(&joint), expected, "{left} ∩ {right}");
        assert_eq!(joint.min_values(), Some(a.max(b)), "{left} ∩ {right}");
    }
}

#[test]
fn having_a_common_value_agrees_with_the_intersection() {
    for (left, right, expected) in cells(INTERSECTIONS) {
        let has = form("key", left).has_intersection(&form("key", right));
        assert_eq!(has, expected != "DNE", "{left} ∩ {right}");
    }
}

// REQ-17
#[test]
fn every_member_is_that_of_the_table() {
    let cells = cells(MEMBERS);
    assert_eq!(cells.len(), 70);
    for (value, name, expected) in cells {
        assert_eq!(form("key", name).has(value), expected == "x", "{value} in {name}");
    }
}

fn set(name: &str) -> Requirements {
    if name == "-" {
        Requirements::new()
    } else {
        Requirements::from_iter([form(label::ZONE, name)])
    }
}

// REQ-26
#[test]
fn compatibility_with_well_known_labels_is_that_of_the_table() {
    let words = Vocabulary::core();
    let cells = cells(COMPATIBLE);
    assert_eq!(cells.len(), 225);
    for (own, incoming, expected) in cells {
        let (receiver, demand) = (set(own), set(incoming));
        let result = receiver.compatible(&demand, Undefined::WellKnown(&words));
        assert_eq!(result.is_ok(), expected == "x", "{own} given {incoming}: {result:?}");
        assert_eq!(receiver.is_compatible(&demand, Undefined::WellKnown(&words)), result.is_ok());
    }
}

// REQ-27
#[test]
fn strict_compatibility_differs_where_the_key_is_absent() {
    let with_key = cells(COMPATIBLE).into_iter().filter(|(own, _, _)| *own != "-");
    let all: Vec<_> = with_key.chain(cells(STRICT_WITHOUT_KEY)).collect();
    assert_eq!(all.len(), 225);
    for (own, incoming, expected) in all {
        let (receiver, demand) = (set(own), set(incoming));
        let result = receiver.compatible(&demand, Undefined::Strict);
        assert_eq!(result.is_ok(), expected == "x", "{own} given {incoming}: {result:?}");
        assert_eq!(receiver.is_compatible(&demand, Undefined::Strict), result.is_ok());
    }
}
