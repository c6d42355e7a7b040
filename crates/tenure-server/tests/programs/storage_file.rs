//! Storage that cannot be used: nothing is overwritten, and the person is told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::home::Home;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_or_foreign_file_is_reported_and_left_alone() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let file = home.session_file();
    let whole = fs::read(&file).unwrap();

    let spoilt: [&[u8]; 4] = [
        b"",
        &whole[..whole.len() / 2],
        b"not one of ours\n",
        b"{\"a\":1}",
    ];
    for bytes in spoilt {
        fs::write(&file, bytes).unwrap();
        let before = home.contents();
        let ran = home.run(["token"]).await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(
            ran.stderr.contains(name),
            "the message names the file: {ran:?}"
        );
        assert_eq!(home.contents(), before);
    }

    fs::write(&file, &whole).unwrap();
    home.token().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_be_read_is_reported_and_left_alone() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let file = home.session_file();
    // A folder in its place: this holds for the superuser too, whom permissions do not stop.
    let aside = file.with_extension("aside");
    fs::rename(&file, &aside).unwrap();
    fs::create_dir(&file).unwrap();
    let ran = home.run(["token"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
    fs::remove_dir(&file).unwrap();
    fs::rename(&aside, &file).unwrap();
    home.token().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_readable_by_its_owner_alone() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    for file in home.files() {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_no_token_is_handed_out_and_none_is_lost() {
    let server = Server::start(3).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    let before = home.contents();

    let ran = home.run_on_a_full_disk("token").await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
    assert!(ran.stderr.contains("storage cannot be written"), "{ran:?}");
    assert_eq!(home.contents(), before);
    assert_eq!(
        server.refreshes("rotated").await,
        1,
        "the server did rotate"
    );

    home.token().await;
    assert_eq!(server.refreshes("rotated").await, 1);
    assert_eq!(
        server.refreshes("repeated").await,
        1,
        "and gave the same successor again"
    );
}
