//! A `TENURE_HOME` that nothing can be written to: nothing is lost, and the person is told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::home::Home;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn in_a_read_only_folder_nothing_is_lost_and_the_person_is_told() {
    // Law 1.
    let mut server = Server::start(SHORT).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    server.restart_with_ttl(LONG).await;
    let before = home.contents();
    let session = home.session_file();
    let folders = [session.parent().unwrap(), home.path()];
    let sealed: Vec<_> = folders.into_iter().map(Sealed::new).collect();
    if !sealed.iter().all(Sealed::holds) {
        println!("SKIPPED: this user can write everywhere here");
        return;
    }

    let token = home.run(["token"]).await;
    assert_eq!(
        (token.code, token.stdout.as_str()),
        (Some(4), ""),
        "{token:?}"
    );
    let logout = home.run(["logout"]).await;
    assert_eq!(logout.code, Some(4), "{logout:?}");
    assert!(logout.stderr.contains("still signed in"), "{logout:?}");
    for ran in [&token, &logout] {
        assert!(
            ran.stderr.contains("check space and permissions"),
            "{ran:?}"
        );
        assert!(
            ran.stderr.contains(home.path().to_str().unwrap()),
            "{ran:?}"
        );
    }
    assert_eq!(home.run(["status"]).await.code, Some(0));
    assert_eq!(home.contents(), before);

    drop(sealed);
    home.token().await;
    assert_eq!(home.run(["logout"]).await.code, Some(0));
    assert_eq!(home.run(["token"]).await.code, Some(3));
}

/// A folder in which nothing can be made or removed while this value lives.
struct Sealed(PathBuf);

impl Sealed {
    fn new(folder: &Path) -> Self {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o500)).unwrap();
        let sealed = Self(folder.to_owned());
        if !sealed.holds() {
            // Permissions do not bind the superuser, this attribute does.
            sealed.chattr("+i");
        }
        sealed
    }

    fn holds(&self) -> bool {
        let probe = self.0.join("probe");
        let holds = fs::write(&probe, "").is_err();
        if !holds {
            fs::remove_file(&probe).unwrap();
        }
        holds
    }

    /// Where it cannot be done, it shows in what holds.
    fn chattr(&self, change: &str) {
        let _ = Command::new("chattr").arg(change).arg(&self.0).output();
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        self.chattr("-i");
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

const SHORT: u32 = 2;
const LONG: u32 = 300;
