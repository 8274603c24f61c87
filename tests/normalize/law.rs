//! What holds of the edits of any bytes whatever: lines stay, the log leads back to the source, a second run changes nothing.
//!
//! Shared by the property test and by the fuzz target (`fuzz/`).

use nianbao::model::source::{Draft, Line, Script, Source};
use nianbao::normalize::{Options, normalize};

/// A draft of these lines.
pub fn draft(text: &str) -> Draft {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines = text.split('\n').enumerate().map(|(at, line)| Line::new(at as u32 + 1, line)).collect();
    Draft { lines, ..Draft::default() }
}

/// The source line, from the text and the log.
pub fn undo(line: &Line) -> String {
    let mut text = line.text.clone();
    let mut moved: isize = 0;
    let mut places = Vec::new();
    for (at, edit) in line.edits.iter().enumerate() {
        let last = line.edits.get(at + 1).is_none_or(|next| (next.start, next.end) != (edit.start, edit.end));
        places.push((edit.start as usize).wrapping_add_signed(moved));
        if last {
            moved += edit.now.len() as isize - (edit.end - edit.start) as isize;
        }
    }
    for (edit, at) in line.edits.iter().zip(places).rev() {
        assert_eq!(&text[at..at + edit.now.len()], edit.now);
        text.replace_range(at..at + edit.now.len(), &edit.was);
    }
    text
}

/// Panics unless the law holds of these bytes, with a script forced or not.
pub fn holds(bytes: &[u8], script: Option<Script>) {
    let source = Source { path: "x.txt".to_owned(), bytes: bytes.to_vec().into(), sidecar: None };
    // What proves no encoding is no text; what a decoder makes of it may reach the stage another way.
    let read = nianbao::read::read(&source).unwrap_or_else(|_| draft(&encoding_rs::GBK.decode(bytes).0));
    let options = Options { script, ..Options::default() };
    let done = normalize(read.clone(), &options);
    assert_eq!(done.lines.len(), read.lines.len());
    for (line, source) in done.lines.iter().zip(&read.lines) {
        assert_eq!(undo(line), source.text);
    }
    if script != Some(Script::Hant) && done.front == 0 {
        let lines: Vec<&str> = done.lines.iter().map(|line| line.text.as_str()).collect();
        let again = normalize(draft(&lines.join("\n")), &options);
        for (line, before) in again.lines.iter().zip(&done.lines) {
            assert_eq!(line.text, before.text);
        }
    }
}
