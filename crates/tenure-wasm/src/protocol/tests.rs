use std::vec::Vec;

use super::answer;

/// Every question with all its fields, and whether more may follow.
const QUESTIONS: [(&str, &[&str], Rest); 14] = [
    ("discovery_url", &["https://id.example"], Rest::None),
    (
        "metadata",
        &["https://id.example", "", "", "", "", "", ""],
        Rest::None,
    ),
    (
        "begin_login",
        &[
            "7",
            "issuer",
            "redirect",
            "",
            "state",
            "nonce",
            "verifier",
            "challenge",
            "endpoint",
            "client",
            "",
            "0",
        ],
        Rest::Open,
    ),
    ("finish_login", &["7", "", "", "0"], Rest::None),
    ("callback_names", &[], Rest::Open),
    ("callback", &[], Rest::Open),
    ("code", &["", "code", "redirect", "verifier"], Rest::None),
    ("refresh", &["", ""], Rest::None),
    ("revoke", &["", ""], Rest::None),
    ("client_credentials", &["", ""], Rest::None),
    (
        "token_response",
        &["7", "", "", "", "", "", "", "", "", "", ""],
        Rest::None,
    ),
    (
        "claims",
        &["issuer", "client", "", "", "", "", "", "7", "", "m", "0"],
        Rest::None,
    ),
    (
        "sign_out",
        &["", "client", "", "", "", "", "", ""],
        Rest::None,
    ),
    ("allow_redirect", &["7", "3", ""], Rest::Open),
];

#[derive(PartialEq)]
enum Rest {
    None,
    Open,
}

fn ask(question: &str, fields: &[&str]) -> Result<(), &'static str> {
    let message: Vec<_> = [&[question], fields].concat();
    answer(&message.join("\0")).map(|_| ())
}

#[test]
fn every_question_is_answered_with_all_its_fields_and_with_no_other_number_of_them() {
    for (question, fields, rest) in QUESTIONS {
        assert_eq!(ask(question, fields), Ok(()), "{question}");
        for less in 0..fields.len() {
            let told = ask(question, &fields[..less]);
            assert!(told.is_err(), "{question} with {less} fields");
        }
        if rest == Rest::None {
            let more = [fields, &[""]].concat();
            assert_eq!(ask(question, &more), Err("too many fields"), "{question}");
        }
    }
    assert_eq!(ask("unheard of", &[]), Err("question"));
}
