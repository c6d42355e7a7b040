use super::*;

/// The published table; where it says "NEVER detected" of a thief, it implies the token. The last
/// two columns and the row that is not keyed were added here.
const PUBLISHED: [(&str, [&str; 11]); 8] = [
    (
        "strict / Keycloak maxReuse 0",
        [
            OUT, OUT, OUT, ALL2, ALL6, ALL2, CAUGHT, CAUGHT, CAUGHT, CAUGHT, CAUGHT,
        ],
    ),
    (
        "Hydra 30 s",
        [
            "ok", OUT, OUT, "0/2", "0/6", "0/2", NEVER, CAUGHT, CAUGHT, UNSEEN, CAUGHT,
        ],
    ),
    (
        "better-auth 30 s",
        [
            "ok", OUT, OUT, "0/2", "0/6", "0/2", NEXT, CAUGHT, CAUGHT, UNSEEN, CAUGHT,
        ],
    ),
    (
        "SuperTokens legacy",
        [
            "ok", "ok", "ok", "0/2", "0/6", ALL2, CAUGHT, CAUGHT, CAUGHT, CAUGHT, UNSEEN,
        ],
    ),
    (
        "SuperTokens 5.6, 30 s",
        [
            "ok", OUT, OUT, ONE2, FOUR6, ONE2, NEXT, CAUGHT, CAUGHT, CAUGHT, CAUGHT,
        ],
    ),
    (
        "GoTrue v2, 10 s",
        [
            "ok", "ok", "ok", "0/2", "0/6", "0/2", NEVER, NEVER, UNSEEN, UNSEEN, UNSEEN,
        ],
    ),
    (
        "ratchet, not keyed",
        [
            "ok", "ok", OUT, "0/2", "0/6", "0/2", NEXT, CAUGHT, CAUGHT, UNSEEN, UNSEEN,
        ],
    ),
    (
        "ratchet, keyed",
        [
            "ok", "ok", "ok", "0/2", "0/6", "0/2", REFUSED, CAUGHT, CAUGHT, REFUSED, UNSEEN,
        ],
    ),
];

const OUT: &str = "LOGOUT";
const ONE2: &str = "1/2 logout";
const ALL2: &str = "2/2 logout";
const FOUR6: &str = "4/6 logout";
const ALL6: &str = "6/6 logout";
const CAUGHT: &str = "detected";
const NEXT: &str = "got token, detected next";
const NEVER: &str = "got token, NEVER detected";
const UNSEEN: &str = "NEVER detected";
const REFUSED: &str = "refused (409)";

#[test]
fn every_design_behaves_as_the_published_table_says() {
    let designs = designs();
    assert_eq!(designs.len(), PUBLISHED.len());
    for ((name, make), (published, cells)) in designs.into_iter().zip(PUBLISHED) {
        assert_eq!(name, published);
        assert_eq!(row(name, make).split_off(1), cells, "{name}");
    }
}

#[test]
fn the_table_has_a_line_for_each_design() {
    let table = table();
    assert_eq!(table.lines().count(), 1 + designs().len());
    let last = table.lines().last();
    assert!(
        last.is_some_and(|line| line.starts_with("ratchet, keyed ")),
        "{table}"
    );
}
