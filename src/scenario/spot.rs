//! Where the values of a file stand.

use super::raw::Raw;
use super::source::{Source, bare};
use std::ops::Range;

/// Where a value stands in the file.
pub(super) type Spot = Range<usize>;

/// Where a raw value stands, without the white space and comments around it. Behind a comment that
/// is taken along with a value, what follows on its line would be one, too.
pub(super) fn spot(source: Source<'_>, raw: Raw<'_>) -> Spot {
    let text = bare(raw.0);
    let start = source.offset_of(text);
    start..start + text.len()
}
