//! How likely a stretch of Chinese is, by the words it can be read as.
//!
//! In: Simplified characters, one at a time. Out: the cost in nats of the best reading so far. The words are data; a document adds
//! its own, because names of places and offices come back. Never decides anything: byte repair compares costs.

use super::classes::{is_han, simplified};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Up to four characters, padded.
type Word = [char; 4];

const LONGEST: usize = 4;
/// Cost of a Han character the lexicon does not know.
const UNKNOWN: f32 = 17.0;
/// Cost of a common and of a rare punctuation mark.
const MARK: (f32, f32) = (5.0, 9.0);
/// Above this a character alone is no function word; standing alone among words it costs more than its frequency says.
const FUNCTION: f32 = 6.5;
const ALONE: f32 = 2.0;

static WORDS: LazyLock<HashMap<Word, f32>> = LazyLock::new(|| {
    let mut words = HashMap::with_capacity(90_000);
    for row in include_str!("lexicon.tsv").lines() {
        if let Some((cost, row)) = row.split_once('\t')
            && let Ok(cost) = cost.parse::<u8>()
        {
            words.extend(row.split(' ').map(|word| (key(word.chars()), f32::from(cost) / 2.0)));
        }
    }
    words
});

fn key(characters: impl Iterator<Item = char>) -> Word {
    let mut word = Word::default();
    for (slot, character) in word.iter_mut().zip(characters) {
        *slot = character;
    }
    word
}

/// The words a document adds.
#[derive(Default)]
pub(super) struct Own(HashMap<Word, u32>);

impl Own {
    /// Takes every run of two to four Han characters of a text that is not damaged.
    pub fn learn(&mut self, text: &str) {
        let characters: Vec<char> = text.chars().map(simplified).collect();
        let mut seen = HashSet::new();
        for run in characters.split(|c| !is_han(*c)) {
            for length in 2..=LONGEST {
                seen.extend(run.windows(length).map(|word| key(word.iter().copied())));
            }
        }
        for word in seen {
            *self.0.entry(word).or_default() += 1;
        }
    }

    fn cost(&self, word: &[char]) -> Option<f32> {
        let word_key = key(word.iter().copied());
        let known = WORDS.get(&word_key).copied();
        if word.len() < 2 {
            return known;
        }
        // A run the document has elsewhere is as good as a rare word of its length.
        let own = self.0.get(&word_key).map(|count| if *count > 1 { 10.0 } else { 11.5 } + word.len() as f32 / 2.0);
        match (known, own) {
            (Some(known), Some(own)) => Some(known.min(own)),
            (known, own) => known.or(own),
        }
    }
}

/// A text under reading: its characters and the cheapest way to read each prefix.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    characters: Vec<char>,
    /// Cost of the first `n` characters, and the length of the last word of that reading.
    best: Vec<(f32, u8)>,
}

impl Default for Reading {
    fn default() -> Self {
        Reading { characters: Vec::new(), best: vec![(0.0, 0)] }
    }
}

impl Reading {
    /// Cost so far.
    pub fn cost(&self) -> f32 {
        self.best.last().map_or(0.0, |best| best.0)
    }

    /// How many characters were read.
    pub fn len(&self) -> usize {
        self.characters.len()
    }

    /// Reads one more character.
    pub fn push(&mut self, character: char, own: &Own) {
        let character = simplified(character);
        self.characters.push(character);
        let end = self.characters.len();
        let alone = if is_han(character) {
            let cost = own.cost(&[character]).unwrap_or(UNKNOWN);
            if cost > FUNCTION { cost + ALONE } else { cost }
        } else if "，。、“”".contains(character) || character.is_ascii() {
            MARK.0
        } else {
            MARK.1
        };
        let mut best = (self.best[end - 1].0 + alone, 1u8);
        if is_han(character) {
            for length in 2..=LONGEST.min(end) {
                if let Some(cost) = own.cost(&self.characters[end - length..]) {
                    let cost = self.best[end - length].0 + cost;
                    if cost < best.0 {
                        best = (cost, length as u8);
                    }
                }
            }
        }
        self.best.push(best);
    }

    /// The lengths of the words of the best reading that touch `from..to`, with where each begins.
    pub fn words(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        let mut end = self.characters.len();
        while end > 0 {
            let length = usize::from(self.best[end].1).max(1);
            let start = end - length;
            if start < to && end > from {
                words.push((start, length));
            }
            end = start;
        }
        words.reverse();
        words
    }

    /// What the word at a place cost.
    pub fn word_cost(&self, at: usize, length: usize) -> f32 {
        self.best[at + length].0 - self.best[at].0
    }

    /// A character of the text as read.
    pub fn character(&self, at: usize) -> char {
        self.characters[at]
    }
}
