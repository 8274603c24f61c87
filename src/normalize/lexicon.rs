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
/// Costs of punctuation marks, the others are rare; and the least that a digit costs.
const MARKS: &[(&str, f32)] = &[
    ("，", 2.5),
    ("、", 3.0),
    ("。", 3.5),
    ("（）《》“”：；", 5.5),
    ("〔〕", 8.0),
    ("０１２３４５６７８９", DIGITS[1]),
];
/// The first digit of a number, and the next.
const DIGITS: [f32; 2] = [12.0, 3.0];
const RARE_MARK: f32 = 14.0;
/// Marks that part clauses, the halves of pairs, and words of one character that lean on what follows, so that no stop stands behind
/// them, or on what precedes.
const MANNERS: &[(&str, u8)] = &[
    ("，、。；：", STOPS | CLOSES),
    ("（《“〔", OPENS),
    ("）》”〕", CLOSES),
    ("每各该本第把被将对向从由以为于与和及并或在按依据凭因使让令给最更很不未已曾正所其此这那某全个", LEANS_ON_NEXT),
    ("的地得了着过们者性化个时等之内上下里间", LEANS_ON_LAST),
];
const ASTRAY: f32 = 4.0;
/// Above this a character alone is no function word; standing alone among words it costs more than its frequency says.
const FUNCTION: f32 = 6.5;
const ALONE: f32 = 2.0;
/// What it costs that a word has begun and may not end.
const OPEN: f32 = 2.0;

/// The words with their costs, and what is asked first.
struct Lexicon {
    words: Words<f32>,
    endings: Endings,
    /// What a character costs alone.
    singles: Vec<f32>,
    /// What the first character of a word costs, when the word is counted by characters: the least over all words.
    starts: Vec<f32>,
    /// The manners of a character, as bits.
    manners: Vec<u8>,
}

const STOPS: u8 = 1;
const OPENS: u8 = 1 << 1;
const CLOSES: u8 = 1 << 2;
const LEANS_ON_NEXT: u8 = 1 << 3;
const LEANS_ON_LAST: u8 = 1 << 4;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let alone = |c: u32| if char::from_u32(c).is_some_and(is_han) { UNKNOWN + ALONE } else { RARE_MARK };
    let mut lexicon = Lexicon {
        words: Words::with_capacity_and_hasher(110_000, BuildHasherDefault::default()),
        endings: Endings::default(),
        singles: (0..0x1_0000).map(alone).collect(),
        starts: vec![UNKNOWN; 0x1_0000],
        manners: vec![0; 0x1_0000],
    };
    for (marks, cost) in MARKS {
        marks.chars().for_each(|mark| lexicon.singles[mark as usize] = *cost);
    }
    for (characters, manner) in MANNERS {
        characters.chars().for_each(|c| lexicon.manners[c as usize] |= manner);
    }
    for row in include_str!("lexicon.tsv").lines() {
        let Some((cost, words)) = row.split_once('\t') else { continue };
        let Ok(cost) = cost.parse::<u8>().map(|cost| f32::from(cost) / 4.0) else { continue };
        for word in words.split(' ') {
            let characters: Vec<char> = word.chars().collect();
            lexicon.endings.learn(&characters);
            if let Some(start) = lexicon.starts.get_mut(characters[0] as usize).filter(|_| characters.len() > 1) {
                *start = start.min(cost / characters.len() as f32 + OPEN);
            }
            match (&characters[..], lexicon.singles.get_mut(characters[0] as usize)) {
                ([_], Some(single)) => *single = if cost > FUNCTION { cost + ALONE } else { cost },
                _ => drop(lexicon.words.insert(key(&characters), cost)),
            }
        }
    }
    lexicon
});

/// How words end: behind a character, which ends a word, and the lengths of such words as bits.
#[derive(Default)]
struct Endings(HashMap<char, Vec<(char, u8)>, BuildHasherDefault<Mix>>);

impl Endings {
    fn learn(&mut self, word: &[char]) {
        let [.., before, last] = word else { return };
        let behind = self.0.entry(*before).or_default();
        let at = behind.binary_search_by_key(last, |ending| ending.0).unwrap_or_else(|at| {
            behind.insert(at, (*last, 0));
            at
        });
        behind[at].1 |= 1 << word.len();
    }

    fn behind(&self, before: char) -> &[(char, u8)] {
        self.0.get(&before).map_or(&[], Vec::as_slice)
    }
}

fn key(characters: &[char]) -> Word {
    characters.iter().fold(0, |word, character| (word << 21) | Word::from(u32::from(*character)))
}

fn single(character: char) -> f32 {
    LEXICON.singles.get(character as usize).copied().unwrap_or(UNKNOWN + ALONE)
}

fn manners(character: char) -> u8 {
    LEXICON.manners.get(character as usize).copied().unwrap_or(0)
}

/// The least that one more Simplified character can cost, unless it ends a word.
pub(super) fn least(character: char) -> f32 {
    single(character).min(start(character))
}

fn start(character: char) -> f32 {
    LEXICON.starts.get(character as usize).copied().unwrap_or(UNKNOWN)
}

/// Whether the lexicon knows a character.
pub(super) fn is_known(character: char) -> bool {
    single(simplified(character)) < UNKNOWN + ALONE
}

/// The words a document adds.
#[derive(Default)]
pub(super) struct Own {
    words: Words<u32>,
    endings: Endings,
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
                    seen.insert(key(&run[*start..end]));
                    self.endings.learn(&run[*start..end]);
                }
            }
        }
        for word in seen {
            *self.words.entry(word).or_default() += 1;
        }
    }

    /// What a word of two characters or more costs.
    fn cost(&self, word: &[char]) -> Option<f32> {
        let key = key(word);
        let known = LEXICON.words.get(&key).copied();
        // A run the document has elsewhere is as good as a rare word of its length.
        let own = self.words.get(&key).map(|count| if *count > 1 { 10.0 } else { 11.5 } + word.len() as f32 / 2.0);
        known.into_iter().chain(own).min_by(f32::total_cmp)
    }

    /// The characters that end a word behind this one, sorted, with the lengths of such words as bits.
    pub fn endings(&self, before: Option<char>) -> Vec<(char, u8)> {
        let Some(before) = before else { return Vec::new() };
        let mut all = [LEXICON.endings.behind(before), self.endings.behind(before)].concat();
        all.sort_unstable();
        all.dedup_by(|next, kept| {
            next.0 == kept.0 && {
                kept.1 |= next.1;
                true
            }
        });
        all
    }

    /// The lengths of the words that end with these two characters.
    fn lengths(&self, before: char, last: char) -> u8 {
        let of = |endings: &Endings| {
            let behind = endings.behind(before);
            behind.binary_search_by_key(&last, |ending| ending.0).map_or(0, |at| behind[at].1)
        };
        of(&LEXICON.endings) | of(&self.endings)
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

    /// The last character, as read.
    pub fn last(&self) -> Option<char> {
        self.characters.last().copied()
    }

    /// Reads one more character.
    pub fn push(&mut self, character: char, own: &Own) {
        let character = simplified(character);
        let lengths = self.last().map_or(0, |before| own.lengths(before, character));
        let best = self.weigh(character, lengths, own);
        self.characters.push(character);
        self.best.push(best);
    }

    /// What one more Simplified character stands for alone.
    fn alone(&self, character: char) -> f32 {
        let before = self.last();
        let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
        if is_han(character) {
            let opens = before.is_none_or(|before| manners(before) & (STOPS | OPENS) != 0);
            let astray = opens && manners(character) & LEANS_ON_LAST != 0;
            return single(character) + if astray { ASTRAY } else { 0.0 };
        }
        if is_digit(character) {
            return DIGITS[usize::from(before.is_some_and(is_digit))];
        }
        let folded = if character.is_ascii() { char::from_u32(character as u32 + 0xFEE0) } else { None };
        let mark = folded.unwrap_or(character);
        match before.map(manners).filter(|_| manners(mark) & CLOSES != 0) {
            // One stop does not follow another, and nothing closes what has just been opened.
            Some(before) if before & (STOPS | OPENS) != 0 => single(mark) + RARE_MARK,
            Some(before) if self.ends_alone() && before & LEANS_ON_NEXT != 0 => single(mark) + ASTRAY,
            _ => single(mark),
        }
    }

    /// The cost with one more Simplified character, which ends words of these lengths, and the length of the last word then.
    fn weigh(&self, character: char, lengths: u8, own: &Own) -> (f32, u8) {
        let end = self.characters.len();
        let mut best = (self.cost() + self.alone(character), 1u8);
        let mut word = [character; LONGEST];
        for length in (2..=LONGEST.min(end + 1)).filter(|length| lengths >> length & 1 == 1) {
            word[..length - 1].copy_from_slice(&self.characters[end + 1 - length..]);
            word[length - 1] = character;
            if let Some(cost) = own.cost(&word[..length]) {
                let cost = self.best[end + 1 - length].0 + cost;
                if cost < best.0 {
                    best = (cost, length as u8);
                }
            }
        }
        best
    }

    /// What the text may cost with one more Simplified character, which ends words of these lengths, if that turns out to begin a word.
    pub fn hope(&self, character: char, lengths: u8, own: &Own) -> f32 {
        self.weigh(character, lengths, own).0.min(self.cost() + start(character))
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
