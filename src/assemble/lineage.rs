//! Which agency took the place of which: one organ under two names, one after the other.
//!
//! In: agencies with their entries. Out: `successor_of` where the site says nothing and the codes of the index numbers do. Must never
//! go by the likeness of names, nor believe a code that several agencies use at a time: it is that of whoever publishes for them.

use crate::model::archive::{Agency, Entry};
use std::collections::{BTreeMap, BTreeSet};

/// Fills in the successions that index numbers show.
pub(super) fn succeed(agencies: &mut BTreeMap<String, Agency>, entries: &[Entry]) {
    let mut holders: BTreeMap<&str, BTreeMap<String, (u16, u16)>> = BTreeMap::new();
    for agency in agencies.values() {
        let organs: BTreeSet<&str> = agency.entries.iter().filter_map(|&i| entries[i].organ.as_deref()).collect();
        let mut years: Vec<u16> = agency.entries.iter().filter_map(|&i| entries[i].card.year).collect();
        years.sort_unstable();
        let all = (organs.iter().next(), years.first(), years.last());
        if let (1, (Some(organ), Some(first), Some(last))) = (organs.len(), all) {
            holders.entry(organ).or_default().insert(agency.id.clone(), (*first, *last));
        }
    }
    for names in holders.values().filter(|names| names.len() == 2) {
        let mut order: Vec<(&(u16, u16), &String)> = names.iter().map(|(id, years)| (years, id)).collect();
        order.sort();
        let [(before, old), (after, new)] = order[..] else { continue };
        if before.1 < after.0
            && let Some(agency) = agencies.get_mut(new)
        {
            agency.successor_of.get_or_insert_with(|| old.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(reports: &[(&str, u16, Option<&str>)]) -> Vec<Option<String>> {
        let mut agencies: BTreeMap<String, Agency> = BTreeMap::new();
        let mut entries = Vec::new();
        for (index, (id, year, organ)) in reports.iter().enumerate() {
            let mut entry = Entry { organ: organ.map(str::to_owned), ..Entry::default() };
            entry.card.year = Some(*year);
            entries.push(entry);
            let agency = agencies.entry((*id).to_owned()).or_insert_with(|| Agency {
                id: (*id).to_owned(),
                name: String::new(),
                aliases: Vec::new(),
                region: None,
                successor_of: None,
                reports: 0,
                url: String::new(),
                entries: Vec::new(),
            });
            agency.entries.push(index);
        }
        succeed(&mut agencies, &entries);
        agencies.into_values().map(|a| a.successor_of).collect()
    }

    #[test]
    fn one_code_under_two_names_one_after_the_other_is_a_succession() {
        let code = Some("000014349");
        let found = run(&[("a", 2014, code), ("a", 2017, None), ("b", 2019, code)]);
        assert_eq!(found, [None, Some("a".to_owned())]);
    }

    #[test]
    fn a_code_that_several_use_at_a_time_is_their_publishers() {
        let code = Some("000014349");
        assert_eq!(run(&[("a", 2014, code), ("b", 2014, code)]), [None, None]);
        assert_eq!(run(&[("a", 2014, code), ("b", 2015, code), ("c", 2016, code)]), [None, None, None]);
        assert_eq!(run(&[("a", 2014, code), ("a", 2015, Some("002668899")), ("b", 2016, code)]), [None, None]);
        assert_eq!(run(&[("a", 2014, None), ("b", 2016, None)]), [None, None]);
    }
}
