//! In which namespaces a process lives.

use super::Planned;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{Expect, Facts};
use crate::scenario::{Namespace, Step};

impl Planned for Namespace {
    fn success(&self, _: &Facts) -> Expect {
        Expect::Zero
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        match self {
            Self::Unshare(_) | Self::UidMap(..) | Self::GidMap(..) => {
                touch.changes(Facet::Identity(touch.actor));
            }
            Self::Join(of, _) => {
                touch.looks(Facet::Identity(*of));
                touch.changes(Facet::Identity(touch.actor));
            }
            Self::Clone(_) => {}
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::Unshare(_) => &["unshare"],
            Self::Join(..) => &["setns"],
            Self::Clone(_) | Self::UidMap(..) | Self::GidMap(..) => &[],
        }
    }

    fn lacks(&self, _: &Step, facts: &Facts) -> Option<String> {
        match self {
            Self::UidMap(..) | Self::GidMap(..) => (!facts.id_maps).then(|| {
                "needs ids of its own in a user namespace, which cannot be set (CONFIG_USER_NS, \
                 mounts of /proc, security modules)"
                    .to_owned()
            }),
            Self::Unshare(_) | Self::Join(..) | Self::Clone(_) => None,
        }
    }

    fn detaches(&self) -> bool {
        match self {
            Self::Unshare(_) => true,
            Self::Join(..) | Self::Clone(_) | Self::UidMap(..) | Self::GidMap(..) => false,
        }
    }
}
