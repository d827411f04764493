//! Messages survive the pipe.

use super::{Buffer, FAULT_AT, Known, News, Order, Reply, Unfit};
use crate::abi::{Death, Errno, Field, Fields};
use crate::observe::{Difference, Line, MOST_RELATIONS, Observation as O};

#[track_caller]
fn check(news: News) {
    let reply = Reply {
        player: 3,
        replica: 5,
        news,
    };
    let mut pipe = Vec::new();
    reply.send(&mut pipe).expect("memory");
    assert_eq!(Reply::receive(&mut &pipe[..]).expect("whole"), reply);
}

#[test]
fn every_reply_survives_the_pipe() {
    check(News::Born(3));
    check(News::Unfit(Unfit::Inject, Errno(22)));
    check(News::Forked(2, 4711));
    check(News::Lacks(Line::of("1 of 4 huge pages")));
    check(News::Panicked(Line::of("index out of bounds")));
    check(News::Fault(2, 0xb6f0_0000_0000));
    let mut fields = Fields::default();
    for (number, field) in Field::ALL.iter().enumerate() {
        fields = fields.with(*field, u64::MAX - number as u64);
    }
    let mut against = [0; MOST_RELATIONS];
    for (number, slot) in against.iter_mut().enumerate() {
        *slot = number as u64 + 7;
    }
    let difference = Difference {
        offset: 1 << 33,
        count: 16,
        seen: [0xa5; 16],
        wanted: *b"0123456789abcdef",
    };
    for observation in [
        O::id(-1),
        O::Lost("a fork within a PID namespace".to_owned()),
        O::Address {
            address: 0xb6f0_0000_0000,
            asked: 7,
        },
        O::Returned(-1),
        O::Failed(Errno(4095)),
        O::Told { fields, against },
        O::Stored,
        O::Loaded(None),
        O::Loaded(Some(difference)),
        O::Exited(0),
        O::Killed(Death(0x020b)),
        O::Absent,
        O::Line(Line::of(&"line".repeat(64))),
        O::Line(Line::of(&"line".repeat(65))),
        O::Replaced,
        O::Ticked,
    ] {
        check(News::Done(7, observation));
    }
}

#[test]
fn a_fault_is_filled_in_where_it_is_read() {
    let reply = |code, address| Reply {
        player: 1,
        replica: 0,
        news: News::Fault(code, address),
    };
    let mut bytes = reply(0, 0).bytes();
    bytes[FAULT_AT.0..FAULT_AT.0 + 8].copy_from_slice(&2_u64.to_le_bytes());
    bytes[FAULT_AT.1..FAULT_AT.1 + 8].copy_from_slice(&0x1234_u64.to_le_bytes());
    assert_eq!(
        Reply::receive(&mut &bytes[..]).expect("whole"),
        reply(2, 0x1234)
    );
}

#[test]
fn an_order_survives_the_pipe() {
    let known = Known {
        index_bits: 15,
        shmids: vec![None, Some(0), Some(i32::MAX)],
        addresses: vec![None, Some(0)],
        pids: vec![Some(1)],
        labels: vec![Some(Fields::default().with(Field::Atime, 9)), None],
        start: -5,
    };
    let order = Order {
        first: 9,
        end: 12,
        spins: Some(1000),
        known,
    };
    let mut pipe = Vec::new();
    order.send(&mut pipe).expect("memory");
    let mut received = Order {
        first: 0,
        end: 0,
        spins: None,
        known: Known {
            index_bits: 15,
            shmids: vec![None; 3],
            addresses: vec![None; 2],
            pids: vec![None],
            labels: vec![None; 2],
            start: 0,
        },
    };
    let mut buffer = Buffer::new(&received.known);
    received
        .receive(&mut &pipe[..], &mut buffer)
        .expect("whole");
    assert_eq!(received, order);
}
