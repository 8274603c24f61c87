//! Statutory tables: found by their labels, read from any layout, proved by their identities.
//!
//! In: a normalized draft. Out: tables whose every cell says how it is known, what does not add up, and the lines they take.
//! Never gives a figure a place that the page or the identities do not give it, and never turns a blank into a zero.

mod assemble;
mod figure;
mod findings;
mod header;
mod labels;
mod layout;
mod place;
mod reading;
mod solve;
mod survey;

use crate::model::diagnostic::Finding;
use crate::model::form::Form;
use crate::model::report::Table;
use crate::model::source::Draft;
use labels::Labels;
use std::sync::{Arc, LazyLock};

/// The statutory forms, one file each, in order of their first year.
const FORMS: &[(&str, &str)] = &[
    ("local_2008", include_str!("local_2008.toml")),
    ("2014", include_str!("2014.toml")),
    ("2019", include_str!("2019.toml")),
    ("2021", include_str!("2021.toml")),
];

static LOADED: LazyLock<Arc<Vec<Form>>> = LazyLock::new(|| {
    Arc::new(FORMS.iter().map(|(id, text)| toml::from_str(text).unwrap_or_else(|e| panic!("form {id}: {e}"))).collect())
});

static LABELS: LazyLock<Vec<Labels>> = LazyLock::new(|| LOADED.iter().map(Labels::new).collect());

/// The statutory forms, in order of their first year.
pub fn forms() -> Arc<Vec<Form>> {
    LOADED.clone()
}

/// What the tables of one report say.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The tables, in reading order.
    pub tables: Vec<Table>,
    /// What does not add up, was lost, or cannot be read.
    pub findings: Vec<Finding>,
    /// Lines that belong to a statutory table, in order.
    pub claimed: Vec<u32>,
}

/// What each form finds of its tables in a draft: rows and cells, not yet which column.
pub struct Located {
    pieces: Vec<layout::Piece>,
    found: Vec<reading::Found>,
}

/// Reads the statutory tables of a draft. `year` only breaks ties between forms whose labels fit equally well.
pub fn read_tables(draft: &Draft, year: Option<u16>) -> Reading {
    solve_tables(&locate_tables(draft), year)
}

/// The first half of [`read_tables`]: finds them.
pub fn locate_tables(draft: &Draft) -> Located {
    let pieces = reading::apart(layout::pieces(draft), &LABELS);
    let keys = reading::keys(&pieces);
    let joined = vec![reading::Joined::new(); pieces.len()];
    let found = LOADED
        .iter()
        .zip(LABELS.iter())
        .map(|(form, labels)| {
            // A form of which nothing is named need not be looked for.
            let named = keys.iter().filter(|k| !k.full.is_empty() && !labels.exact(k).is_empty()).take(2).count();
            if named < 2 { reading::Found::default() } else { reading::find(form, labels, &pieces, &keys, &joined) }
        })
        .collect();
    Located { pieces, found }
}

/// The second half: places the figures, checks and solves.
pub fn solve_tables(located: &Located, year: Option<u16>) -> Reading {
    assemble::assemble(&LOADED, &located.found, &located.pieces, year)
}
