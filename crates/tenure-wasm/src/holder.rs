use alloc::string::String;

use tenure_core::{
    holder,
    time::{Now, Timestamp, Uptime},
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{config, input, output};

/// One session's holder. **Mutate, drain, wait**, in JavaScript: hand `handle` a message, take from
/// `poll` until there is nothing, then wait until `timeout`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Holder(holder::Holder);

#[wasm_bindgen]
impl Holder {
    /// Makes a holder; its first message is `opened`.
    ///
    /// # Errors
    ///
    /// If the configuration is not understood: the name of the field.
    #[wasm_bindgen(constructor)]
    pub fn new(configuration: &str) -> Result<Self, String> {
        let config = config::read(configuration)?;
        Ok(Self(holder::Holder::new(config)))
    }

    /// Takes in what happened, `wall` milliseconds after the Unix epoch and `uptime`
    /// milliseconds after the start of a clock that never goes back.
    ///
    /// # Errors
    ///
    /// If the message is not understood: the name of the field. Nothing has changed then.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "JavaScript has no other numbers; a fraction of a millisecond is dropped"
    )]
    #[wasm_bindgen(js_name = handle)]
    pub fn handle_input(&mut self, message: &str, wall: f64, uptime: f64) -> Result<(), String> {
        let now = Now {
            wall: Timestamp::from_millis(wall as i64),
            uptime: Uptime::from_millis(uptime as u64),
        };
        self.0.handle_input(input::read(message)?, now);
        Ok(())
    }

    /// The next thing to do, until there is none.
    #[wasm_bindgen(js_name = poll)]
    pub fn poll_output(&mut self) -> Option<String> {
        let out = self.0.poll_output()?;
        Some(output::message(&out, self.0.foreign()))
    }

    /// When to hand in `elapsed`, on the clock of `uptime`, if nothing happens before.
    #[must_use]
    #[wasm_bindgen(js_name = timeout)]
    pub fn poll_timeout(&self) -> Option<f64> {
        self.0.poll_timeout().map(|at| at.as_millis() as f64)
    }

    /// What is known now.
    #[must_use]
    pub fn snapshot(&self) -> String {
        output::snapshot(&self.0.snapshot())
    }
}
