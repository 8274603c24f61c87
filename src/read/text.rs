//! Text to lines: LF, CRLF and CR end a line, and nothing else does.
//!
//! In: decoded text. Out: its lines without their line breaks, blank ones included; a final line break opens no new line. Must
//! never trim, join or drop.

use crate::model::diagnostic::Finding;

/// A longer line is a dump, not a paragraph.
const MAX_LINE_BYTES: usize = 1 << 20;
/// The longest report seen has two thousand.
const MAX_LINES: usize = 200_000;

/// Splits text into lines.
pub fn lines(text: &str) -> Result<Vec<&str>, Finding> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes[start..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(bytes.len(), |i| start + i);
        let line = &text[start..end];
        if line.len() > MAX_LINE_BYTES {
            let message = format!("第 {} 行有 {} 字节，超过 1 MiB 的上限", lines.len() + 1, line.len());
            return Err(Finding::new("too-complex", None, message));
        }
        lines.push(line);
        if lines.len() > MAX_LINES {
            return Err(Finding::new("too-complex", None, format!("超过 {MAX_LINES} 行")));
        }
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_break_ends_a_line_and_a_final_one_opens_none() {
        for (text, expected) in [
            ("", &[][..]),
            ("甲", &["甲"]),
            ("甲\n", &["甲"]),
            ("甲\n\n", &["甲", ""]),
            ("\n甲", &["", "甲"]),
            ("甲\r\n乙\r丙\n\r\n丁", &["甲", "乙", "丙", "", "丁"]),
            (" 甲\u{3000}\u{2028}乙\u{85}丙\u{c} \n", &[" 甲\u{3000}\u{2028}乙\u{85}丙\u{c} "]),
        ] {
            assert_eq!(lines(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn dumps_are_refused() {
        assert_eq!(lines(&"a".repeat(MAX_LINE_BYTES + 1)).unwrap_err().code, "too-complex");
        assert_eq!(lines(&"\n".repeat(MAX_LINES + 1)).unwrap_err().code, "too-complex");
        assert!(lines(&"a".repeat(MAX_LINE_BYTES)).is_ok());
    }
}
