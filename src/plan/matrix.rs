//! `for_each`: the product of the axes, one row a case.

use crate::scenario::{Axes, FlagSet, Size};

/// The values of one row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) size: Option<Size>,
    pub(super) get: Option<&'a FlagSet>,
    pub(super) attach: Option<&'a FlagSet>,
    pub(super) crowd: Option<u32>,
}

impl Row<'_> {
    /// The row's name; empty where nothing varies.
    pub(super) fn name(&self) -> String {
        let parts = [
            self.size.map(|size| format!("size={size}")),
            self.get.map(|set| format!("get={}", set.label)),
            self.attach.map(|set| format!("attach={}", set.label)),
            self.crowd.map(|crowd| format!("crowd={crowd}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Every combination, the first axis varying slowest.
pub(super) fn rows(axes: &Axes) -> Vec<Row<'_>> {
    let mut rows = vec![Row::default()];
    rows = product(rows, &axes.size, |row, size| row.size = Some(*size));
    rows = product(rows, &axes.get, |row, set| row.get = Some(set));
    rows = product(rows, &axes.attach, |row, set| row.attach = Some(set));
    product(rows, &axes.crowd, |row, crowd| row.crowd = Some(*crowd))
}

fn product<'a, T>(
    rows: Vec<Row<'a>>,
    axis: &'a [T],
    set: impl Fn(&mut Row<'a>, &'a T),
) -> Vec<Row<'a>> {
    if axis.is_empty() {
        return rows;
    }
    let mut all = Vec::with_capacity(rows.len() * axis.len());
    for row in rows {
        for value in axis {
            let mut row = row.clone();
            set(&mut row, value);
            all.push(row);
        }
    }
    all
}
