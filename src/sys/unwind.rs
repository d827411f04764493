//! Stands in for the unwinder of 32-bit ARM in a build that cannot unwind and has no symbols to
//! name: what there is of one, the C library's printf with it, is a fortieth of the firmware.
//!
//! The standard library refers to these names (library/unwind, library/std/src/sys/personality)
//! even where a panic aborts. A backtrace asks for the first of them, and has no frames; the
//! others are called by nobody.
//!
//! # Safety
//!
//! The names are the unwinder's, and nothing else in such a build has them.

/// Visits no frame: `_URC_NO_REASON`, the end of the stack.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Backtrace() -> usize {
    0
}

macro_rules! never_called {
    ($($name:ident)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name() -> usize {
            std::process::abort()
        }
    )*};
}

never_called! {
    __aeabi_unwind_cpp_pr0
    __aeabi_unwind_cpp_pr1
    __aeabi_unwind_cpp_pr2
    __gnu_unwind_frame
    _Unwind_FindEnclosingFunction
    _Unwind_GetDataRelBase
    _Unwind_GetLanguageSpecificData
    _Unwind_GetRegionStart
    _Unwind_GetTextRelBase
    _Unwind_VRS_Get
    _Unwind_VRS_Set
}
