//! The texts that a stretch of displaced bytes can have been.
//!
//! In: a run of bytes as a decoder paired them, one byte late, and what the document knows. Out: guesses, cheapest first. Pairs may be
//! missing anywhere, so every number of them is tried; never decides that a guess is right.

use super::classes::{has_other_form, simplified};
use super::gbk::{DROPPED, LEADS, Usual, pair, usual};
use super::lexicon::{Own, Reading, least};
use super::pinyin::{readers, reads_first};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

/// How a run that is one byte late ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// The trail byte of the last character, read as ASCII; the reading that follows it, if any.
    Trail(u8, Option<String>),
    /// The trail byte was swallowed together with the parenthesis of this reading.
    Swallowed(String),
    /// The line ends with the first byte of its last character.
    Cut,
}

/// The byte before a run, which begins its first character.
#[derive(Debug)]
pub(super) enum Begin {
    /// It was read with the byte before it.
    Known(u8),
    /// The tool took it and the byte before it for a character with this reading.
    Key(Option<u8>, String),
}

/// The bytes of a damaged stretch as the decoder paired them, up to the place where it found the borders again.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The trail byte of a character, and the first of the next: none where a `?` hides it.
    pub pairs: Vec<(u8, Option<u8>)>,
    pub end: End,
    pub to: usize,
}

/// A text that could have been there.
#[derive(Clone)]
pub(super) struct Guess {
    pub text: Vec<char>,
    pub reading: Reading,
    /// How many pairs left no trace.
    pub missing: u8,
    /// Before which of the characters, as bits.
    pub seams: u128,
    /// How many characters are out of place in its script.
    pub odd: u8,
}

/// Sums of costs may differ by less, taken in another order.
const ROUNDING: f32 = 0.01;
/// How many guesses are followed at once: at first, and to confirm a repair. A narrow beam may lose a rival whose word has only begun
/// among words that are cheap at once.
pub(super) const BEAM: usize = 40;
pub(super) const WIDE: usize = 120;
/// How many pairs may be missing between two that are not: “，政府公” takes four.
const MOST_DROPPED: usize = 4;
/// What one missing pair costs beyond its words: it is rarer than none.
const MISSING: f32 = 1.0;
/// What a character costs beyond its word that is a rare variant in its script; one of the other script costs twice as much.
const ODD: f32 = 4.0;
/// Above this average a run is given up early.
const HOPELESS: f32 = 14.0;

/// What a Traditional text is judged by.
pub(super) struct Judge {
    pub own: Own,
    /// The characters that are annotated in it.
    pub keys: BTreeSet<char>,
}

impl Judge {
    /// The characters behind which the tool can have put this reading, with how odd that is: it has a table of those with another
    /// form, with one reading each.
    fn annotated(&self, syllable: &str) -> impl Iterator<Item = ([u8; 2], Way)> {
        readers(syllable).iter().filter_map(move |c| {
            let tabled = has_other_form(*c) && simplified(*c) != *c || self.keys.contains(c);
            let odd = u8::from(!reads_first(*c, syllable)) + if tabled { 0 } else { 2 };
            Some((pair(*c)?, Way::new(Usual::new(*c), 0, odd)))
        })
    }

    /// The ways in which a run can end, by the byte before.
    pub fn ends(&self, end: &End) -> Ends {
        let mut ends: Ends = vec![Vec::new(); 0x100];
        let mut add = |lead: u8, way: Way| ends[usize::from(lead)].push(way);
        match end {
            End::Trail(trail, None) => {
                LEADS
                    .iter()
                    .filter_map(|lead| Some((*lead, usual(*lead, *trail)?)))
                    .for_each(|(lead, c)| add(lead, Way::new(c, 0, 0)));
            }
            End::Trail(trail, Some(syllable)) => {
                self.annotated(syllable)
                    .filter(|(pair, _)| pair[1] == *trail)
                    .for_each(|(pair, way)| add(pair[0], way));
            }
            End::Swallowed(syllable) => {
                self.annotated(syllable).filter(|(pair, _)| pair[1] >= 0x80).for_each(|(pair, way)| add(pair[0], way));
            }
            // A line that ends with the first byte of a mark ends with a full stop.
            End::Cut => add(0xA1, Way::new(Usual::new('。'), 0, 0)),
        }
        ends
    }

    /// The bytes that may begin a run, with how odd each is.
    pub fn leads(&self, begin: &Begin) -> Vec<(u8, u8)> {
        match begin {
            Begin::Known(lead) => vec![(*lead, 0)],
            Begin::Key(None, _) => Vec::new(),
            Begin::Key(Some(trail), syllable) => {
                let mut leads: Vec<(u8, u8)> = (self.annotated(syllable).filter(|(key, _)| key[0] == *trail))
                    .map(|(key, way)| (key[1], way.odd - way.usual.odd))
                    .filter(|(lead, _)| *lead >= 0x81)
                    .collect();
                leads.sort_unstable();
                leads
            }
        }
    }
}

impl Guess {
    fn with(&self, way: &Way, judge: &Judge) -> Guess {
        let mut next = self.clone();
        next.text.push(way.usual.c);
        next.reading.push(way.usual.simplified, &judge.own);
        next.odd += way.odd;
        next
    }

    pub fn cost(&self) -> f32 {
        self.reading.cost() + MISSING * f32::from(self.missing) + ODD * f32::from(self.odd)
    }

    /// Whether both say the same: a variant of the other script is converted anyway.
    pub fn says(&self, other: &Guess) -> bool {
        // The last characters differ soonest.
        self.text.len() == other.text.len()
            && self.text.iter().zip(&other.text).rev().all(|(a, b)| a == b || simplified(*a) == simplified(*b))
    }
}

/// A guess, and the bytes with which its next character may begin: one of [`SETS`].
#[derive(Clone)]
struct State {
    guess: Guess,
    leads: usize,
}

/// Sets of bytes that may begin a character: each byte by itself, any, and what begins a pair whose end a dropped pair took, by the rows of
/// [`DROPPED`].
static SETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let alone = (0..=0xFF).map(|byte| vec![byte]);
    alone.chain([LEADS.clone()]).chain(DROPPED.iter().map(|row| row.1.clone())).collect()
});
const ANY: usize = 0x100;
const BEHIND: usize = ANY + 1;

/// A way to go on from a state: a character, the set that may follow where that matters, and how odd it is there.
#[derive(Clone)]
pub(super) struct Way {
    usual: Usual,
    leads: usize,
    odd: u8,
    /// The least it costs if it ends no word.
    least: f32,
}

impl Way {
    fn new(usual: Usual, leads: usize, odd: u8) -> Way {
        let odd = odd + usual.odd;
        Way { usual, leads, odd, least: least(usual.simplified) + ODD * f32::from(odd) }
    }
}

/// Ways by the first byte of their character.
pub(super) type Ends = Vec<Vec<Way>>;

/// Ways to choose from.
struct Ways {
    /// Cheapest first.
    by_cost: Vec<Way>,
    /// Simplified characters and places of their ways in it.
    by_character: Vec<(char, usize)>,
}

impl Ways {
    fn new(mut by_cost: Vec<Way>) -> Ways {
        by_cost.sort_by(|a, b| a.least.total_cmp(&b.least));
        let mut by_character: Vec<_> = by_cost.iter().enumerate().map(|(at, way)| (way.usual.simplified, at)).collect();
        by_character.sort_unstable();
        Ways { by_cost, by_character }
    }

    /// Every character that can stand before a dropped pair.
    fn dropped(leads: usize) -> &'static Ways {
        static ALL: LazyLock<Vec<OnceLock<Ways>>> = LazyLock::new(|| SETS.iter().map(|_| OnceLock::new()).collect());
        ALL[leads].get_or_init(|| {
            let behind = |lead: u8| {
                let row = move |(at, row): (usize, &(u8, _))| Some(Way::new(usual(lead, row.0)?, BEHIND + at, 0));
                DROPPED.iter().enumerate().filter_map(row)
            };
            Ways::new(SETS[leads].iter().flat_map(|lead| behind(*lead)).collect())
        })
    }

    fn of(&self, character: char) -> impl Iterator<Item = &Way> {
        let from = self.by_character.partition_point(|row| row.0 < character);
        self.by_character[from..].iter().take_while(move |row| row.0 == character).map(|row| &self.by_cost[row.1])
    }
}

/// The cheapest ways to go on from these states, by one character each.
fn extend<'a>(states: &[State], width: usize, judge: &Judge, ways: impl Fn(usize) -> &'a Ways) -> Vec<State> {
    let mut found: Vec<(f32, usize, &Way)> = Vec::new();
    let order = |a: &(f32, usize, &Way), b: &(f32, usize, &Way)| {
        let last = |found: &(f32, usize, &Way)| (found.2.usual.c, found.2.leads, found.1);
        a.0.total_cmp(&b.0).then_with(|| last(a).cmp(&last(b)))
    };
    // Different states may say the same text: some are lost below.
    let enough = 4 * width;
    let mut dearest = f32::INFINITY;
    for (parent, state) in states.iter().enumerate() {
        let (ways, reading) = (ways(state.leads), &state.guess.reading);
        let extra = state.guess.cost() - reading.cost();
        let endings = judge.own.endings(reading.last());
        let ends = endings.iter().flat_map(|(c, lengths)| ways.of(*c).map(|way| (way, *lengths)));
        let begins = ways
            .by_cost
            .iter()
            .map(|way| (way, 0))
            .filter(|(way, _)| endings.binary_search_by_key(&way.usual.simplified, |ending| ending.0).is_err());
        for (way, lengths) in ends.chain(begins) {
            if lengths == 0 && state.guess.cost() + way.least > dearest + ROUNDING {
                break;
            }
            let cost = reading.hope(way.usual.simplified, lengths, &judge.own) + extra + ODD * f32::from(way.odd);
            if cost <= dearest {
                found.push((cost, parent, way));
            }
            if found.len() > 2 * enough {
                found.select_nth_unstable_by(enough, order);
                found.truncate(enough);
                dearest = found.iter().map(|found| found.0).fold(0.0, f32::max);
            }
        }
    }
    found.sort_unstable_by(order);
    found.truncate(enough);
    let mut kept: Vec<State> = Vec::new();
    for (_, parent, way) in found {
        if kept.len() == width {
            break;
        }
        let guess = states[parent].guess.with(way, judge);
        if !kept.iter().any(|other| other.leads == way.leads && other.guess.says(&guess)) {
            kept.push(State { guess, leads: way.leads });
        }
    }
    kept
}

/// These states, and those behind one or more pairs that were dropped: each ends one character and begins another.
fn with_dropped(states: Vec<State>, beam: usize, judge: &Judge) -> Vec<State> {
    let mut all = states;
    let mut from = 0;
    for round in 0..MOST_DROPPED {
        let mut behind = extend(&all[from..], beam >> round, judge, Ways::dropped);
        from = all.len();
        for State { guess, .. } in &mut behind {
            guess.missing += 1;
            guess.seams |= 1 << guess.text.len().min(127);
        }
        all.append(&mut behind);
    }
    all
}

/// These states with one more character, which begins with what may follow and goes on as `ways` has it; and which bytes may follow then.
fn read_on(states: Vec<State>, next: usize, beam: usize, judge: &Judge, ways: impl Fn(u8) -> Vec<Way>) -> Vec<State> {
    let states = with_dropped(states, beam, judge);
    let sets: BTreeSet<usize> = states.iter().map(|state| state.leads).collect();
    let made: BTreeMap<usize, Ways> =
        sets.into_iter().map(|set| (set, Ways::new(SETS[set].iter().flat_map(|lead| ways(*lead)).collect()))).collect();
    let mut states = extend(&states, beam, judge, |leads| &made[&leads]);
    states.iter_mut().for_each(|state| state.leads = next);
    states
}

/// Every plausible text of one run, cheapest first.
pub(super) fn guesses(
    run: &Run,
    ends: &Ends,
    (lead, odd): (u8, u8),
    reading: &Reading,
    beam: usize,
    judge: &Judge,
) -> Vec<Guess> {
    let base = reading.cost();
    let guess = Guess { text: Vec::new(), reading: reading.clone(), missing: 0, seams: 0, odd };
    let mut states = vec![State { guess, leads: usize::from(lead) }];
    for (read, (trail, next)) in run.pairs.iter().enumerate() {
        let next = next.map_or(ANY, usize::from);
        let way = |lead: u8| usual(lead, *trail).map(|usual| Way::new(usual, 0, 0)).into_iter().collect();
        states = read_on(states, next, beam, judge, way);
        // Nobody writes like this: the run is not what it seems.
        if states.first().is_none_or(|best| best.guess.cost() - base > HOPELESS * (read + 2) as f32) {
            return Vec::new();
        }
    }
    let last = read_on(states, 0, beam, judge, |lead| ends[usize::from(lead)].clone());
    last.into_iter().map(|state| state.guess).collect()
}
