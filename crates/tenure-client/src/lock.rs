use std::time::Duration;

use tenure_core::holder::{Input, LockOp};
use tokio::sync::{mpsc, oneshot};

use crate::{mailbox::Message, storage::AnyStorage};

/// Takes the lock, keeps it until it is wanted back or lost, and gives it back.
pub(crate) async fn hold(
    storage: AnyStorage,
    op: LockOp,
    lease: Duration,
    driver: mpsc::UnboundedSender<Message>,
    mut wanted_back: oneshot::Receiver<()>,
) {
    let granted = tokio::select! {
        biased;
        _ = &mut wanted_back => return,
        granted = storage.lock(lease) => granted,
    };
    let Some(mut lease) = granted else {
        let _ = driver.send(Message::Input(Input::LockRefused { op }));
        return;
    };
    let told = driver
        .send(Message::Input(Input::LockGranted { op }))
        .is_ok();
    // While it is held this task must not keep the driver alive by itself.
    let driver = driver.downgrade();
    if told {
        tokio::select! {
            biased;
            _ = &mut wanted_back => {}
            () = lease.lost() => {
                if let Some(driver) = driver.upgrade() {
                    let _ = driver.send(Message::Input(Input::LockLost { op }));
                }
                return;
            }
        }
    }
    lease.release().await;
}
