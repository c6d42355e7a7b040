use std::fmt;

/// Why bytes are not what they should be. It holds nothing of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// A newer release wrote them; they are not touched.
    Newer {
        /// What they should be, with its article.
        form: &'static str,
        /// The version that they have.
        version: u64,
        /// The newest version that this release reads.
        reads: u8,
    },
    /// They are damaged, or something else.
    Damaged {
        /// What they should be, with its article.
        form: &'static str,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer {
                form,
                version,
                reads,
            } => write!(
                f,
                "{form} is of version {version}, newer than version {reads}, which this release reads"
            ),
            Self::Damaged { form } => write!(f, "{form} is damaged, or something else"),
        }
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_it_is_about_and_which_version_reads_it() {
        let form = "an account";
        let newer = DecodeError::Newer {
            form,
            version: 3,
            reads: 1,
        };
        assert_eq!(
            newer.to_string(),
            "an account is of version 3, newer than version 1, which this release reads"
        );
        let damaged = DecodeError::Damaged { form };
        assert_eq!(
            damaged.to_string(),
            "an account is damaged, or something else"
        );
    }
}
