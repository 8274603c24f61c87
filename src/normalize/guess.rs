//! The texts that a stretch of displaced bytes can have been.
//!
//! In: a run of bytes as a decoder paired them, one byte late, and what the document knows. Out: guesses, cheapest first. Pairs may be
//! missing anywhere, so every number of them is tried; never decides that a guess is right.

use super::classes::{has_other_form, simplified};
use super::gbk::{DROPPED, LEADS, Usual, pair, usual};
use super::lexicon::{Own, Reading};
use super::pinyin::{readers, reads_first};
use std::collections::BTreeSet;

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

/// What a text is judged by.
pub(super) struct Judge {
    pub own: Own,
    pub traditional: bool,
    /// The characters that are annotated in it.
    pub keys: BTreeSet<char>,
}

impl Judge {
    /// The characters behind which the tool can have put this reading, with how odd that is: it has a table of those with another
    /// form, with one reading each.
    fn annotated(&self, syllable: &str) -> impl Iterator<Item = ([u8; 2], Way)> {
        readers(syllable).iter().filter_map(move |c| {
            let tabled = has_other_form(*c) && self.traditional == (simplified(*c) != *c) || self.keys.contains(c);
            let odd = u8::from(!reads_first(*c, syllable)) + if tabled { 0 } else { 2 };
            Some((pair(*c)?, Way { odd, ..Way::plain(Usual::new(*c)) }))
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
                    .for_each(|(lead, c)| add(lead, Way::plain(c)));
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
            End::Cut => add(0xA1, Way::plain(Usual::new('。'))),
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
                    .map(|(key, way)| (key[1], way.odd))
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
        next.odd += way.oddness(judge);
        next
    }

    pub fn cost(&self) -> f32 {
        self.reading.cost() + MISSING * f32::from(self.missing) + ODD * f32::from(self.odd)
    }

    /// Whether both say the same: a variant of the other script is converted anyway.
    pub fn says(&self, other: &Guess) -> bool {
        self.text.len() == other.text.len()
            && self.text.iter().zip(&other.text).all(|(a, b)| a == b || simplified(*a) == simplified(*b))
    }
}

/// A guess, and the bytes with which its next character may begin.
#[derive(Clone)]
struct State<'a> {
    guess: Guess,
    leads: &'a [u8],
}

/// A way to go on from a state: a character, its trail byte where that matters, and how odd it is there.
#[derive(Clone)]
pub(super) struct Way {
    usual: Usual,
    trail: u8,
    odd: u8,
}

impl Way {
    fn plain(usual: Usual) -> Way {
        Way { usual, trail: 0, odd: 0 }
    }

    fn oddness(&self, judge: &Judge) -> u8 {
        self.odd + self.usual.odd[usize::from(judge.traditional)]
    }
}

/// Ways by the first byte of their character.
pub(super) type Ends = Vec<Vec<Way>>;

/// The cheapest ways to go on from these states, by one character each.
fn extend(states: &[State], width: usize, judge: &Judge, ways: impl Fn(u8, &mut dyn FnMut(Way))) -> Vec<(Guess, u8)> {
    let mut found: Vec<(f32, usize, Way)> = Vec::new();
    let order = |a: &(f32, usize, Way), b: &(f32, usize, Way)| {
        let last = |found: &(f32, usize, Way)| (found.2.usual.c, found.2.trail, found.1);
        a.0.total_cmp(&b.0).then_with(|| last(a).cmp(&last(b)))
    };
    // Different states may say the same text: some are lost below.
    let enough = 4 * width;
    let mut dearest = f32::INFINITY;
    for (parent, state) in states.iter().enumerate() {
        let extra = state.guess.cost() - state.guess.reading.cost();
        for lead in state.leads {
            ways(*lead, &mut |way| {
                let most = dearest - extra - ODD * f32::from(way.oddness(judge));
                if let Some(cost) = state.guess.reading.hope(way.usual.simplified, most, &judge.own) {
                    found.push((cost + extra + ODD * f32::from(way.oddness(judge)), parent, way));
                }
            });
        }
        if found.len() > enough {
            found.select_nth_unstable_by(enough, order);
            found.truncate(enough);
            dearest = found.iter().map(|found| found.0).fold(0.0, f32::max);
        }
    }
    found.sort_unstable_by(order);
    let mut kept: Vec<(Guess, u8)> = Vec::new();
    for (_, parent, way) in found {
        if kept.len() == width {
            break;
        }
        let guess = states[parent].guess.with(&way, judge);
        if !kept.iter().any(|(other, at)| *at == way.trail && other.says(&guess)) {
            kept.push((guess, way.trail));
        }
    }
    kept
}

/// These states, and those behind one or more pairs that were dropped: each ends one character and begins another.
fn with_dropped<'a>(states: Vec<State<'a>>, beam: usize, judge: &Judge) -> Vec<State<'a>> {
    let mut all = states;
    let mut from = 0;
    for round in 0..MOST_DROPPED {
        let behind = extend(&all[from..], beam >> round, judge, |lead, take| {
            let ways =
                DROPPED.iter().filter_map(|(trail, _)| Some(Way { trail: *trail, ..Way::plain(usual(lead, *trail)?) }));
            ways.for_each(take);
        });
        from = all.len();
        for (mut guess, trail) in behind {
            guess.missing += 1;
            guess.seams |= 1 << guess.text.len().min(127);
            let leads = DROPPED.iter().find(|row| row.0 == trail).map_or(&[][..], |row| &row.1);
            all.push(State { guess, leads });
        }
    }
    all
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
    let start = [lead];
    let singles: Vec<u8> = (0..=0xFF).collect();
    let guess = Guess { text: Vec::new(), reading: reading.clone(), missing: 0, seams: 0, odd };
    let mut states = vec![State { guess, leads: &start }];
    for (read, (trail, next)) in run.pairs.iter().enumerate() {
        let leads = next.map_or(&LEADS[..], |next| &singles[usize::from(next)..=usize::from(next)]);
        let read_on = extend(&with_dropped(states, beam, judge), beam, judge, |lead, take| {
            usual(lead, *trail).map(Way::plain).into_iter().for_each(take);
        });
        states = read_on.into_iter().map(|(guess, _)| State { guess, leads }).collect();
        // Nobody writes like this: the run is not what it seems.
        if states.first().is_none_or(|best| best.guess.cost() - base > HOPELESS * (read + 2) as f32) {
            return Vec::new();
        }
    }
    let last = extend(&with_dropped(states, beam, judge), beam, judge, |lead, take| {
        ends[usize::from(lead)].iter().cloned().for_each(take);
    });
    last.into_iter().map(|(guess, _)| guess).collect()
}
