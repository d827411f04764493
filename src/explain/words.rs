//! Things in a row, and how many there are.

/// Several things in a row: `a, b and c`.
pub(super) fn list<T: AsRef<str>>(all: &[T], and: &str) -> String {
    let words: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// So many of a thing.
pub(super) fn count(number: u64, thing: &str) -> String {
    let ending = match number {
        1 => "",
        _ if thing.ends_with('s') => "es",
        _ => "s",
    };
    format!("{number} {thing}{ending}")
}
