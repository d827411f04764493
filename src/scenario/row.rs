//! The values of one case.

use std::ops::Range;

/// The values of one case.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Such as `size=Pages(1) crowd=8`; empty where nothing varies.
    pub(super) name: String,
    /// The axes, and where their values stand in the file.
    pub(super) values: Vec<(String, Range<usize>)>,
    /// Whether there are more, so that what asks for one of them is left as it is.
    pub(super) partial: bool,
}

impl Row {
    /// Where the value of an axis stands.
    pub(super) fn value(&self, axis: &str) -> Option<Range<usize>> {
        let found = self.values.iter().find(|(name, _)| name == axis);
        found.map(|(_, range)| range.clone())
    }

    /// The names of all axes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.values.iter().map(|(name, _)| name.as_str())
    }

    /// The same with more values.
    pub(super) fn with(&self, more: &[(String, Range<usize>)]) -> Self {
        let mut row = self.clone();
        row.values.extend_from_slice(more);
        row
    }

    /// A row for tests.
    #[cfg(test)]
    pub(super) fn sample(values: &[(&str, Range<usize>)]) -> Self {
        Self {
            name: String::new(),
            values: values
                .iter()
                .map(|(name, range)| ((*name).to_owned(), range.clone()))
                .collect(),
            partial: false,
        }
    }
}
