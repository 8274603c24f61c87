//! 分别: names in a row and as many numbers in a row, each the figure of the name in its place.
//!
//! In: a sentence and its numbers. Out: for each number of such a row the words that say it alone (行政复议和行政诉讼分别为3件、2件 is
//! 行政复议3件 and 行政诉讼2件), or none where names and numbers do not pair off. Must never pair by guess.

use super::number::Number;
use super::text::clause_start;
use std::collections::BTreeMap;

/// A number's place in the row, said alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Share {
    /// The name.
    pub name: String,
    /// The name, the verb of the row and the number.
    pub sentence: String,
}

patterns! {
    VERB = r"^(?:为|是|有|达到?|共|计)*$";
    APART = r"^\s*(?:[、，,]|和|及|与|以及)\s*$";
    NAMES = r"、|以及|和|及|与";
}

/// The shares of a sentence's numbers, by their index.
pub(super) fn find(sentence: &str, numbers: &[Number]) -> BTreeMap<usize, Option<Share>> {
    let mut shares = BTreeMap::new();
    for (at, word) in sentence.match_indices("分别") {
        let behind = at + word.len();
        let Some(first) = numbers.iter().position(|number| number.start >= behind) else { continue };
        let verb = &sentence[behind..numbers[first].start];
        if verb.contains(['，', ',', '、', '；', ';', '。', '：', ':']) || verb.chars().count() > 12 {
            continue;
        }
        let verb = if VERB.is_match(verb) { "" } else { verb };
        let row = 1 + numbers[first..]
            .windows(2)
            .take_while(|pair| APART.is_match(&sentence[pair[0].end..pair[1].start]))
            .count();
        let names: Vec<&str> = NAMES.split(&sentence[clause_start(sentence, at)..at]).map(str::trim).collect();
        let paired = names.len() == row && names.iter().all(|name| !name.is_empty());
        for (place, index) in (first..first + row).enumerate() {
            let number = &numbers[index];
            shares.insert(
                index,
                paired.then(|| Share {
                    name: names[place].to_owned(),
                    sentence: format!("{}{verb}{}", names[place], &sentence[number.start..number.end]),
                }),
            );
        }
    }
    shares
}
