//! Bytes to [`Draft`]: decode by proof, split into lines, find front matter, keep the structure of HTML and Markdown tables.
//!
//! In: a [`Source`]. Out: a [`Draft`] whose lines are untouched, or the one [`Finding`] why it cannot be read at all.
//! Must never touch the disk, guess an encoding, or drop a blank line.

mod decode;
mod html;
mod markdown;
mod meta;
mod page;
mod tags;
mod text;

pub use page::own_page;

use crate::model::diagnostic::Finding;
use crate::model::source::{Draft, Encoding, Line, Source, Syntax};

/// Reads a file. `Err` quarantines it.
pub fn read(source: &Source) -> Result<Draft, Finding> {
    let (text, encoding) = decode(source)?;
    read_text(source, &text, encoding)
}

/// The text of a file and how its bytes became text. `Err` quarantines it.
pub fn decode(source: &Source) -> Result<(String, Encoding), Finding> {
    let declared = (syntax(&source.path) == Syntax::Html).then(|| html::declared_encoding(&source.bytes)).flatten();
    decode::decode(&source.bytes, declared.as_deref())
}

/// Bytes that [`decode`] would turn into `text`.
pub fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    decode::encode(text, encoding)
}

/// Reads the text of a file. `Err` quarantines it.
pub fn read_text(source: &Source, text: &str, encoding: Encoding) -> Result<Draft, Finding> {
    let mut draft = Draft { syntax: syntax(&source.path), encoding, ..Draft::default() };
    if draft.syntax == Syntax::Html {
        let front = front_of_page(text, &mut draft);
        html::read(&text[front..], &mut draft)?;
    } else {
        let lines = text::lines(text)?;
        draft.front = meta::front_matter(&lines, &mut draft.meta, &mut draft.found);
        if lines[draft.front as usize..].iter().all(|line| line.trim().is_empty()) {
            return Err(Finding::new("file-empty", None, "文件只有前置信息，没有正文"));
        }
        if draft.syntax == Syntax::Markdown {
            markdown::read(&lines, &mut draft)?;
        } else {
            draft.lines = (1..).zip(&lines).map(|(no, line)| Line::new(no, *line)).collect();
        }
    }
    if let Some(sidecar) = &source.sidecar {
        meta::sidecar(sidecar, &mut draft.meta, &mut draft.found);
    }
    Ok(draft)
}

/// Front matter above a web page: read and cut off, since the lines of a page are those of its text view. Returns where the page starts.
fn front_of_page(text: &str, draft: &mut Draft) -> usize {
    if !text.starts_with("---") && !text.starts_with("+++") {
        return 0;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim_end_matches('\r')).collect();
    let front = meta::front_matter(&trimmed, &mut draft.meta, &mut draft.found) as usize;
    for finding in &mut draft.found {
        finding.line = None;
        finding.marks.clear();
    }
    lines[..front].iter().map(|line| line.len() + 1).sum::<usize>().min(text.len())
}

/// What a file is, by its extension; what is neither Markdown nor HTML is text.
fn syntax(path: &str) -> Syntax {
    let extension = path.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "md" => Syntax::Markdown,
        "html" | "htm" => Syntax::Html,
        _ => Syntax::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Sidecar;
    use proptest::prelude::*;

    fn source(path: &str, bytes: &[u8]) -> Source {
        Source { path: path.into(), bytes: bytes.into(), sidecar: None }
    }

    fn text_of(draft: &Draft) -> Vec<&str> {
        draft.lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn a_text_is_its_lines_and_nothing_is_trimmed() {
        let draft =
            read(&source("a.txt", "\u{feff}标题 \r\n\r\n\u{3000}正文|\n# 不是标记 **原样**\n".as_bytes())).unwrap();
        assert_eq!((draft.syntax, draft.encoding), (Syntax::Text, Encoding::Utf8Bom));
        assert_eq!(text_of(&draft), ["标题 ", "", "\u{3000}正文|", "# 不是标记 **原样**"]);
        assert!((1..).zip(&draft.lines).all(|(no, line)| line.no == no && line.edits.is_empty()));
    }

    #[test]
    fn every_syntax_has_front_matter_and_the_sidecar_wins() {
        let head = "---\ntitle: 题\nyear: 2018\nfoo: 1\n---\n";
        for (path, body, front, first) in
            [("a.txt", "正文\n", 5, "---"), ("b.MD", "## 正文\n", 5, "---"), ("c.htm", "<p>正文</p>", 0, "正文")]
        {
            let mut source = source(path, format!("{head}{body}").as_bytes());
            source.sidecar = Some(Sidecar { path: "x.toml".into(), text: "year = 2019\nbar = 1\n".into() });
            let draft = read(&source).unwrap();
            assert_eq!((draft.front, draft.lines[0].text.as_str()), (front, first), "{path}");
            assert_eq!((draft.meta.title.as_deref(), draft.meta.year), (Some("题"), Some(2019)));
            assert_eq!(draft.lines.last().unwrap().text, "正文");
            let lines: Vec<_> = draft.found.iter().map(|finding| finding.line).collect();
            assert_eq!(lines, if front > 0 { [Some(4), None] } else { [None, None] }, "{path}");
        }
        assert_eq!(read(&source("a.txt", head.as_bytes())).unwrap_err().code, "file-empty");
    }

    #[test]
    fn the_real_reports_are_read_line_for_line() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
        let Ok(entries) = std::fs::read_dir(&folder) else {
            eprintln!("skipped: {} is absent", folder.display());
            return;
        };
        for entry in entries {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let text = String::from_utf8(bytes.clone()).unwrap();
            let draft = read(&source("a.txt", &bytes)).unwrap();
            assert_eq!(
                text_of(&draft).join("\n").trim_end_matches('\n'),
                text.replace("\r\n", "\n").trim_end_matches('\n')
            );
            assert_eq!((draft.found.len(), draft.front), (0, 0));
            let gb = encoding_rs::GB18030.encode(&text).0;
            let again = read(&source("a.txt", &gb)).unwrap();
            assert_eq!((again.encoding, text_of(&again)), (Encoding::Gb18030, text_of(&draft)));
            // Read as Markdown a scraped text still has its lines.
            assert_eq!(read(&source("a.md", &bytes)).unwrap().lines.len(), draft.lines.len());
        }
    }

    /// Bytes that look like reports, pages and heads.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        const PIECES: &[&str] = &[
            "---\n",
            "+++\n",
            "title: ",
            "year = 2019\n",
            "agency",
            "\u{feff}",
            "\n",
            "\r",
            "\r\n",
            " ",
            "\u{3000}",
            "|",
            "-|-",
            "**",
            "*",
            "_",
            "`",
            "```\n",
            "# ",
            "> ",
            "- ",
            "1. ",
            "[",
            "](",
            ")",
            "![",
            "\\",
            "<",
            ">",
            "</",
            "<table>",
            "<tr>",
            "<td rowspan=2 colspan=\"0\">",
            "</td>",
            "</table>",
            "<p>",
            "<br>",
            "<h1>",
            "</h1>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<pre>",
            "<title>",
            "</title>",
            "<select>",
            "&lt;",
            "&#0;",
            "&amp",
            "公开",
            "政府信息",
            "12",
            "件",
            "。",
            "\0",
            "é",
            "=\"",
            "'",
            "&",
            ": [",
            "{",
            "}",
            "\t",
            "===",
            "http://a.org",
        ];
        let piece = prop_oneof![
            8 => proptest::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 1..4),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    /// What every draft promises, whatever the bytes.
    fn check(path: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
        let mut source = source(path, bytes);
        source.sidecar = Some(Sidecar { path: "s.toml".into(), text: String::from_utf8_lossy(bytes).into_owned() });
        let Ok(draft) = read(&source) else { return Ok(()) };
        let count = draft.lines.len() as u32;
        prop_assert!((1..).zip(&draft.lines).all(|(no, line)| line.no == no && !line.text.contains('\n')));
        prop_assert!(draft.front <= count);
        prop_assert!(draft.headings.iter().all(|heading| (1..=count).contains(&heading.line)));
        for grid in &draft.grids {
            prop_assert!(1 <= grid.from && grid.from <= grid.to && grid.to <= count);
            for cell in &grid.cells {
                prop_assert!((grid.from..=grid.to).contains(&cell.line) && cell.rowspan > 0 && cell.colspan > 0);
                prop_assert!(draft.syntax != Syntax::Html || draft.lines[cell.line as usize - 1].text == cell.text);
                let line = &draft.lines[cell.line as usize - 1].text;
                let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
                prop_assert!(digits(line).contains(&digits(&cell.text)), "{line} / {}", cell.text);
            }
        }
        for line in &draft.lines {
            let mut text = line.text.clone();
            let mut end = 0;
            for edit in &line.edits {
                prop_assert!(edit.start >= end && edit.end > edit.start && edit.now.is_empty());
                text.insert_str(edit.start as usize, &edit.was);
                end = edit.end;
            }
            prop_assert!(text.len() >= line.text.len());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_every_draft_keeps_its_promises(bytes in pieces()) {
            for path in ["a.txt", "a.md", "a.html"] {
                check(path, &bytes)?;
            }
        }

        #[test]
        fn random_bytes_do_not_panic_either(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for path in ["a.txt", "a.md", "a.html"] {
                check(path, &bytes)?;
            }
        }
    }
}
