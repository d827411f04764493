//! Tables of what consoles do to frames, and a console made of random numbers.

use super::{Item, Reader, Writer};
use crate::report::record::{Case, Detail, Event};

/// An event whose text is `text`, which may be as unfortunate as it likes.
fn event(text: &str) -> Event {
    let detail = Detail {
        observed: text.to_owned(),
        ..Detail::default()
    };
    Event::Case(Case {
        details: vec![detail],
        ..Case::default()
    })
}

/// The frames of events with these texts, in order.
fn frames<const N: usize>(texts: [&str; N]) -> [String; N] {
    let mut writer = Writer::new(0);
    texts.map(|text| writer.frame(&event(text)))
}

fn read(console: &[u8]) -> Vec<Item> {
    let mut reader = Reader::new();
    let mut items = reader.push(console);
    items.extend(reader.finish());
    items
}

/// What a console yields, one line an item: `3 text` for event 3, `| line` for
/// other text, `! why` for damage.
fn show(items: &[Item]) -> Vec<String> {
    let text = |event: &Event| match event {
        Event::Case(case) => case.details[0].observed.clone(),
        other => panic!("the tests write cases only, not {other:?}"),
    };
    let show = |item: &Item| match item {
        Item::Event { seq, event, .. } => format!("{seq} {}", text(event)),
        Item::Console(line) => format!("| {line}"),
        Item::Damaged(why) => format!("! {}", why.split(':').next().unwrap_or_default()),
    };
    items.iter().map(show).collect()
}

#[track_caller]
fn check(console: &str, expect: &[&str]) {
    assert_eq!(show(&read(console.as_bytes())), expect, "{console}");
}

#[test]
fn a_frame_looks_like_this() {
    let mut writer = Writer {
        run: 0x3e07,
        next: 17,
    };
    let frame = writer.frame(&Event::Done(crate::report::record::Done {
        events: 17,
        cases: 9,
        broken: None,
    }));
    assert_eq!(
        frame,
        "@shm1 3e07:000017 d97a8832 {\"ev\":\"done\",\"events\":17,\"cases\":9}\n"
    );
    assert_eq!(writer.next, 18);
}

#[test]
fn intact_frames_are_read_wherever_they_stand() {
    let [a, b] = frames(["a", "b"]);
    let (a, b) = (a.trim_end(), b.trim_end());
    check(&format!("{a}\n{b}\n"), &["0 a", "1 b"]);
    check(&format!("{a}\r\n{b}\r\n"), &["0 a", "1 b"]);
    check(&format!("{a}{b}\n"), &["0 a", "1 b"]);
    check(&format!("{a}\n{b}"), &["0 a", "1 b"]);
    check(&format!("login: {a}\n"), &["| login: ", "0 a"]);
    check(&format!("{a} and more\n"), &["0 a", "|  and more"]);
    check(
        &format!("[    1.000000] {a}\n"),
        &["| [    1.000000] ", "0 a"],
    );
}

#[test]
fn frames_that_a_message_runs_through_are_mended() {
    let [a, b] = frames(["a", "b"]);
    let printk = "[    3.141592] random: crng init done\r\n";
    let line = "| [    3.141592] random: crng init done";
    for at in 0..a.len() {
        let (head, tail) = a.split_at(at);
        let console = format!("{head}{printk}{tail}{b}");
        let mut items = show(&read(console.as_bytes()));
        items.sort();
        assert_eq!(items, ["0 a", "1 b", line], "{console}");
        let console = format!("{head}{printk}{printk}{tail}{b}");
        let mut items = show(&read(console.as_bytes()));
        items.sort();
        assert_eq!(items, ["0 a", "1 b", line, line], "{console}");
    }
}

#[test]
fn several_messages_in_one_frame_are_cut_out() {
    let [a] = frames(["a"]);
    let console: String = a
        .char_indices()
        .map(|(at, c)| format!("<4>[{at:5}.000000][   T{at}] BUG: at {at}\r\n{c}"))
        .collect();
    let items = show(&read(console.as_bytes()));
    assert_eq!(items.len(), a.len() + 1);
    assert!(items.contains(&"0 a".to_owned()));
    assert_eq!(items[7], "| <4>[    7.000000][   T7] BUG: at 7");
}

#[test]
fn text_that_looks_like_a_message_does_no_harm() {
    let [a] = frames(["[    1.000000] so it says"]);
    check(&a, &["0 [    1.000000] so it says"]);
    let (head, tail) = a.split_at(a.len() - 5);
    check(
        &format!("{head}[    2.000000] real\n{tail}"),
        &["| [    2.000000] real", "0 [    1.000000] so it says"],
    );
}

#[test]
fn damage_is_told_and_does_not_spread() {
    let [a, b, c] = frames(["a", "b", "c"]);
    let half = &b[..b.len() / 2];
    check(
        &format!("{a}{half}\n{c}"),
        &["0 a", "! a frame does not check", "2 c"],
    );
    check(
        &format!("{a}{half}{c}"),
        &["0 a", "! a frame does not check", "2 c"],
    );
    check(
        &format!("{half}[    1.000000] cut\n{c}"),
        &["| [    1.000000] cut", "! a frame does not check", "2 c"],
    );
    check(
        &format!("{half}[    1.000000] cut"),
        &["| [    1.000000] cut", "! a frame is cut off"],
    );
    check(&b.replace("ev", "xv"), &["! a frame does not check"]);
}

#[test]
fn a_crash_in_the_middle_of_a_frame_is_told_at_once() {
    let [a] = frames(["a"]);
    let mut reader = Reader::new();
    let items = reader.push(format!("{}[    1.000000] BUG: bad\n", &a[..20]).as_bytes());
    assert_eq!(show(&items), ["| [    1.000000] BUG: bad"]);
}

#[test]
fn what_is_half_a_marker_only_is_text() {
    check(
        "me@[    1.000000] printk\nhost\n",
        &["| [    1.000000] printk", "| me@host"],
    );
    check(
        "half a line[    1.000000] printk\nthe rest\n",
        &["| half a line", "| [    1.000000] printk", "| the rest"],
    );
}

#[test]
fn a_number_counts_once() {
    let [a] = frames(["a"]);
    let [other] = frames(["b"]);
    check(&format!("{a}{a}"), &["0 a"]);
    check(
        &format!("{a}{other}"),
        &["0 a", "! event 0 came twice, with different content"],
    );
}

#[test]
fn events_of_another_version_are_told_from_damage() {
    let json = r#"0000:000000 {"ev":"novel"}"#;
    let crc = super::crc::crc32(json.as_bytes());
    let items = read(format!("@shm1 0000:000000 {crc:08x} {{\"ev\":\"novel\"}}\n").as_bytes());
    let [Item::Damaged(why)] = &items[..] else {
        panic!("{items:?}")
    };
    assert!(
        why.starts_with("event 0 arrived intact but is not understood"),
        "{why}"
    );
}

#[test]
fn gaps_are_named() {
    let all = frames(["0", "1", "2", "3", "4", "5"]);
    let mut reader = Reader::new();
    for number in [1, 4, 5] {
        reader.push(all[number].as_bytes());
    }
    assert_eq!(reader.missing(), [0..=0, 2..=3]);
    for number in [0, 2, 3] {
        reader.push(all[number].as_bytes());
    }
    assert_eq!(reader.missing(), []);
}

#[test]
fn endless_lines_are_dropped() {
    let [a] = frames(["a"]);
    let mut reader = Reader::new();
    let mut items = Vec::new();
    for _ in 0..100 {
        items.extend(reader.push(&[b'x'; 1 << 20]));
        assert!(reader.held() <= 1 << 20);
    }
    items.extend(reader.push(format!("\n{a}").as_bytes()));
    assert_eq!(show(&items), ["! a line does not end", "0 a"]);
}

#[test]
fn frames_without_end_are_dropped() {
    let mut reader = Reader::new();
    let chunk = format!("{}[    1.000000] p\n", "x".repeat(1 << 16));
    reader.push(b"@shm1 [    1.000000] p\n");
    for _ in 0..200 {
        reader.push(chunk.as_bytes());
        assert!(reader.held() <= 2 << 20);
    }
}

#[test]
fn a_line_full_of_time_stamps_is_not_taken_apart_for_ever() {
    let mut reader = Reader::new();
    let stamps = "[    1.000000] x ".repeat(50_000);
    reader.push(format!("@shm1 {stamps}\n").as_bytes());
    assert!(reader.held() <= 64 << 20, "{}", reader.held());
    reader.push(format!("{stamps}\n").as_bytes());
    assert!(reader.held() <= 64 << 20, "{}", reader.held());
}

/// A sequence of numbers that is the same every time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    /// Text with a taste for what could be mistaken for something else.
    fn text(&mut self) -> String {
        const WORDS: [&str; 10] = [
            "shmat",
            " ",
            "}",
            "{",
            "\"",
            "\\",
            "@shm1 0000:000001",
            "é",
            "[    1.000000] odd",
            "\n",
        ];
        (0..self.below(12)).map(|_| WORDS[self.below(10)]).collect()
    }
}

/// A stream of frames, and where in it the messages go: (offset, message).
fn noisy(dice: &mut Dice, events: usize, messages: usize) -> (Vec<String>, Vec<String>, Vec<u8>) {
    let mut writer = Writer::new(0);
    let texts: Vec<String> = (0..events).map(|_| dice.text()).collect();
    let stream: String = texts
        .iter()
        .map(|text| writer.frame(&event(text)).replace('\n', "\r\n"))
        .collect();

    let mut places: Vec<usize> = (0..messages).map(|_| dice.below(stream.len())).collect();
    places.sort_unstable();
    let printed: Vec<String> = (0..messages)
        .map(|n| format!("[{n:5}.{n:06}] message {n} {{\"ev\" of the kernel}}"))
        .collect();

    let mut console = Vec::new();
    let mut from = 0;
    for (place, message) in places.iter().zip(&printed) {
        console.extend_from_slice(&stream.as_bytes()[from..*place]);
        console.extend_from_slice(format!("{message}\r\n").as_bytes());
        from = *place;
    }
    console.extend_from_slice(&stream.as_bytes()[from..]);
    (texts, printed, console)
}

/// Everything that `console` yields when it comes in pieces of random size.
fn read_in_pieces(dice: &mut Dice, console: &[u8]) -> Vec<Item> {
    let mut reader = Reader::new();
    let mut items = Vec::new();
    let mut rest = console;
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at((1 + dice.below(300)).min(rest.len()));
        items.extend(reader.push(piece));
        rest = tail;
    }
    items.extend(reader.finish());
    items
}

#[test]
fn every_frame_and_every_message_survives_the_other() {
    for seed in 1..=3 {
        let mut dice = Dice(seed);
        let (texts, printed, console) = noisy(&mut dice, 2000, 600);
        let mut events = Vec::new();
        let mut lines = Vec::new();
        for item in read_in_pieces(&mut dice, &console) {
            match item {
                Item::Event { seq, event, .. } => events.push((seq, event)),
                Item::Console(line) => lines.push(line),
                Item::Damaged(why) => panic!("seed {seed}: {why}"),
            }
        }
        let expect: Vec<_> = (0..).zip(texts.iter().map(|text| event(text))).collect();
        assert_eq!(events, expect, "seed {seed}");
        lines.sort_by_cached_key(|line| printed.iter().position(|message| message == line));
        assert_eq!(lines, printed, "seed {seed}");
    }
}

#[test]
fn corruption_never_yields_a_wrong_event() {
    for seed in 1..=3 {
        let mut dice = Dice(seed);
        let (texts, _, mut console) = noisy(&mut dice, 1000, 200);
        for _ in 0..400 {
            let at = dice.below(console.len());
            match dice.below(3) {
                0 => console[at] ^= 1 << dice.below(8),
                1 => drop(console.remove(at)),
                _ => drop(console.drain(at..(at + dice.below(100)).min(console.len()))),
            }
        }
        let mut arrived = 0;
        for item in read_in_pieces(&mut dice, &console) {
            if let Item::Event {
                seq, event: got, ..
            } = item
            {
                assert_eq!(got, event(&texts[seq as usize]), "seed {seed}, event {seq}");
                arrived += 1;
            }
        }
        assert!((500..1000).contains(&arrived), "seed {seed}: {arrived}");
    }
}
