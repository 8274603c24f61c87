//! Which kinds of characters a text has, found in one pass, so that a rule looks only at lines that concern it.
//!
//! In: a text. Out: [`Seen`]. On clean Simplified text this pass is the whole cost of the stage.

use encoding_rs::GBK;
use std::sync::OnceLock;

/// Kinds of characters, as bits.
pub(super) mod kind {
    /// Control and zero-width characters.
    pub const CONTROL: u16 = 1;
    /// `&`.
    pub const ENTITY: u16 = 1 << 1;
    /// Traces of broken bytes: `?`, the replacement character, letters of Latin-1.
    pub const DAMAGE: u16 = 1 << 2;
    /// A vowel with a tone mark, or a lower-case letter behind a parenthesis.
    pub const READING: u16 = 1 << 3;
    /// A character that conversion to Simplified could change.
    pub const CONVERTIBLE: u16 = 1 << 4;
    /// A character of Traditional text only.
    pub const TRADITIONAL: u16 = 1 << 5;
    /// A character of Simplified text only.
    pub const SIMPLIFIED: u16 = 1 << 6;
    /// Any kind of space.
    pub const SPACE: u16 = 1 << 7;
    /// Full-width letters and digits, compatibility ideographs, radicals.
    pub const FORM: u16 = 1 << 8;
    /// A stop that should not be doubled; in [`Seen`](super::Seen): one that is.
    pub const DOUBLED: u16 = 1 << 9;
    /// “ or ”.
    pub const QUOTE: u16 = 1 << 10;
    /// A run of six digits or more, or of four before 日.
    pub const DIGITS: u16 = 1 << 11;
    /// The first character of an advertising word; in [`Seen`](super::Seen): its first two.
    pub const TELLTALE: u16 = 1 << 12;
    /// The second character of such a word.
    pub const TELLTALE_NEXT: u16 = 1 << 13;
    /// How UTF-8 read as GBK may begin: a character whose pair begins a Chinese character or mark in UTF-8.
    pub const CROSSED: u16 = 1 << 14;
}
use kind::*;

/// What a text has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Union of the kinds.
    pub kinds: u16,
    /// How many characters of Traditional text only.
    pub traditional: u32,
    /// How many characters of Simplified text only.
    pub simplified: u32,
}

impl Seen {
    /// Whether any of these kinds occurs.
    pub fn any(self, kinds: u16) -> bool {
        self.kinds & kinds != 0
    }
}

/// The rows of `script.tsv`.
pub(super) struct ScriptData {
    /// Traditional character and its Simplified form, sorted.
    pub turns: Vec<(char, char)>,
    /// Simplified characters that have a Traditional form, sorted.
    pub counterpart: Vec<char>,
    table: Vec<u16>,
    astral: Vec<char>,
    /// What [`kind::TELLTALE`] begins, sorted.
    telltales: Vec<(char, char)>,
}

fn build() -> ScriptData {
    let mut data = ScriptData {
        turns: Vec::new(),
        counterpart: Vec::new(),
        table: vec![0; 0x1_0000],
        astral: Vec::new(),
        telltales: super::adverts::telltales().collect(),
    };
    data.telltales.sort_unstable();
    let mut mark = |range: std::ops::RangeInclusive<u32>, kind: u16| {
        for slot in &mut data.table[*range.start() as usize..=*range.end() as usize] {
            *slot |= kind;
        }
    };
    for (start, end) in CONTROLS {
        mark(*start..=*end, CONTROL);
    }
    mark('&' as u32..='&' as u32, ENTITY);
    mark('?' as u32..='?' as u32, DAMAGE);
    mark(0x80..=0xFF, DAMAGE);
    mark(0xFFFD..=0xFFFD, DAMAGE);
    mark('锟' as u32..='锟' as u32, DAMAGE);
    let begins = (0xE4..=0xE9).flat_map(|lead| (0x80..=0xBF).map(move |trail| [lead, trail]));
    for pair in begins.chain([[0xE2, 0x80], [0xE3, 0x80], [0xEF, 0xBC], [0xEF, 0xBD]]) {
        let (text, _) = GBK.decode_without_bom_handling(&pair);
        text.chars().filter(|c| !c.is_ascii()).for_each(|c| mark(c as u32..=c as u32, CROSSED));
    }
    for vowel in "āáǎàăēéěèĕīíǐìĭōóǒòŏūúǔùŭǖǘǚǜńňǹḿ".chars() {
        mark(vowel as u32..=vowel as u32, READING);
    }
    for space in super::spacing::SPACES {
        mark(*space as u32..=*space as u32, SPACE);
    }
    for (start, end) in [(0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0xF900, 0xFAFF), (0x2E80, 0x2FDF)] {
        mark(start..=end, FORM);
    }
    for stop in super::spacing::STOPS {
        mark(*stop as u32..=*stop as u32, DOUBLED);
    }
    mark('“' as u32..='”' as u32, QUOTE);
    for &(first, next) in &data.telltales {
        // Words are lower case; the text may not be.
        for (c, kind) in [(first, TELLTALE), (next, TELLTALE_NEXT)] {
            mark(c as u32..=c as u32, kind);
            mark(c.to_ascii_uppercase() as u32..=c.to_ascii_uppercase() as u32, kind);
        }
    }
    for row in include_str!("script.tsv").lines() {
        let Some((name, characters)) = row.split_once('\t') else { continue };
        let kind = match name {
            "turns" => {
                let all: Vec<char> = characters.chars().collect();
                data.turns = all.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
                for (from, _) in &data.turns {
                    match data.table.get_mut(*from as usize) {
                        Some(slot) => *slot |= CONVERTIBLE,
                        None => data.astral.push(*from),
                    }
                }
                continue;
            }
            "counterpart" => {
                data.counterpart = characters.chars().collect();
                continue;
            }
            "kept" => {
                characters.chars().for_each(|c| data.table[c as usize] &= !TRADITIONAL);
                continue;
            }
            "traditional" => TRADITIONAL,
            "simplified" => SIMPLIFIED,
            _ => CONVERTIBLE,
        };
        for character in characters.chars() {
            if let Some(slot) = data.table.get_mut(character as usize) {
                *slot |= kind;
            }
        }
    }
    data.turns.sort_unstable();
    data.counterpart.sort_unstable();
    data.astral.sort_unstable();
    data
}

/// Ranges of characters that carry nothing a reader sees. Tabs part the cells of some tables and stay.
pub(super) const CONTROLS: &[(u32, u32)] = &[
    (0x00, 0x08),
    (0x0A, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
];

/// The script data, built once.
pub(super) fn script_data() -> &'static ScriptData {
    static DATA: OnceLock<ScriptData> = OnceLock::new();
    DATA.get_or_init(build)
}

/// The Simplified form of one character, by itself.
pub(super) fn simplified(character: char) -> char {
    if kinds(character) & CONVERTIBLE == 0 {
        return character;
    }
    let turns = &script_data().turns;
    turns.binary_search_by_key(&character, |pair| pair.0).map_or(character, |at| turns[at].1)
}

/// Whether the character has another form in the other script.
pub(super) fn has_other_form(character: char) -> bool {
    let data = script_data();
    data.turns.binary_search_by_key(&character, |pair| pair.0).is_ok()
        || data.counterpart.binary_search(&character).is_ok()
}

/// The kinds of one character.
pub(super) fn kinds(character: char) -> u16 {
    let data = script_data();
    match data.table.get(character as usize) {
        Some(kinds) => *kinds,
        None if (0x2F800..=0x2FA1F).contains(&(character as u32)) => FORM,
        None if data.astral.binary_search(&character).is_ok() => CONVERTIBLE,
        None => 0,
    }
}

/// Kinds that count only beside a certain neighbor.
const PAIRED: u16 = DOUBLED | TELLTALE | TELLTALE_NEXT;

/// One pass over a text.
pub(super) fn scan(text: &str) -> Seen {
    let ScriptData { table, telltales, .. } = script_data();
    let mut seen = Seen::default();
    let (mut before, mut kinds_before) = ('\0', 0u16);
    let mut digits = 0u32;
    for character in text.chars() {
        let kinds = match table.get(character as usize) {
            Some(kinds) => *kinds,
            None => kinds(character),
        };
        seen.kinds |= kinds & !PAIRED;
        seen.traditional += u32::from(kinds & TRADITIONAL != 0);
        seen.simplified += u32::from(kinds & SIMPLIFIED != 0);
        if kinds & (DOUBLED | TELLTALE_NEXT) != 0 {
            if kinds & DOUBLED != 0 && before == character {
                seen.kinds |= DOUBLED;
            }
            if kinds & TELLTALE_NEXT != 0 && kinds_before & TELLTALE != 0 {
                let pair = (before.to_ascii_lowercase(), character.to_ascii_lowercase());
                if telltales.binary_search(&pair).is_ok() {
                    seen.kinds |= TELLTALE;
                }
            }
        }
        if character.is_ascii_digit() {
            digits += 1;
            if digits >= 6 {
                seen.kinds |= DIGITS;
            }
        } else {
            // 年 may be left where 月 is lost: 2022年11日至1231日.
            if digits >= 4 && character == '日' {
                seen.kinds |= DIGITS;
            }
            digits = 0;
            if before == '(' && character.is_ascii_lowercase() {
                seen.kinds |= READING;
            }
        }
        (before, kinds_before) = (character, kinds);
    }
    seen
}

/// Han, the iteration mark and the zero included.
pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{323AF}' | '\u{F900}'..='\u{FAFF}' | '〇' | '々')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_tells_the_scripts_apart() {
        let seen = scan("政務公開，业务");
        assert_eq!((seen.traditional, seen.simplified), (2, 2));
        assert!(seen.any(CONVERTIBLE) && !seen.any(DAMAGE | SPACE));
        assert_eq!(simplified('開'), '开');
        assert!(has_other_form('业') && has_other_form('業') && !has_other_form('李'));
    }

    #[test]
    fn a_single_stop_is_not_doubled() {
        assert!(!scan("好。好。").any(DOUBLED));
        assert!(scan("好。。").any(DOUBLED));
    }
}
