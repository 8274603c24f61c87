//! Two publications of an archive compared: what came, what went, what an agency edited, which figures changed and why.
//!
//! In: the cards of both, and bodies on demand. Out: a [`ChangeSet`] in the order of ids. Only reports whose cards differ, or which
//! another program read, are opened. Must never compare by anything but what was published, nor bring back the text of a report
//! that was taken down.

use crate::model::Id;
use crate::model::changes::{Body, ChangeSet, Changed, Changes, Edited, Edition, Passage, Why};
use crate::model::curation::{Gone, Tombstone};
use crate::model::report::Role;
use crate::model::value::{Decimal, Standing};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the format of `changes.json`.
pub const FORMAT: &str = "nianbao/1";
/// Places of a text that are listed, and lines of one place.
const PASSAGES: usize = 60;
const PASSAGE_LINES: usize = 40;
/// Earlier publications whose changes are kept.
const EARLIER: usize = 400;

/// What changed from `old` to `new`; the bodies are asked for by report id.
pub fn compare(
    old: &Edition,
    new: &Edition,
    was: &dyn Fn(&str) -> Option<Body>,
    now: &dyn Fn(&str) -> Option<Body>,
) -> ChangeSet {
    let missing = |of: &Edition, from: &Edition| -> Vec<String> {
        of.cards.keys().filter(|id| !from.cards.contains_key(*id)).cloned().collect()
    };
    let mut set = ChangeSet {
        build_id: new.build_id.clone(),
        previous: Some(old.build_id.clone()),
        added: missing(new, old),
        removed: missing(old, new),
        ..ChangeSet::default()
    };
    for (id, card) in &new.cards {
        let Some(before) = old.cards.get(id) else { continue };
        if before == card && old.generator == new.generator {
            continue;
        }
        let bodies = was(id).zip(now(id));
        let edited = before.sha256 != card.sha256;
        if edited {
            let (passages, more) = bodies.as_ref().map_or((Vec::new(), false), |(was, now)| passages(was, now));
            set.edited.push(Edited {
                id: id.clone(),
                was: before.sha256.clone(),
                now: card.sha256.clone(),
                passages,
                more,
            });
        }
        let curated = |what: &str| {
            let by_core = |body: &Body| body.core.get(what).is_some_and(|core| core.standing == Standing::Curated);
            match &bodies {
                Some((was, now)) if !what.contains('.') => by_core(was) || by_core(now),
                _ => [before, card].iter().any(|card| card.curated.iter().any(|other| other == what)),
            }
        };
        let why = |what: &str| match () {
            () if edited => Why::Source,
            () if curated(what) => Why::Curation,
            () => Why::Reading,
        };
        let (mut first, mut second): (BTreeMap<String, Decimal>, BTreeMap<String, Decimal>) =
            (cores(&before.core), cores(&card.core));
        if let Some((was, now)) = &bodies {
            first.extend(cells(was));
            second.extend(cells(now));
        }
        let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
        for what in names {
            let (was, now) = (first.get(what).copied(), second.get(what).copied());
            if was != now {
                set.figures.push(Changed { id: id.clone(), what: what.clone(), was, now, why: why(what) });
            }
        }
    }
    set
}

fn cores(core: &BTreeMap<Id, Decimal>) -> BTreeMap<String, Decimal> {
    core.iter().map(|(id, value)| (id.to_string(), *value)).collect()
}

/// The values of the cells, by `table.row.column`; of two tables of one name the first counts, as it does for `explain`.
fn cells(body: &Body) -> BTreeMap<String, Decimal> {
    let mut cells = BTreeMap::new();
    for table in &body.tables {
        for cell in &table.cells {
            if let Some(value) = cell.value {
                cells.entry(format!("{}.{}.{}", table.table, cell.row, cell.column)).or_insert(value);
            }
        }
    }
    cells
}

/// Where two texts differ, line by line; blank lines and page furniture are not looked at.
fn passages(was: &Body, now: &Body) -> (Vec<Passage>, bool) {
    let lines = |body: &'_ Body| -> Vec<(u32, String)> {
        let said = body.lines.iter().filter(|line| !matches!(line.role, Role::Blank | Role::Chrome));
        said.map(|line| (line.no, line.text.trim().to_owned())).collect()
    };
    let (old, new) = (lines(was), lines(now));
    let texts = |lines: &[(u32, String)]| lines.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    let place = |lines: &[(u32, String)], at: usize| match lines.get(at) {
        Some((no, _)) => *no,
        None => lines.last().map_or(1, |(no, _)| no + 1),
    };
    let mut passages = Vec::new();
    let mut more = false;
    for step in capture_diff_slices(Algorithm::Patience, &texts(&old), &texts(&new)) {
        if step.tag() == DiffTag::Equal {
            continue;
        }
        if passages.len() == PASSAGES {
            more = true;
            break;
        }
        let said = |lines: &[(u32, String)], range: std::ops::Range<usize>| -> Vec<String> {
            lines[range].iter().take(PASSAGE_LINES).map(|(_, text)| text.clone()).collect()
        };
        more |= step.old_range().len() > PASSAGE_LINES || step.new_range().len() > PASSAGE_LINES;
        passages.push(Passage {
            old_line: place(&old, step.old_range().start),
            new_line: place(&new, step.new_range().start),
            removed: said(&old, step.old_range()),
            added: said(&new, step.new_range()),
        });
    }
    (passages, more)
}

/// The changes to publish: those with this publication, and what the one before said of earlier ones. `hide` masks a text.
pub fn publish(
    generator: &str,
    latest: ChangeSet,
    previous: Option<Changes>,
    tombstones: &[Tombstone],
    hide: &dyn Fn(String) -> String,
) -> Changes {
    let mut sets = vec![latest];
    if let Some(previous) = previous {
        sets.extend([previous.latest].into_iter().chain(previous.earlier).filter(|set| set.previous.is_some()));
    }
    let gone: BTreeSet<&str> =
        tombstones.iter().filter(|stone| stone.gone == Gone::TakenDown).map(|stone| stone.id.as_str()).collect();
    for set in &mut sets {
        set.edited.retain(|edited| !gone.contains(edited.id.as_str()));
        set.figures.retain(|changed| !gone.contains(changed.id.as_str()));
        let lines = set.edited.iter_mut().flat_map(|edited| &mut edited.passages);
        for line in lines.flat_map(|passage| passage.removed.iter_mut().chain(&mut passage.added)) {
            *line = hide(std::mem::take(line));
        }
    }
    let mut sets = sets.into_iter();
    let latest = sets.next().unwrap_or_default();
    let earlier = sets.filter(|set| !set.is_empty()).take(EARLIER).collect();
    Changes { format: FORMAT.into(), generator: generator.to_owned(), latest, earlier }
}
