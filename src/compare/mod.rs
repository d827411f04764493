//! Reports × cases → where kernels differ.
//!
//! A case is known by its scenario and its row. What a report does not tell of a case is not
//! known, and is no difference; that the report is not whole stands in its own line, and in the
//! exit code.

mod column;
mod comparison;
mod json;
mod lines;
mod markdown;
mod text;

pub use column::{Column, NoReport};
pub use comparison::{Alike, Cell, Comparison, Group, Trouble};

/// What a reader can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For a README.
    Markdown,
    /// For programs.
    Json,
}

impl Format {
    /// The names, as `--format` takes them.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("text", Self::Text),
        ("markdown", Self::Markdown),
        ("json", Self::Json),
    ];

    /// The comparison in this format, newline at the end.
    #[must_use]
    pub fn render(self, comparison: &Comparison<'_>) -> String {
        match self {
            Self::Text => text::render(comparison),
            Self::Markdown => markdown::render(comparison),
            Self::Json => json::render(comparison),
        }
    }
}

#[cfg(test)]
mod tests;
