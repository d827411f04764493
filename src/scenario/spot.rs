//! Where the values of a file stand.

use super::raw::Raw;
use super::source::{Source, trivia};
use std::ops::Range;

/// Where a value stands in the file, comments in front of it included.
pub(super) type Spot = Range<usize>;

/// Where a raw value stands, without the white space and comments in front of it.
pub(super) fn spot(source: Source<'_>, raw: Raw<'_>) -> Spot {
    let text = raw.0;
    let text = text[trivia(text)..].trim_end();
    let start = source.offset_of(text);
    start..start + text.len()
}
