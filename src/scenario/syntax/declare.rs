//! How steps are declared, see [`step`](super::step).

/// Declares a family of steps: for each its word and variant, and for each argument its word,
/// field, type and whether it must be given.
macro_rules! family {
    ($family:ident: $($word:literal $variant:ident {
        $($shown:literal $field:ident: $type:ty = $must:ident;)*
    })*) => {
        #[derive(Clone)]
        pub(in crate::scenario) enum $family {
            $($variant { $($field: $type,)* },)*
        }

        impl $family {
            pub(super) const FORMS: &[Form] = &[$(Form {
                name: $word,
                takes: &[$($shown),*],
                must: &[$(stringify!($must)),*],
            }),*];

            /// No argument keeps what is wrong with the next from being told.
            pub(super) fn read(
                form: &str,
                args: &Args<'_>,
                wrong: &mut Vec<Wrong>,
            ) -> Option<Self> {
                match form {
                    $($word => {
                        $(let $field = args.$must::<$type>($shown, wrong);)*
                        Some(Self::$variant { $($field: $field?,)* })
                    })*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use family;
