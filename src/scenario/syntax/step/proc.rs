//! Files in /proc, sysctls among them.

use crate::scenario::syntax::args::{Args, Form};
use crate::scenario::syntax::declare::family;
use crate::scenario::syntax::expect::Expect;
use crate::scenario::syntax::value::{Id, Quantity};
use crate::scenario::text::Wrong;

family! { Proc:
    "sysctl" Sysctl {
        "name" name: String = needed;
        "write" write: Option<String> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "sysvipc_row" SysvipcRow {
        "seg" seg: Option<String> = optional;
        "id" id: Option<Id> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "maps_row" MapsRow {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "proc_value" Value {
        "file" file: String = needed;
        "field" field: String = needed;
        "settles" settles: bool = optional;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }

    "proc_line" Line {
        "file" file: String = needed;
        "line" line: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "proc_pieces" Pieces {
        "file" file: String = needed;
        "length" length: u32 = needed;
        "expect" expect: Expect = needed;
    }

    "smaps_value" SmapsValue {
        "map" map: String = needed;
        "offset" offset: Option<Quantity> = optional;
        "field" field: String = needed;
        "as" binds: Option<String> = optional;
        "expect" expect: Expect = needed;
    }
}
