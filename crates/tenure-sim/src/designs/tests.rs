use super::*;

fn cells(name: &str) -> Vec<String> {
    let designs = designs();
    let (name, make) = designs.iter().find(|(known, _)| *known == name).unwrap();
    row(name, *make).split_off(1)
}

/// Where the published table says "NEVER detected" about one theft, it implies the token.
#[test]
fn every_design_behaves_as_the_published_table_says() {
    const NEVER: &str = "got token, NEVER detected";
    const NEXT: &str = "got token, detected next";
    const CAUGHT: &str = "detected";
    const OUT: &str = "LOGOUT";
    let expected = [
        (
            "strict / Keycloak maxReuse 0",
            [
                OUT,
                OUT,
                OUT,
                "2/2 logout",
                "6/6 logout",
                "2/2 logout",
                CAUGHT,
                CAUGHT,
                CAUGHT,
            ],
        ),
        (
            "Hydra 30 s",
            ["ok", OUT, OUT, "0/2", "0/6", "0/2", NEVER, CAUGHT, CAUGHT],
        ),
        (
            "better-auth 30 s",
            ["ok", OUT, OUT, "0/2", "0/6", "0/2", NEXT, CAUGHT, CAUGHT],
        ),
        (
            "SuperTokens legacy",
            [
                "ok",
                "ok",
                "ok",
                "0/2",
                "0/6",
                "2/2 logout",
                CAUGHT,
                CAUGHT,
                CAUGHT,
            ],
        ),
        (
            "SuperTokens 5.6, 30 s",
            [
                "ok",
                OUT,
                OUT,
                "1/2 logout",
                "4/6 logout",
                "1/2 logout",
                NEXT,
                CAUGHT,
                CAUGHT,
            ],
        ),
        (
            "GoTrue v2, 10 s",
            [
                "ok",
                "ok",
                "ok",
                "0/2",
                "0/6",
                "0/2",
                NEVER,
                NEVER,
                "NEVER detected",
            ],
        ),
        (
            "ratchet",
            [
                "ok",
                "ok",
                "ok",
                "0/2",
                "0/6",
                "0/2",
                "refused (409)",
                CAUGHT,
                CAUGHT,
            ],
        ),
    ];
    for (name, row) in expected {
        assert_eq!(cells(name), row, "{name}");
    }
}

#[test]
fn the_table_has_a_line_for_each_design() {
    let table = table();
    assert_eq!(table.lines().count(), 1 + designs().len());
    assert!(
        table
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("ratchet ")),
        "{table}"
    );
}
