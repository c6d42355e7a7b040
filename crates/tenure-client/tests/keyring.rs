//! A session sealed with a key in a real keyring: GNOME's, in a D-Bus session of its own.

#![cfg(all(feature = "keyring", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod keyring_world;

use std::{fs, path::Path};

use tenure_client::{
    ErrorKind, Session,
    storage::{KeyringStorage, Storage},
};
use tenure_core::holder::{Body, Generation, LoadFault, SaveFault, Stored};
use tenure_wire::session::encode;

use self::keyring_world::{Answers, SERVICE, World, active, files, mark};

const ONE: Generation = Generation::from_u64(1);
const TWO: Generation = Generation::from_u64(2);

fn open(dir: &Path) -> KeyringStorage {
    KeyringStorage::open(dir, SERVICE).unwrap()
}

/// What a second process is asked to do, by the name of its part.
async fn part(name: &str, dir: &Path) {
    let storage = open(dir);
    match name {
        "load one" => assert_eq!(storage.load().await, Ok(Some(active(1)))),
        "load three" => assert_eq!(storage.load().await, Ok(Some(active(3)))),
        "sign in" => storage.save(Generation::NONE, active(1)).await.unwrap(),
        "sign in at once" => {
            keyring_world::wait_for(&dir.join("go")).await;
            for number in 0..FOLDERS {
                let folder = open(&dir.join(number.to_string()));
                let saved = folder.save(Generation::NONE, active(1)).await;
                assert!(
                    matches!(saved, Ok(()) | Err(SaveFault::Conflict)),
                    "{saved:?}"
                );
                assert_eq!(folder.load().await, Ok(Some(active(1))));
            }
        }
        "do without" => do_without(dir).await,
        "make a proof key" => drop(storage.proof_key().await.unwrap()),
        "find it locked" => {
            let said = storage.proof_key().await.unwrap_err().to_string();
            assert!(said.contains("unlock it"), "{said}");
            assert_eq!(storage.load().await, Err(LoadFault::Failed));
        }
        _ => panic!("no part is named {name:?}"),
    }
}

/// The session is kept, nobody is told to sign in, and yet a sign-out is written.
async fn do_without(dir: &Path) {
    let storage = open(dir);
    assert_eq!(storage.load().await, Err(LoadFault::Failed));
    assert_eq!(storage.save(ONE, active(2)).await, Err(SaveFault::Failed));
    let session = Session::open(Answers, storage.clone());
    let failed = session.access_token().await.unwrap_err();
    assert!(matches!(failed.kind(), ErrorKind::Storage(_)), "{failed:?}");
    session.close().await;
    storage.save(ONE, mark(2)).await.unwrap();
    assert_eq!(storage.load().await, Ok(Some(mark(2))));
}

#[test]
fn a_session_is_shared_by_processes_and_stands_nowhere_in_clear() {
    let name = "a_session_is_shared_by_processes_and_stands_nowhere_in_clear";
    keyring_world::run(name, part, async |world: World| {
        let storage = open(world.dir());
        assert_eq!(storage.load().await, Ok(None));
        world.process("sign in", &[]).ends_well();
        assert_eq!(storage.load().await, Ok(Some(active(1))));
        world.process("load one", &[]).ends_well();
        storage.save(ONE, active(2)).await.unwrap();
        storage.save(TWO, active(3)).await.unwrap();
        world.process("load three", &[]).ends_well();
        let found = files(world.dir());
        assert!(!found.is_empty());
        for (path, bytes) in found {
            for secret in ["secret-at", "secret-rt"] {
                let there = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!there, "{secret} in {}", path.display());
            }
        }
    });
}

#[test]
fn the_key_for_proofs_is_shared_by_processes_and_sealed() {
    let name = "the_key_for_proofs_is_shared_by_processes_and_sealed";
    keyring_world::run(name, part, async |world: World| {
        world.process("sign in", &[]).ends_well();
        world.process("make a proof key", &[]).ends_well();
        let key = open(world.dir()).proof_key().await.unwrap();
        let file = world.dir().join("dpop.00000000000000000001.json");
        let stored = fs::read_to_string(&file).unwrap();
        let fields: serde_json::Map<_, _> = serde_json::from_str(&stored).unwrap();
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["key", "sealed", "v"]);
        let again = open(world.dir()).proof_key().await.unwrap();
        assert_eq!(again.thumbprint(), key.thumbprint());
        // A key in clear was put there by somebody who wants to know it.
        let planted = tenure_client::dpop::ProofKey::generate();
        fs::write(&file, planted.expose()).unwrap();
        assert!(open(world.dir()).proof_key().await.is_err());
        fs::write(&file, stored).unwrap();
        keyring_world::lock_all();
        world.process("find it locked", &[]).ends_well();
    });
}

#[test]
fn processes_that_start_at_once_agree_on_one_key() {
    let name = "processes_that_start_at_once_agree_on_one_key";
    keyring_world::run(name, part, async |world: World| {
        let racers: Vec<_> = (0..RACERS)
            .map(|_| world.process("sign in at once", &[]))
            .collect();
        fs::create_dir_all(world.dir()).unwrap();
        fs::write(world.dir().join("go"), "").unwrap();
        for racer in racers {
            racer.ends_well();
        }
        for number in 0..FOLDERS {
            let dir = world.dir().join(number.to_string());
            assert_eq!(open(&dir).load().await, Ok(Some(active(1))));
            assert!(dir.join("key.00000000000000000001.json").exists());
        }
        // Who lost took its entry back.
        assert_eq!(keyring_world::entries().len(), FOLDERS);
    });
}

#[test]
fn what_was_not_sealed_for_its_place_is_refused() {
    let name = "what_was_not_sealed_for_its_place_is_refused";
    keyring_world::run(name, part, async |world: World| {
        let storage = open(world.dir());
        storage.save(Generation::NONE, active(1)).await.unwrap();
        let path = |number: u64| world.dir().join(format!("session.{number:020}.json"));
        fs::copy(path(1), path(2)).unwrap();
        assert_eq!(storage.load().await, Err(LoadFault::Damaged(TWO)));
        // A session in clear was put there by somebody who has not the key.
        fs::write(path(2), encode(&active(2))).unwrap();
        assert_eq!(storage.load().await, Err(LoadFault::OtherForm));
        for newer in [
            &br#"{"v":9,"key":1,"sealed":"AA"}"#[..],
            br#"{"tenure":99}"#,
        ] {
            fs::write(path(2), newer).unwrap();
            assert_eq!(storage.load().await, Err(LoadFault::Newer));
        }
        fs::write(path(2), encode(&mark(2))).unwrap();
        assert_eq!(storage.load().await, Ok(Some(mark(2))));
        let Some(Stored { body, .. }) = storage.load().await.unwrap() else {
            panic!("the mark is gone");
        };
        assert!(matches!(body, Body::SignedOut(_)));
    });
}

#[test]
fn a_lost_entry_makes_a_session_unreadable_until_the_next_sign_in() {
    let name = "a_lost_entry_makes_a_session_unreadable_until_the_next_sign_in";
    keyring_world::run(name, part, async |world: World| {
        world.process("sign in", &[]).ends_well();
        for entry in keyring_world::entries() {
            entry.delete_credential().unwrap();
        }
        let storage = open(world.dir());
        assert_eq!(storage.load().await, Err(LoadFault::Damaged(ONE)));
        storage.replace_damaged(ONE, active(2)).await.unwrap();
        assert_eq!(storage.load().await, Ok(Some(active(2))));
        let aside = fs::read(world.dir().join("session.damaged.json")).unwrap();
        assert!(aside.starts_with(b"{\"v\":1,"), "it is kept as it was");
        assert_eq!(keyring_world::entries().len(), 1);
    });
}

#[test]
fn a_damaged_name_of_an_entry_lasts_until_the_next_sign_in() {
    let name = "a_damaged_name_of_an_entry_lasts_until_the_next_sign_in";
    keyring_world::run(name, part, async |world: World| {
        world.process("sign in", &[]).ends_well();
        let path = world.dir().join("key.00000000000000000001.json");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let storage = open(world.dir());
        assert_eq!(storage.load().await, Err(LoadFault::Damaged(ONE)));
        storage.replace_damaged(ONE, active(2)).await.unwrap();
        assert_eq!(open(world.dir()).load().await, Ok(Some(active(2))));
    });
}

#[test]
fn a_newer_name_of_an_entry_is_no_damage_and_is_left_alone() {
    let name = "a_newer_name_of_an_entry_is_no_damage_and_is_left_alone";
    keyring_world::run(name, part, async |world: World| {
        world.process("sign in", &[]).ends_well();
        let path = world.dir().join("key.00000000000000000001.json");
        let whole = fs::read(&path).unwrap();
        let newer = br#"{"v":2,"entries":["of","tomorrow"]}"#;
        fs::write(&path, newer).unwrap();
        let storage = open(world.dir());
        assert_eq!(storage.load().await, Err(LoadFault::Newer));
        assert_eq!(storage.save(ONE, active(2)).await, Err(SaveFault::Failed));
        assert_eq!(fs::read(&path).unwrap(), newer);
        fs::write(&path, whole).unwrap();
        assert_eq!(open(world.dir()).load().await, Ok(Some(active(1))));
    });
}

#[test]
fn without_a_keyring_nobody_is_signed_out_and_anybody_can_sign_out() {
    let name = "without_a_keyring_nobody_is_signed_out_and_anybody_can_sign_out";
    keyring_world::run(name, part, async |world: World| {
        world.process("sign in", &[]).ends_well();
        let nowhere = ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        world.process("do without", &[nowhere]).ends_well();
        assert_eq!(open(world.dir()).load().await, Ok(Some(mark(2))));
    });
}

#[test]
fn a_locked_keyring_is_a_failure_and_no_sign_out() {
    let name = "a_locked_keyring_is_a_failure_and_no_sign_out";
    keyring_world::run(name, part, async |world: World| {
        let storage = open(world.dir());
        storage.save(Generation::NONE, active(1)).await.unwrap();
        keyring_world::lock_all();
        world.process("find it locked", &[]).ends_well();
        // Who knows the key already does not ask again.
        assert_eq!(storage.load().await, Ok(Some(active(1))));
    });
}

const RACERS: usize = 4;
const FOLDERS: usize = 4;
