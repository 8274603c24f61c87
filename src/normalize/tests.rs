//! The rules by their own examples, and the laws every edit keeps.

use super::*;
use crate::model::source::{Edit, Script};

pub(super) fn draft(text: &str) -> Draft {
    let lines = text.split('\n').enumerate().map(|(at, line)| Line::new(at as u32 + 1, line)).collect();
    Draft { lines, ..Draft::default() }
}

pub(super) fn text(draft: &Draft) -> String {
    draft.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The source line, from the text and the log.
pub(super) fn undo(line: &Line) -> String {
    let mut groups: Vec<&[Edit]> = line.edits.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end)).collect();
    for pair in groups.windows(2) {
        assert!(pair[0][0].end <= pair[1][0].start, "{:?}", line.edits);
    }
    // From the front each span stands in the text moved by the edits before it.
    let mut text = line.text.clone();
    let mut moved: isize = 0;
    let mut places = Vec::new();
    for group in &groups {
        places.push((group[0].start as usize).wrapping_add_signed(moved));
        let last = &group[group.len() - 1];
        moved += last.now.len() as isize - (group[0].end - group[0].start) as isize;
    }
    while let (Some(group), Some(at)) = (groups.pop(), places.pop()) {
        for edit in group.iter().rev() {
            assert_eq!(&text[at..at + edit.now.len()], edit.now, "{:?}", line.edits);
            text.replace_range(at..at + edit.now.len(), &edit.was);
        }
    }
    text
}

fn check(source: &str, options: &Options) -> Draft {
    let done = normalize(draft(source), options);
    let lines: Vec<&str> = source.split('\n').collect();
    assert_eq!(done.lines.len(), lines.len());
    for (line, source) in done.lines.iter().zip(lines) {
        assert_eq!(undo(line), source);
    }
    done
}

#[test]
fn every_rule_does_what_its_examples_say() {
    for rule in RULES {
        assert!(rule.turns.len() >= 3 && rule.leaves.len() >= 3, "{}", rule.id);
        for (was, now) in rule.turns {
            let done = check(was, &Options::default());
            assert_eq!(text(&done), *now, "{}", rule.id);
            assert!(
                done.lines.iter().flat_map(|line| &line.edits).any(|edit| edit.rule == rule.id),
                "{}: {was}",
                rule.id
            );
            let again = check(now, &Options::default());
            assert_eq!(text(&again), *now, "{}", rule.id);
            let off = Options { off: [rule.id.to_owned()].into(), ..Options::default() };
            assert!(
                check(was, &off).lines.iter().flat_map(|line| &line.edits).all(|edit| edit.rule != rule.id),
                "{}",
                rule.id
            );
        }
        for leave in rule.leaves {
            for script in [None, Some(Script::Hans)] {
                let done = check(leave, &Options { script, ..Options::default() });
                let touched = done.lines.iter().flat_map(|line| &line.edits).any(|edit| edit.rule == rule.id);
                assert!(!touched, "{}: {leave} became {}", rule.id, text(&done));
            }
        }
    }
}
