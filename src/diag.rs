//! Findings for people, for JSON and for GitHub; and the paragraph behind each code.
//!
//! In: a [`Finding`], the path it is about and the text of that file. Out: text. Must never decide anything: what is an error
//! was decided where it was found.

use crate::model::diagnostic::{CODES, Code, Finding, Severity};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A finding with the file it is about; `text` is the decoded source, empty when there is none to show.
#[derive(Clone, Debug)]
pub struct Located<'a> {
    /// Path as the user knows it, `content/a.txt`.
    pub path: &'a str,
    /// Decoded source, for the excerpt.
    pub text: &'a str,
    /// The finding.
    pub finding: &'a Finding,
}

/// The way a compiler prints it: code, message, excerpt with carets, remedy.
pub fn for_people(located: &Located<'_>, color: bool) -> String {
    let finding = located.finding;
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = clean(&finding.message);
    let title = level.primary_title(message.as_str()).id(finding.code.as_ref());
    let starts = line_starts(located.text);
    let marks: Vec<_> = finding
        .marks
        .iter()
        .filter_map(|mark| {
            let line = starts.get(mark.span.line as usize - 1)?;
            let (start, end) = (line + mark.span.start as usize, line + mark.span.end as usize);
            let sound =
                end <= located.text.len() && located.text.is_char_boundary(start) && located.text.is_char_boundary(end);
            sound.then(|| (start..end, clean(&mark.label)))
        })
        .collect();
    let whole_line = finding.line.and_then(|no| {
        let start = *starts.get(no as usize - 1)?;
        let length = located.text[start..].find(['\n', '\r']).unwrap_or(located.text.len() - start);
        Some(start..start + length)
    });
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut group = if marks.is_empty() && whole_line.is_none() {
        Group::with_title(title).element(annotate_snippets::Origin::path(located.path))
    } else {
        let mut snippet = Snippet::source(located.text).path(located.path);
        if marks.is_empty() {
            snippet = snippet.annotations(whole_line.map(|span| AnnotationKind::Primary.span(span)));
        }
        for (span, label) in &marks {
            snippet = snippet.annotation(AnnotationKind::Primary.span(span.clone()).label(label.as_str()));
        }
        title.element(snippet)
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    renderer.render(&[group])
}

/// One workflow command of GitHub Actions; what the file says can never become a command of its own.
pub fn for_github(located: &Located<'_>) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let finding = located.finding;
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let line = finding.line.map(|line| format!(",line={line}")).unwrap_or_default();
    let message = match &finding.help {
        Some(help) => format!("{}（{help}）", finding.message),
        None => finding.message.clone(),
    };
    format!("::{kind} file={}{line},title={}::{}", property(located.path), property(&finding.code), escape(&message))
}

/// Makes text safe for a terminal: control characters become visible symbols.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            other => other,
        })
        .collect()
}

/// The code of that name.
pub fn code(id: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.id == id)
}

/// Byte offsets at which the lines of a text begin; CR, LF and CRLF end a line.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (index, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
            starts.push(index + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Span;

    #[test]
    fn the_caret_stands_under_chinese_text() {
        let finding = Finding::new("row-does-not-add-up", Some(2), "三项之和 9，与总计 10 不符")
            .at(Span { line: 2, start: 6, end: 12 }, "总计")
            .help("请核对原表");
        let text = "第一行\n合计总计 10\n";
        let shown = for_people(&Located { path: "content/a.txt", text, finding: &finding }, false);
        assert!(shown.starts_with("warning[row-does-not-add-up]: 三项之和 9，与总计 10 不符"), "{shown}");
        assert!(shown.contains("content/a.txt:2:3"), "{shown}");
        assert!(shown.contains("    ^^^^ 总计"), "{shown}");
        assert!(shown.contains("help: 请核对原表"), "{shown}");
    }

    #[test]
    fn a_workflow_command_cannot_be_smuggled_in() {
        let mut finding = Finding::new("title-missing", Some(1), "x\n::error::boo");
        finding.help = None;
        let shown = for_github(&Located { path: "content/a,b:c.txt", text: "", finding: &finding });
        assert_eq!(shown, "::warning file=content/a%2Cb%3Ac.txt,line=1,title=title-missing::x%0A::error::boo");
    }

    #[test]
    fn a_mark_outside_the_text_is_left_out() {
        let finding = Finding::new("title-missing", None, "x").at(Span { line: 9, start: 0, end: 400 }, "y");
        assert!(!for_people(&Located { path: "a", text: "短", finding: &finding }, false).is_empty());
    }
}
