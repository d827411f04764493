//! From the events of a run to what people and machines read.
//!
//! A renderer is a `fn(&Report) -> String` in a file of its own; nobody prints
//! here.

pub mod ending;
pub mod frame;
mod json;
mod junit;
mod ktap;
pub mod record;
mod run;
mod text;
mod totals;

pub use ending::Ending;
pub use run::{Report, Told};
pub use totals::totals;

/// What a reader can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// Kernel TAP version 1 (Documentation/dev-tools/ktap.rst).
    Ktap,
    /// The versioned record, see [`record::Document`].
    Json,
    /// JUnit XML as Jenkins and GitLab read it.
    Junit,
}

impl Format {
    /// The names, as `--format` takes them.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("text", Self::Text),
        ("ktap", Self::Ktap),
        ("json", Self::Json),
        ("junit", Self::Junit),
    ];

    /// The report in this format, newline at the end.
    #[must_use]
    pub fn render(self, report: &Report) -> String {
        match self {
            Self::Text => text::render(report),
            Self::Ktap => ktap::render(report),
            Self::Json => json::render(report),
            Self::Junit => junit::render(report),
        }
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
