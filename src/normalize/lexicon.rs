//! How likely a stretch of Chinese is, by the words it can be read as.
//!
//! In: Simplified characters, one at a time. Out: the cost in nats of the best reading so far. The words are data; a document adds
//! its own, because names of places and offices come back. Never decides anything: byte repair compares costs.

use super::classes::{is_han, simplified};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// Up to five characters in one number.
type Word = u128;
/// Words by key, asked for very often; whoever chooses the text gains nothing by collisions but a slow repair of his own page.
type Words<Value> = HashMap<Word, Value, BuildHasherDefault<Mix>>;

/// A hash of one number.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u128(u128::from(*byte)));
    }

    fn write_u128(&mut self, word: u128) {
        let folded = (word as u64 ^ (word >> 64) as u64 ^ self.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = folded ^ (folded >> 32);
    }
}

const LONGEST: usize = 5;
/// Cost of a Han character the lexicon does not know.
const UNKNOWN: f32 = 17.0;
/// Costs of punctuation marks; the others are rare.
const MARKS: &[(&str, f32)] = &[("，", 2.5), ("、", 3.0), ("。", 3.5), ("（）《》“”：；", 5.5), ("〔〕", 8.0)];
/// The first digit of a number, and the next.
const DIGITS: [f32; 2] = [12.0, 3.0];
const RARE_MARK: f32 = 14.0;
/// Marks that part clauses, and the halves of pairs.
const STOPS: &str = "，、。；：";
const OPENING: &str = "（《“〔";
const CLOSING: &str = "）》”〕";
/// Words of one character that lean on what follows, so that no stop stands behind them; and on what precedes.
const LEANS_ON_NEXT: &str =
    "每各该本第把被将对向从由以为于与和及并或在按依据凭因使让令给最更很不未已曾正所其此这那某全个";
const LEANS_ON_LAST: &str = "的地得了着过们者性化个时等之内上下里间";
const ASTRAY: f32 = 4.0;
/// Above this a character alone is no function word; standing alone among words it costs more than its frequency says.
const FUNCTION: f32 = 6.5;
const ALONE: f32 = 2.0;
/// What it costs that a word has begun and may not end.
const OPEN: f32 = 2.0;

/// The words with their costs, and what is asked first: single characters, and which two stand side by side in some word.
struct Lexicon {
    words: Words<f32>,
    singles: Vec<f32>,
    /// What the first character of a word costs, when the word is counted by characters: the least over all words.
    starts: Vec<f32>,
    pairs: Pairs,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon {
        words: Words::with_capacity_and_hasher(110_000, BuildHasherDefault::default()),
        singles: vec![UNKNOWN + ALONE; 0x1_0000],
        starts: vec![UNKNOWN; 0x1_0000],
        pairs: Pairs::default(),
    };
    for row in include_str!("lexicon.tsv").lines() {
        let Some((cost, words)) = row.split_once('\t') else { continue };
        let Ok(cost) = cost.parse::<u8>().map(|cost| f32::from(cost) / 4.0) else { continue };
        for word in words.split(' ') {
            let characters: Vec<char> = word.chars().collect();
            lexicon.pairs.learn(&characters);
            if let Some(start) = lexicon.starts.get_mut(characters[0] as usize).filter(|_| characters.len() > 1) {
                *start = start.min(cost / characters.len() as f32 + OPEN);
            }
            match (&characters[..], lexicon.singles.get_mut(characters[0] as usize)) {
                ([_], Some(single)) => *single = if cost > FUNCTION { cost + ALONE } else { cost },
                _ => drop(lexicon.words.insert(key(characters.into_iter()), cost)),
            }
        }
    }
    lexicon
});

/// Pairs of characters, some too many: a filter.
#[derive(Default)]
struct Pairs(Vec<u64>);

impl Pairs {
    const BITS: usize = 1 << 20;

    fn place(a: char, b: char) -> (usize, u64) {
        let bit = (a as usize * 0x9E5 + b as usize * 0x7_4B71) % Self::BITS;
        (bit / 64, 1 << (bit % 64))
    }

    fn learn(&mut self, word: &[char]) {
        self.0.resize(Self::BITS / 64, 0);
        for pair in word.windows(2) {
            let (at, bit) = Self::place(pair[0], pair[1]);
            self.0[at] |= bit;
        }
    }

    fn has(&self, a: char, b: char) -> bool {
        let (at, bit) = Self::place(a, b);
        self.0.get(at).is_some_and(|bits| bits & bit != 0)
    }
}

fn key(characters: impl Iterator<Item = char>) -> Word {
    characters.fold(0, |word, character| (word << 21) | Word::from(u32::from(character)))
}

fn single(character: char) -> f32 {
    LEXICON.singles.get(character as usize).copied().unwrap_or(UNKNOWN + ALONE)
}

/// Whether the lexicon knows a character.
pub(super) fn is_known(character: char) -> bool {
    single(simplified(character)) < UNKNOWN + ALONE
}

/// The words a document adds.
#[derive(Default)]
pub(super) struct Own {
    words: Words<u32>,
    pairs: Pairs,
}

impl Own {
    /// Takes every run of two to five Han characters that is made of whole words of a text that is not damaged.
    pub fn learn(&mut self, text: &str) {
        let characters: Vec<char> = text.chars().map(simplified).collect();
        let mut seen = HashSet::new();
        let none = Own::default();
        for run in characters.split(|c| !is_han(*c)) {
            let mut reading = Reading::default();
            run.iter().for_each(|c| reading.push(*c, &none));
            let words = reading.words(0, run.len());
            for (at, (start, _)) in words.iter().enumerate() {
                let ends = words[at..].iter().map(|(start, length)| start + length);
                for end in ends.take_while(|end| end - start <= LONGEST).filter(|end| end - start >= 2) {
                    seen.insert(key(run[*start..end].iter().copied()));
                    self.pairs.learn(&run[*start..end]);
                }
            }
        }
        for word in seen {
            *self.words.entry(word).or_default() += 1;
        }
    }

    /// What a word of two characters or more costs.
    fn cost(&self, word: &[char]) -> Option<f32> {
        let key = key(word.iter().copied());
        let known = LEXICON.words.get(&key).copied();
        // A run the document has elsewhere is as good as a rare word of its length.
        let own = self.words.get(&key).map(|count| if *count > 1 { 10.0 } else { 11.5 } + word.len() as f32 / 2.0);
        known.into_iter().chain(own).min_by(f32::total_cmp)
    }

    fn joins(&self, a: char, b: char) -> bool {
        LEXICON.pairs.has(a, b) || self.pairs.has(a, b)
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

    /// Whether the last word is one character.
    fn ends_alone(&self) -> bool {
        self.best.last().is_some_and(|best| best.1 == 1)
    }

    /// How many characters were read.
    pub fn len(&self) -> usize {
        self.characters.len()
    }

    /// Reads one more character.
    pub fn push(&mut self, character: char, own: &Own) {
        let character = simplified(character);
        let best = self.weigh(character, own);
        self.characters.push(character);
        self.best.push(best);
    }

    /// What one more Simplified character stands for alone.
    fn alone(&self, character: char) -> f32 {
        let before = self.characters.last().copied();
        let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
        if is_han(character) {
            let opens = before.is_none_or(|before| STOPS.contains(before) || OPENING.contains(before));
            return single(character) + if opens && LEANS_ON_LAST.contains(character) { ASTRAY } else { 0.0 };
        }
        if is_digit(character) {
            return DIGITS[usize::from(before.is_some_and(is_digit))];
        }
        let folded = if character.is_ascii() { char::from_u32(character as u32 + 0xFEE0) } else { None };
        let mark = folded.unwrap_or(character);
        let cost = MARKS.iter().find(|row| row.0.contains(mark)).map_or(RARE_MARK, |row| row.1);
        let closes = STOPS.contains(mark) || CLOSING.contains(mark);
        match before {
            // One stop does not follow another, and nothing closes what has just been opened.
            Some(before) if closes && (STOPS.contains(before) || OPENING.contains(before)) => cost + RARE_MARK,
            Some(before) if closes && self.ends_alone() && LEANS_ON_NEXT.contains(before) => cost + ASTRAY,
            _ => cost,
        }
    }

    /// The cost with one more Simplified character, and the length of the last word then.
    fn weigh(&self, character: char, own: &Own) -> (f32, u8) {
        let end = self.characters.len();
        let mut best = (self.cost() + self.alone(character), 1u8);
        if self.characters.last().is_some_and(|before| own.joins(*before, character)) {
            let mut word = [character; LONGEST];
            for length in 2..=LONGEST.min(end + 1) {
                word[..length - 1].copy_from_slice(&self.characters[end + 1 - length..]);
                word[length - 1] = character;
                if let Some(cost) = own.cost(&word[..length]) {
                    let cost = self.best[end + 1 - length].0 + cost;
                    if cost < best.0 {
                        best = (cost, length as u8);
                    }
                }
            }
        }
        best
    }

    /// What the text may cost with one more Simplified character, if that turns out to begin a word; nothing above `most`.
    pub fn hope(&self, character: char, most: f32, own: &Own) -> Option<f32> {
        let start = LEXICON.starts.get(character as usize).copied().unwrap_or(UNKNOWN);
        let least = self.cost() + if is_han(character) { start.min(single(character)) } else { 0.0 };
        let joins = self.characters.last().is_some_and(|before| own.joins(*before, character));
        if least > most && !joins {
            return None;
        }
        let cost = self.weigh(character, own).0.min(self.cost() + start);
        (cost <= most).then_some(cost)
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
