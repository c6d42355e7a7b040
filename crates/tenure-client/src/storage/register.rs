use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::clock::age_of;

/// A value under a number that only grows, in a folder of its own files.
///
/// The file with the highest number is the value; `put` makes the next number with a hard link,
/// which fails if it exists. So of all who want to follow the same number one wins, without any
/// lock, and a process that stood still for however long finds its number taken, or finds a
/// higher one: it can never undo what came after. A kill between any two system calls leaves the
/// value before or the value after, and at worst a file of no consequence. A writer that was
/// followed before it could look again is told that it lost, and finds what followed.
///
/// A number is written with twenty digits: `session.00000000000000000007.json`.
#[derive(Debug, Clone)]
pub(super) struct Register {
    dir: PathBuf,
    name: &'static str,
}

/// What became of a `put`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Done,
    Lost,
}

impl Register {
    pub(super) fn new(dir: impl Into<PathBuf>, name: &'static str) -> Self {
        Self {
            dir: dir.into(),
            name,
        }
    }

    /// The highest number, zero if there is none.
    pub(super) fn highest(&self) -> io::Result<u64> {
        Ok(self.numbers()?.into_iter().max().unwrap_or(0))
    }

    /// The value with the highest number.
    pub(super) fn latest(&self) -> io::Result<Option<(u64, Vec<u8>)>> {
        for _ in 0..MOST_LOOKS {
            let number = self.highest()?;
            if number == 0 {
                return Ok(None);
            }
            match fs::read(self.path(number)) {
                Ok(bytes) => return Ok(Some((number, bytes))),
                // Somebody was faster between looking and reading: there is a higher one.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other(
            "the value changes faster than it can be read",
        ))
    }

    /// Writes the value after `number`, if that still is the highest.
    pub(super) fn put(&self, number: u64, bytes: &[u8]) -> io::Result<Put> {
        self.put_watched(number, bytes, &|_| {})
    }

    /// `put`, telling each step before it is taken.
    pub(super) fn put_watched(
        &self,
        number: u64,
        bytes: &[u8],
        step: &dyn Fn(&str),
    ) -> io::Result<Put> {
        step("make the folder");
        self.make_dir()?;
        step("look");
        if self.highest()? != number {
            return Ok(Put::Lost);
        }
        step("write");
        let draft = self.draft(bytes)?;
        step("link");
        let path = self.path(number + 1);
        match fs::hard_link(draft.path(), &path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(Put::Lost),
            Err(error) => return Err(error),
        }
        step("sync the folder");
        fs::File::open(&self.dir)?.sync_all()?;
        step("look again");
        if self.highest()? > number + 1 {
            // It stood still, and what it wrote is long past.
            let _ = fs::remove_file(&path);
            return Ok(Put::Lost);
        }
        step("remove the draft");
        drop(draft);
        step("remove what is past");
        self.remove_below(number + 1);
        Ok(Put::Done)
    }

    /// Writes the value of a number anew, if it still is the highest.
    pub(super) fn rewrite(&self, number: u64, bytes: &[u8]) -> io::Result<Put> {
        if self.highest()? != number {
            return Ok(Put::Lost);
        }
        self.draft(bytes)?.persist(self.path(number))?;
        Ok(if self.highest()? == number {
            Put::Done
        } else {
            Put::Lost
        })
    }

    /// Copies the value of a number aside, in the place of what was kept so before, if that
    /// number still is the highest. No other operation knows of what lies there.
    pub(super) fn keep_aside(&self, number: u64) -> io::Result<Put> {
        if self.highest()? != number {
            return Ok(Put::Lost);
        }
        let bytes = fs::read(self.path(number))?;
        let aside = self.dir.join(format!("{}.damaged.json", self.name));
        self.draft(&bytes)?.persist(aside)?;
        Ok(Put::Done)
    }

    /// Removes all values: for a sign-out that cannot be written down.
    pub(super) fn clear(&self) -> io::Result<()> {
        for number in self.numbers()? {
            fs::remove_file(self.path(number))?;
        }
        fs::File::open(&self.dir)?.sync_all()
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    fn draft(&self, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
        // Made with mode 0600.
        let prefix = format!("{}.draft.", self.name);
        let mut draft = tempfile::Builder::new()
            .prefix(&prefix)
            .tempfile_in(&self.dir)?;
        draft.write_all(bytes)?;
        draft.as_file().sync_all()?;
        Ok(draft)
    }

    fn make_dir(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.dir)
    }

    /// What is left behind does no harm, so failing to remove it is no failure.
    fn remove_below(&self, number: u64) {
        for old in self
            .numbers()
            .unwrap_or_default()
            .into_iter()
            .filter(|n| *n < number)
        {
            let _ = fs::remove_file(self.path(old));
        }
        let drafts = format!("{}.draft.", self.name);
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let is_draft = entry.file_name().to_string_lossy().starts_with(&drafts);
            let age = entry.metadata().and_then(|m| m.modified()).ok();
            let age = age.and_then(age_of);
            if is_draft && age.is_some_and(|age| age > ABANDONED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn numbers(&self) -> io::Result<Vec<u64>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut numbers = Vec::new();
        for entry in entries {
            numbers.extend(
                entry?
                    .file_name()
                    .to_str()
                    .and_then(|name| self.number(name)),
            );
        }
        Ok(numbers)
    }

    fn number(&self, file: &str) -> Option<u64> {
        let digits = file
            .strip_prefix(self.name)?
            .strip_prefix('.')?
            .strip_suffix(".json")?;
        (digits.len() == 20).then(|| digits.parse().ok()).flatten()
    }

    pub(super) fn path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{}.{number:020}.json", self.name))
    }
}

const MOST_LOOKS: usize = 100;
/// A draft this old belongs to a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;

    const STEPS: [&str; 8] = [
        "make the folder",
        "look",
        "write",
        "link",
        "sync the folder",
        "look again",
        "remove the draft",
        "remove what is past",
    ];
    const KILL_AT: &str = "TENURE_TEST_KILL_AT";
    const KILL_IN: &str = "TENURE_TEST_KILL_IN";

    #[test]
    fn a_kill_between_any_two_steps_leaves_the_value_before_or_after() {
        if let (Ok(at), Ok(dir)) = (env::var(KILL_AT), env::var(KILL_IN)) {
            let register = Register::new(dir, "session");
            let killed = |step: &str| {
                if step == at {
                    process::abort();
                }
            };
            let _ = register.put_watched(1, b"after", &killed);
            return;
        }
        for step in STEPS {
            let dir = tempfile::tempdir().unwrap();
            let register = Register::new(dir.path(), "session");
            assert_eq!(register.put(0, b"before").unwrap(), Put::Done);
            let child = process::Command::new(env::current_exe().unwrap())
                .args(["a_kill_between_any_two_steps", "--nocapture"])
                .env(KILL_AT, step)
                .env(KILL_IN, dir.path())
                .output()
                .unwrap();
            assert!(!child.status.success(), "it was not killed at {step:?}");
            let (number, bytes) = register.latest().unwrap().unwrap();
            let whole = matches!((number, &*bytes), (1, b"before") | (2, b"after"));
            assert!(whole, "killed at {step:?}: {number} {bytes:?}");
            assert_eq!(
                register.put(number, b"next").unwrap(),
                Put::Done,
                "after {step:?}"
            );
        }
    }

    #[test]
    fn a_writer_that_stood_still_undoes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let register = Register::new(dir.path(), "session");
        register.put(0, b"one").unwrap();
        let peer = register.clone();
        let stands_still = move |step: &str| {
            if step == "link" {
                assert_eq!(peer.put(1, b"two").unwrap(), Put::Done);
                assert_eq!(peer.put(2, b"three").unwrap(), Put::Done);
            }
        };
        let put = register.put_watched(1, b"stale", &stands_still).unwrap();
        assert_eq!(put, Put::Lost);
        assert_eq!(register.latest().unwrap().unwrap(), (3, b"three".to_vec()));
    }

    #[test]
    fn of_racing_writers_one_wins_each_number() {
        let dir = tempfile::tempdir().unwrap();
        let register = Register::new(dir.path(), "session");
        let won: usize = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|_| {
                    let register = register.clone();
                    scope.spawn(move || {
                        (0..50)
                            .filter(|number| register.put(*number, b"x").unwrap() == Put::Done)
                            .count()
                    })
                })
                .collect();
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .sum()
        });
        // A number that was followed before its writer looked again counts as lost for it.
        let highest = usize::try_from(register.highest().unwrap()).unwrap();
        assert!(
            won >= 1 && won <= highest,
            "{won} wins of {highest} numbers"
        );
    }
}
