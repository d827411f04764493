//! How steps are declared, see [`step`](super::step).

/// Declares the steps: the word, the variant, and for each argument its word, field, type
/// and whether it must be given.
macro_rules! steps {
    ($($word:literal $variant:ident {
        $($shown:literal $field:ident: $type:ty = $must:ident;)*
    })*) => {
        #[derive(Clone)]
        pub(in crate::scenario) enum Step {
            $($variant { $($field: $type,)* },)*
        }

        const NAMES: &[&str] = &[$($word),*];

        const FORMS: &[Form] = &[$(Form {
            name: $word,
            takes: &[$($shown),*],
            must: &[$(stringify!($must)),*],
        }),*];

        impl Step {
            /// No argument keeps the problems of the next from being told.
            fn from_args(form: usize, args: &Args<'_>, problems: &mut Vec<String>) -> Option<Self> {
                match FORMS[form].name {
                    $($word => {
                        $(let $field = args.$must::<$type>($shown, problems);)*
                        Some(Self::$variant { $($field: $field?,)* })
                    })*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use steps;
