//! Each provider's own forms, as its documentation shows them.

use tenure_core::secret::IdToken;
use tenure_oidc::provider::{
    AUTH0, COGNITO, ENTRA, Endpoint, GENERIC, KEYCLOAK, OKTA, ONELOGIN, Provider, Quirk,
    REAPIT_CONNECT, SignOut, SignOutFault, SignOutForm,
};

type Parts = &'static [(&'static str, &'static str)];

#[test]
fn issuers_are_written_as_each_provider_writes_them() {
    let cases: [(&Provider, Parts, &str); 7] = [
        (
            &AUTH0,
            &[("domain", "acme.eu.auth0.com")],
            "https://acme.eu.auth0.com/",
        ),
        (
            &ENTRA,
            &[("tenant", "common")],
            "https://login.microsoftonline.com/common/v2.0",
        ),
        (
            &COGNITO,
            &[("region", "eu-west-2"), ("pool", "eu-west-2_kiftR4qFc")],
            "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_kiftR4qFc",
        ),
        (
            &OKTA,
            &[("domain", "acme.okta.com"), ("server", "default")],
            "https://acme.okta.com/oauth2/default",
        ),
        (
            &ONELOGIN,
            &[("subdomain", "acme")],
            "https://acme.onelogin.com/oidc/2",
        ),
        (
            &KEYCLOAK,
            &[("host", "id.example:8443"), ("realm", "staff")],
            "https://id.example:8443/realms/staff",
        ),
        (
            &REAPIT_CONNECT,
            &[("region", "eu-west-2"), ("pool", "p_1")],
            "https://cognito-idp.eu-west-2.amazonaws.com/p_1",
        ),
    ];
    for (provider, parts, issuer) in cases {
        assert_eq!(
            provider.issuer(parts).as_deref(),
            Some(issuer),
            "{}",
            provider.name
        );
    }
}

#[test]
fn a_part_of_an_issuer_cannot_lead_elsewhere() {
    for domain in [
        "",
        "evil.example/x",
        "user@evil.example",
        "a b",
        "x?y",
        "x#y",
    ] {
        assert_eq!(AUTH0.issuer(&[("domain", domain)]), None, "{domain:?}");
    }
    assert_eq!(KEYCLOAK.issuer(&[("host", "id.example")]), None);
    assert_eq!(GENERIC.issuer(&[]), None);
}

/// What each provider's discovery says: its issuer and its standard sign-out, if there is one.
const AT_HOME: [(&Provider, &str, Option<&str>); 4] = [
    (&AUTH0, "https://acme.eu.auth0.com/", None),
    (
        &AUTH0,
        "https://login.example/",
        Some("https://login.example/oidc/logout"),
    ),
    (
        &COGNITO,
        "https://cognito-idp.eu-west-2.amazonaws.com/p_1",
        Some("https://own.example/logout"),
    ),
    (
        &REAPIT_CONNECT,
        "https://cognito-idp.eu-west-2.amazonaws.com/p_1",
        None,
    ),
];

#[test]
fn each_provider_signs_out_in_its_own_form() {
    let id_token = IdToken::new("a.b.c");
    let from = SignOut {
        client_id: "cards",
        end_session_endpoint: Some("https://id.example/logout"),
        issuer: Some("https://id.example"),
        base: Some("https://own.example/"),
        return_to: Some("https://app.example/bye"),
        id_token: Some(&id_token),
        state: Some("s"),
    };
    let standard = "https://id.example/logout?client_id=cards\
        &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&id_token_hint=a.b.c&state=s";
    let back = "https%3A%2F%2Fapp.example%2Fbye";
    let auth0 = format!("https://own.example/v2/logout?client_id=cards&returnTo={back}");
    let cognito = format!("https://own.example/logout?client_id=cards&logout_uri={back}");
    for (provider, issuer, end_session_endpoint) in AT_HOME {
        let request = provider.sign_out(&SignOut {
            issuer: Some(issuer),
            end_session_endpoint,
            ..from.clone()
        });
        let url = if *provider == AUTH0 { &auth0 } else { &cognito };
        assert_eq!(
            request.unwrap().url(),
            *url,
            "{} at {issuer}",
            provider.name
        );
    }
    for provider in [&ENTRA, &OKTA, &ONELOGIN, &KEYCLOAK, &GENERIC] {
        let request = provider.sign_out(&from).unwrap();
        assert_eq!(request.url(), standard, "{}", provider.name);
        assert!(!format!("{request:?}").contains("a.b.c"));
    }
}

#[test]
fn a_server_that_keeps_to_the_standard_is_left_in_its_form_whatever_it_is_called() {
    let id_token = IdToken::new("a.b.c");
    for provider in Provider::ALL {
        let request = provider.sign_out(&SignOut {
            client_id: "cards",
            issuer: Some("https://id.example"),
            end_session_endpoint: Some("https://id.example/logout"),
            base: Some("https://id.example"),
            id_token: Some(&id_token),
            ..SignOut::default()
        });
        assert_eq!(SignOutForm::of(provider.name), provider.sign_out);
        assert_eq!(
            request.unwrap().url(),
            "https://id.example/logout?client_id=cards&id_token_hint=a.b.c",
            "{}",
            provider.name
        );
    }
}

#[test]
fn a_sign_out_that_cannot_work_is_not_tried() {
    let nothing = SignOut {
        client_id: "cards",
        ..SignOut::default()
    };
    for provider in Provider::ALL {
        let fault = provider.sign_out(&nothing);
        assert_eq!(fault, Err(SignOutFault::NoEndpoint), "{}", provider.name);
    }
    let no_token = SignOut {
        end_session_endpoint: Some("https://id.example/logout"),
        ..nothing
    };
    assert_eq!(OKTA.sign_out(&no_token), Err(SignOutFault::NoIdToken));
    assert_eq!(
        GENERIC.sign_out(&no_token).unwrap().url(),
        "https://id.example/logout?client_id=cards"
    );
}

#[test]
fn names_find_their_provider_and_descriptions_do_not_contradict_themselves() {
    for provider in Provider::ALL {
        assert_eq!(Provider::by_name(provider.name), Some(provider));
        let asks = provider.scopes.contains(&"offline_access");
        assert!(
            !(asks && provider.has(Quirk::RefusesOfflineAccess)),
            "{}",
            provider.name
        );
        assert!(
            asks || !provider.has(Quirk::NeedsOfflineAccess),
            "{}",
            provider.name
        );
    }
    assert_eq!(Provider::by_name("acme"), None);
    assert_eq!(
        AUTH0.audience_parameter("https://api"),
        Some(("audience", "https://api"))
    );
    assert_eq!(ENTRA.audience_parameter("https://api"), None);
    assert_eq!(
        REAPIT_CONNECT
            .endpoint(Endpoint::Login, "https://connect.example")
            .as_deref(),
        Some("https://connect.example/login")
    );
}
