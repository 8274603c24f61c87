//! The search key: text in, UTF-16 units out, the same for every spelling a reader may use.
//!
//! Each character is folded by itself: compatibility form (NFKC), lower case, Traditional to Simplified by the table
//! `hant.txt`; white space, brackets, quotation marks and invisible characters are dropped. Units are UTF-16 because that
//! is what a string of the browser is made of: `themes/default/assets/search.js` does the same, and a test holds both to
//! one list of pairs. The key is for finding only; it must never reach a page.

use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Traditional to Simplified, as published for the browser: first line pairs of characters, then `PHRASE\tRESULT`. Made from
/// the dictionaries of OpenCC (<https://github.com/BYVoid/OpenCC>, Apache-2.0) by `make-hant.mjs` beside it.
pub(super) const HANT: &str = include_str!("hant.txt");

/// What stands before and behind a name in the index. Folding drops it, so no query holds it.
pub(super) const EDGE: u16 = 1;

/// The pairs of [`HANT`] as a table over the basic plane; 0 where nothing changes.
static SIMPLIFIED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0; 0x1_0000];
    let pairs: Vec<u16> = HANT.lines().next().unwrap_or_default().encode_utf16().collect();
    for pair in pairs.chunks_exact(2) {
        table[usize::from(pair[0])] = pair[1];
    }
    table
});

/// Appends the search key of `text`.
pub(super) fn fold_into(text: &str, out: &mut Vec<u16>) {
    for character in text.chars() {
        match character {
            'a'..='z' | '0'..='9' => out.push(character as u16),
            // The unified ideographs are their own compatibility form and have no case.
            '\u{4e00}'..='\u{9fff}' => push_simplified(character, out),
            _ => {
                for part in std::iter::once(character).nfkc().flat_map(char::to_lowercase) {
                    if !is_dropped(part) {
                        push_simplified(part, out);
                    }
                }
            }
        }
    }
}

/// The search key of `text`.
pub(super) fn fold(text: &str) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Whether folding changes the script of any character of `text`: the browser then needs the table to mark its matches.
pub(super) fn has_traditional(text: &str) -> bool {
    text.chars().any(|c| u16::try_from(u32::from(c)).is_ok_and(|unit| SIMPLIFIED[usize::from(unit)] != 0))
}

fn push_simplified(character: char, out: &mut Vec<u16>) {
    let mut units = [0; 2];
    for &unit in character.encode_utf16(&mut units).iter() {
        let simplified = SIMPLIFIED[usize::from(unit)];
        out.push(if simplified == 0 { unit } else { simplified });
    }
}

/// White space, controls, brackets, quotation marks, invisible characters.
fn is_dropped(character: char) -> bool {
    matches!(character,
        '\0'..=' ' | '\u{7f}'..='\u{a0}' | '"' | '\'' | '`' | '(' | ')' | '<' | '>' | '[' | ']' | '{' | '}'
        | '«' | '»' | '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200f}'
        | '\u{2018}'..='\u{201f}' | '\u{2028}'..='\u{202f}' | '‹' | '›' | '\u{205f}'..='\u{206f}' | '⟦'..='⟯' | '⦃'..='⦘'
        | '\u{3000}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}' | '\u{301d}'..='\u{301f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_same_in_the_browser() {
        let pairs: Vec<[String; 2]> =
            serde_json::from_str(include_str!("../../tests/browser/fold-pairs.json")).expect("a list of pairs");
        assert!(pairs.len() > 20);
        for [text, key] in pairs {
            assert_eq!(String::from_utf16_lossy(&fold(&text)), key, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for line in HANT.lines() {
            let once = String::from_utf16(&fold(line)).expect("whole characters");
            assert_eq!(fold(&once), fold(line));
        }
    }
}
