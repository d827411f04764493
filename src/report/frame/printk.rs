//! What the kernel's own messages look like on a console.
//!
//! `[    3.141592] text`, after `<6>` with `console_msg_format=syslog`, and
//! with the caller (`[   T12]`, `[    C0]`) after the time with
//! `CONFIG_PRINTK_CALLER` (kernel/printk/printk.c, `info_print_prefix`).
//! printk also says without a time stamp when it had to drop messages.

/// Every place in `line` where a message of the kernel may begin, in order.
/// All but the first of a kernel's own line are usually quotations.
pub(super) fn starts(line: &[u8]) -> Vec<usize> {
    let mut at = 0;
    let mut found = Vec::new();
    while at < line.len() {
        let rest = &line[at..];
        if let Some(length) = stamp(rest).or_else(|| dropped(rest)) {
            found.push(at);
            at += length;
        } else {
            at += 1;
        }
    }
    found
}

/// The length of `<6>[    3.141592][    T1] ` at the beginning of `text`.
fn stamp(text: &[u8]) -> Option<usize> {
    let level = level(text);
    let mut at = level;
    at += literal(&text[at..], b"[")?;
    at += run(&text[at..], |byte| byte == b' ');
    at += some(run(&text[at..], |byte| byte.is_ascii_digit()))?;
    at += literal(&text[at..], b".")?;
    at += Some(run(&text[at..], |byte| byte.is_ascii_digit())).filter(|digits| *digits == 6)?;
    at += literal(&text[at..], b"]")?;
    at += caller(&text[at..]);
    Some(at + literal(&text[at..], b" ")?)
}

/// The length of `<6>`, or 0.
fn level(text: &[u8]) -> usize {
    let digits = text
        .get(1..)
        .map_or(0, |rest| run(rest, |byte| byte.is_ascii_digit()));
    let complete = text.first() == Some(&b'<')
        && (1..=3).contains(&digits)
        && text.get(digits + 1) == Some(&b'>');
    if complete { digits + 2 } else { 0 }
}

/// The length of `[   T12]` or `[    C0]`, or 0.
fn caller(text: &[u8]) -> usize {
    let Some(inner) = text.strip_prefix(b"[") else {
        return 0;
    };
    let Some(end) = inner.iter().position(|byte| *byte == b']') else {
        return 0;
    };
    let name = inner[..end].trim_ascii_start();
    let known = matches!(name, [b'T' | b'C', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
    if known { end + 2 } else { 0 }
}

/// The length of `** 12 printk messages dropped **` at the beginning of `text`.
fn dropped(text: &[u8]) -> Option<usize> {
    let mut at = literal(text, b"** ")?;
    at += some(run(&text[at..], |byte| byte.is_ascii_digit()))?;
    Some(at + literal(&text[at..], b" printk messages dropped **")?)
}

fn literal(text: &[u8], expected: &[u8]) -> Option<usize> {
    text.starts_with(expected).then_some(expected.len())
}

fn run(text: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|byte| belongs(**byte)).count()
}

fn some(count: usize) -> Option<usize> {
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::starts;

    #[track_caller]
    fn check(line: &str, expect: &[usize]) {
        assert_eq!(starts(line.as_bytes()), expect, "{line}");
    }

    #[test]
    fn messages_are_told_by_their_time_stamp() {
        check("[    0.000000] Booting Linux on physical CPU 0x0", &[0]);
        check("[12345.678901] up for long", &[0]);
        check("[123456.678901] up for longer", &[0]);
        check("<6>[    3.141592] random: crng init done", &[0]);
        check("[    3.141592][    T1] Run /init as init process", &[0]);
        check("<4>[    3.141592][   C12] in an interrupt", &[0]);
        check(r#"{"ev":"ca[    3.141592] random"#, &[9]);
        check("a[    1.000000] b[    2.000000] c", &[1, 17]);
        check("half** 12 printk messages dropped **", &[4]);
    }

    #[test]
    fn other_brackets_are_not_messages() {
        check("", &[]);
        check("[ OK ] Started something", &[]);
        check("[1.5] a list", &[]);
        check("[    3.14159] five digits", &[]);
        check("[    3.1415926] seven digits", &[]);
        check("[    3.141592]no space", &[]);
        check("[    3.141592", &[]);
        check("** a heading **", &[]);
    }
}
