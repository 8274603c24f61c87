//! A model of the browser's side, held against plain substring search over small archives of few characters.

use super::fold::fold;
use super::grams::{self, Corpus, Folded};
use super::posting;
use proptest::prelude::*;
use std::collections::HashMap;

struct Model {
    lists: HashMap<Vec<u16>, Vec<u32>>,
    total: u32,
}

impl Model {
    fn of(documents: &[Vec<String>]) -> Model {
        let mut corpus = Corpus::default();
        for lines in documents {
            corpus.push(Folded::of(&[], lines.iter().map(String::as_str)));
        }
        let (total, kept) = (corpus.total(), grams::index(corpus));
        let list = |place: u32| {
            let (key, bytes) = kept.string(place);
            (key.to_vec(), posting::decode(bytes, total).expect("as written"))
        };
        Model { lists: kept.order().into_iter().map(list).collect(), total }
    }

    /// The documents that may hold a string: those of every kept string in it.
    fn candidates(&self, units: &[u16]) -> Vec<u32> {
        if let Some(list) = self.lists.get(units) {
            return list.clone();
        }
        let mut all: Vec<u32> = (0..self.total).collect();
        for start in 0..units.len().saturating_sub(1).max(1) {
            let kept = (start + 2..=units.len()).rev().find_map(|end| self.lists.get(&units[start..end]));
            all.retain(|document| kept.is_some_and(|list| list.binary_search(document).is_ok()));
        }
        all
    }

    /// The hits of a string, reading at most `SLACK` documents, or one to decide about all.
    fn hits(&self, units: &[u16], holds: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut candidates = self.candidates(units);
        if candidates.len() <= grams::SLACK {
            candidates.retain(|document| holds(*document));
        } else if !holds(candidates[0]) {
            candidates.clear();
        }
        candidates
    }
}

fn contains(text: &[u16], part: &[u16]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Documents of lines over few characters, so that parts often meet in other orders.
fn documents() -> impl Strategy<Value = Vec<Vec<String>>> {
    let word = prop::sample::select(vec![
        "政",
        "府",
        "信息",
        "公开",
        "政府信息公开",
        "，",
        "公",
        "开信",
        "2018",
        "〔",
        "。",
        "資",
        "𠮷",
    ]);
    let line = prop::collection::vec(word, 0..9).prop_map(|words| words.concat());
    prop::collection::vec(prop::collection::vec(line, 0..4), 1..90)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_string_is_found_exactly_where_it_stands(documents in documents(), asked in prop::collection::vec("[政府信息公开资２8，。]{1,12}", 20)) {
        let model = Model::of(&documents);
        let folded: Vec<Vec<Vec<u16>>> = documents.iter().map(|lines| lines.iter().map(|line| fold(line)).collect()).collect();
        let present = folded.iter().flatten().take(60).cloned();
        for units in asked.iter().map(|text| fold(text)).chain(present).filter(|units| !units.is_empty()) {
            let holds = |document: u32| folded[document as usize].iter().any(|line| contains(line, &units));
            let truth: Vec<u32> = (0..model.total).filter(|document| holds(*document)).collect();
            prop_assert_eq!(model.hits(&units, holds), truth, "{}", String::from_utf16_lossy(&units));
        }
    }
}
