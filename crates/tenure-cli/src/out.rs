use std::io::{IsTerminal as _, Read as _, Write as _};

use serde_json::Value;
use tenure_core::secret::Password;

use super::CliError;

/// Prints a line. A reader that went away is no error.
pub(super) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

pub(super) fn problem(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "tenure: {text}");
}

/// Prints a list: as JSON, or the named fields of each in columns.
pub(super) fn list(json: bool, rows: &[Value], columns: &[&str]) {
    if json {
        return line(&Value::from(rows.to_vec()).to_string());
    }
    for row in rows {
        let cells = columns.iter().map(|column| match &row[*column] {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                other.to_string()
            }
        });
        line(&cells.collect::<Vec<_>>().join("\t"));
    }
}

/// Prints what was done.
pub(super) fn done(json: bool, told: &Value, text: &str) {
    if json {
        line(&told.to_string())
    } else {
        line(text)
    }
}

/// Reads a password from standard input; arguments would show it to everyone on the machine.
pub(super) fn password() -> Result<Password, CliError> {
    if std::io::stdin().is_terminal() {
        problem("type the password, then Enter and Ctrl-D");
    }
    let mut text = zeroize::Zeroizing::new(String::new());
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(Password::new(text.trim_end_matches(['\r', '\n'])))
}
