//! How a command ends that did not come to a verdict.

use crate::verdict::{RunVerdict, USAGE};

/// Why a command did not come to a verdict.
pub(super) struct Failure {
    pub(super) code: u8,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: USAGE,
            message: message.into(),
        }
    }

    pub(super) fn infrastructure(message: impl Into<String>) -> Self {
        Self {
            code: RunVerdict::NotStarted.exit_code(),
            message: message.into(),
        }
    }
}
