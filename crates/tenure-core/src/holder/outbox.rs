use alloc::collections::VecDeque;

use super::Output;

/// What the driver has to do, in order, and the numbers that its answers carry.
#[derive(Debug)]
pub(super) struct Outbox {
    outputs: VecDeque<Output>,
    last_op: u64,
}

impl Outbox {
    pub(super) const fn new() -> Self {
        Self {
            outputs: VecDeque::new(),
            last_op: 0,
        }
    }

    pub(super) fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(super) fn pop(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// A number that no other operation has, of whatever kind.
    pub(super) const fn next_op(&mut self) -> u64 {
        self.last_op += 1;
        self.last_op
    }
}
