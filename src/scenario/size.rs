//! Sizes, from what is written to the model.

use super::model::Size;
use super::syntax::{Quantity, QuantityWord};

/// The model of a size.
///
/// # Errors
///
/// When it does not fit 64 bits: its unit, and that.
pub(super) fn size(quantity: Quantity) -> Result<Size, (&'static str, String)> {
    let times = |n: u64, factor: u64, unit| {
        let message = || "the size does not fit 64 bits; write a smaller one".to_owned();
        let bytes = n.checked_mul(factor);
        bytes.map(Size::Bytes).ok_or_else(|| (unit, message()))
    };
    match quantity.0 {
        QuantityWord::Bytes(n) => Ok(Size::Bytes(n)),
        QuantityWord::KiB(n) => times(n, 1 << 10, "KiB"),
        QuantityWord::MiB(n) => times(n, 1 << 20, "MiB"),
        QuantityWord::GiB(n) => times(n, 1 << 30, "GiB"),
        QuantityWord::Pages(n) => Ok(Size::Pages(n, 0)),
        QuantityWord::PagesAnd(n, more) => Ok(Size::Pages(n, more)),
        QuantityWord::Shmlba(n) => Ok(Size::Shmlba(n)),
        QuantityWord::HugePages(n) => Ok(Size::HugePages(n, 0)),
        QuantityWord::HugePagesAnd(n, more) => Ok(Size::HugePages(n, more)),
        QuantityWord::SizeMaxMinus(n) => Ok(Size::SizeMaxMinus(n)),
        QuantityWord::ShmmaxPlus(n) => Ok(Size::ShmmaxPlus(n)),
    }
}
