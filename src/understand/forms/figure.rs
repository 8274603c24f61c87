//! What is printed in one cell: a figure with its unit, a mark for "none", or a text.
//!
//! In: the text of a cell. Out: its content. Never guesses: a text that is not wholly a figure is not a figure.

use crate::model::value::Decimal;

/// A printed figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The number as printed, before any magnitude.
    pub number: Decimal,
    /// The unit printed behind it.
    pub unit: Option<String>,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A number.
    Figure(Figure),
    /// `/`, `-`, `—`, `无`: nothing to report.
    Mark,
    /// Anything else.
    Text,
    /// A row of empty cells.
    Hollow,
}

/// Measure words that may stand behind a figure or in a unit column.
const UNITS: &[&str] = &[
    "亿元", "万元", "千元", "人次", "万件", "万条", "件", "元", "个", "项", "条", "次", "篇", "人", "宗", "份", "起",
    "场", "期", "家", "名",
];

/// Marks that say "none".
const MARKS: &[&str] = &["/", "-", "—", "——", "--", "―", "－", "无", "\\", "N/A"];

/// Full-width ASCII and exotic spaces and dashes as their plain forms.
pub fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' => '-',
        '\u{2502}' | '\u{2503}' | '\u{a6}' => '|',
        _ => c,
    }
}

/// White space, and characters that print nothing.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
}

/// Whether the text is nothing but a measure word, as in a column of units.
pub fn is_unit(text: &str) -> bool {
    UNITS.contains(&text.trim_matches(|c: char| matches!(c, '(' | ')' | '（' | '）') || is_space(c)))
}

/// Reads a cell.
pub fn content(text: &str) -> Content {
    let plain: String = text.chars().filter(|c| !is_space(*c)).map(fold).collect();
    if MARKS.contains(&plain.as_str()) {
        return Content::Mark;
    }
    figure(&plain).map_or(Content::Text, Content::Figure)
}

/// Reads `1341272`, `1,341,272`, `-47`, `+21`, `950125.6165万元`, `5件`, `增47`, `减22`.
fn figure(plain: &str) -> Option<Figure> {
    let (sign, rest) = match plain.chars().next()? {
        '+' | '增' | '↑' => ("", &plain[plain.chars().next()?.len_utf8()..]),
        '-' | '减' | '↓' => ("-", &plain[plain.chars().next()?.len_utf8()..]),
        _ => ("", plain),
    };
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let (digits, unit) = rest.split_at(end);
    let unit = unit.trim_matches(|c: char| matches!(c, '(' | ')'));
    if !unit.is_empty() && !UNITS.contains(&unit) {
        return None;
    }
    let whole = digits.split('.').next().unwrap_or("");
    if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or("");
        if first.is_empty() || first.len() > 3 || groups.any(|g| g.len() != 3) {
            return None;
        }
    }
    if digits.split('.').nth(1).is_some_and(|fraction| fraction.contains(',')) {
        return None;
    }
    let number = Decimal::parse(&format!("{sign}{}", digits.replace(',', "")))?;
    Some(Figure { number, unit: (!unit.is_empty()).then(|| unit.to_string()) })
}

/// How many zeros a money unit stands for; none for a unit that is not money.
pub fn money(unit: &str) -> Option<u8> {
    match unit {
        "元" => Some(0),
        "千元" => Some(3),
        "万元" => Some(4),
        "亿元" => Some(8),
        _ => None,
    }
}

/// The money unit that a header states, `采购总金额(万元)`.
pub fn money_in(label: &str) -> Option<&'static str> {
    ["亿元", "万元", "千元", "元"].into_iter().find(|unit| label.contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<String> {
        match content(text) {
            Content::Figure(f) => Some(format!("{}{}", f.number, f.unit.unwrap_or_default())),
            _ => None,
        }
    }

    #[test]
    fn figures_are_read_with_sign_separator_and_unit() {
        for (text, want) in [
            ("1,341,272", "1341272"),
            ("-47", "-47"),
            ("+21", "21"),
            ("−5", "-5"),
            ("９８件", "98件"),
            ("950125.6165万元", "950125.6165万元"),
            ("\u{a0}5 ", "5"),
        ] {
            assert_eq!(number(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn a_text_is_not_a_figure() {
        for text in ["1.", "12,34", "3.属于", "2019年", "(一)", "约5件", "1.2.3", "", "1,23,456"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn marks_are_not_zeros() {
        for text in ["/", "-", "—", "——", "无", " ／ "] {
            assert_eq!(content(text), Content::Mark, "{text}");
        }
    }
}
