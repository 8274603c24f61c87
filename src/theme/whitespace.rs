//! Lets a template be indented: a line break between two lines of a template, with the indentation around it, is not part of
//! the page.
//!
//! In: the text of a template. Out: the same text with `{#--#}`, a comment that swallows white space, before each such break; so
//! every line and column of an error is still that of the file. Chinese has no spaces between words and HTML would show one for
//! every line break, hence the rule. Where both sides are Latin letters or digits one space stays, as their readers expect; any
//! other wanted space is written inside its line. Inside tags, `pre`, `textarea`, `script`, `style` and `raw` nothing is touched.

/// Swallows the white space on both sides; the engine drops it while it reads the template.
const SWALLOW: &str = "{#--#}";
/// Leaves one space and swallows what follows.
const ONE_SPACE: &str = " {# -#}";

/// Marks the line breaks that are not part of the page.
pub fn folded(template: &str) -> String {
    let mut out = String::with_capacity(template.len() + template.len() / 16);
    let mut rest = template;
    while !rest.is_empty() {
        let length = if let Some(close) = engine_close(rest) {
            tag_of_engine(rest, close)
        } else if is_tag(rest) {
            element(rest)
        } else {
            let length = rest.char_indices().skip(1).map(|(at, _)| at).find(|&at| starts_something(&rest[at..]));
            let length = length.unwrap_or(rest.len());
            fold_text(&rest[..length], out.chars().next_back(), rest[length..].chars().next(), &mut out);
            rest = &rest[length..];
            continue;
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// Takes the marks out of an engine's report, which quotes the lines of templates.
pub fn unfolded(report: &str) -> String {
    report.replace(SWALLOW, "").replace(ONE_SPACE, "")
}

fn starts_something(rest: &str) -> bool {
    engine_close(rest).is_some() || is_tag(rest)
}

fn engine_close(rest: &str) -> Option<&'static str> {
    [("{{", "}}"), ("{%", "%}"), ("{#", "#}")].iter().find(|(open, _)| rest.starts_with(open)).map(|(_, close)| *close)
}

fn is_tag(rest: &str) -> bool {
    let mut letters = rest.chars();
    letters.next() == Some('<') && letters.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

/// Length of `{{ … }}`, `{% … %}` or `{# … #}`; all of a `raw` block. Closing marks inside quotes do not close.
fn tag_of_engine(rest: &str, close: &str) -> usize {
    let mut quote = None;
    let end = rest.char_indices().skip(2).find(|&(at, c)| match quote {
        Some(open) => {
            if c == open {
                quote = None;
            }
            false
        }
        None if close != "#}" && matches!(c, '"' | '\'' | '`') => {
            quote = Some(c);
            false
        }
        None => rest[at..].starts_with(close),
    });
    let length = end.map_or(rest.len(), |(at, _)| at + close.len());
    let is_raw = close == "%}" && rest[2..length].trim_start_matches('-').trim_start().starts_with("raw");
    let block = is_raw.then(|| rest[length..].find("endraw")).flatten();
    block.map_or(length, |at| length + at)
}

/// Length of an HTML tag; up to its end tag where the element keeps its white space.
fn element(rest: &str) -> usize {
    let mut quote = None;
    let mut at = 1;
    while let Some(c) = rest[at..].chars().next() {
        if let Some(close) = engine_close(&rest[at..]) {
            at += tag_of_engine(&rest[at..], close);
            continue;
        }
        at += c.len_utf8();
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '>' => break,
            _ => {}
        }
    }
    let name = rest[1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("").to_ascii_lowercase();
    let keeps = matches!(name.as_str(), "pre" | "textarea" | "script" | "style");
    let end = keeps.then(|| rest[at..].find(&format!("</{name}"))).flatten();
    end.map_or(at, |length| at + length)
}

/// Copies text, with a mark before each run of white space that holds a line break.
fn fold_text(text: &str, before: Option<char>, after: Option<char>, out: &mut String) {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut last = before;
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_whitespace()) {
        let run = rest[start..].find(|c: char| !c.is_ascii_whitespace()).map_or(rest.len(), |length| start + length);
        let (words, white) = (&rest[..start], &rest[start..run]);
        out.push_str(words);
        last = words.chars().next_back().or(last);
        if white.contains('\n') {
            let next = rest[run..].chars().next().or(after);
            out.push_str(if is_word(last) && is_word(next) { ONE_SPACE } else { SWALLOW });
        }
        out.push_str(white);
        rest = &rest[run..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(template: &str) -> String {
        let mut tera = tera::Tera::new();
        tera.add_raw_template("t", &folded(template)).expect("parses");
        let mut context = tera::Context::new();
        context.insert("x", "值\n二");
        tera.render("t", &context).expect("renders")
    }

    #[test]
    fn indentation_is_no_part_of_the_page() {
        assert_eq!(
            page("<ul>\n  {% if x %}\n    <li>\n      {{ x }}\n      份\n    </li>\n  {% endif %}\n</ul>\n"),
            "<ul><li>值\n二份</li></ul>"
        );
        assert_eq!(page("中文\n  中文"), "中文中文");
    }

    #[test]
    fn words_of_letters_keep_one_space_and_written_spaces_stay() {
        assert_eq!(page("two\n   words"), "two words");
        assert_eq!(page("<b>a</b> <i>b</i>\n{% if x %} · 后{% endif %}"), "<b>a</b> <i>b</i> · 后");
        assert_eq!(page("第 {{ x }} 行"), "第 值\n二 行");
    }

    #[test]
    fn what_keeps_its_white_space_is_left_alone() {
        assert_eq!(page("<pre a=\"b\">1\n 2</pre>\n<p\n  class=\"x\">"), "<pre a=\"b\">1\n 2</pre><p\n  class=\"x\">");
        assert_eq!(page("{% raw %}\n{{ y }}\n{% endraw %}"), "\n{{ y }}\n");
        assert_eq!(page("1 < 2\n{{ \"}}\n\" }}"), "1 < 2}}\n");
    }

    #[test]
    fn lines_and_columns_of_mistakes_are_those_of_the_file() {
        let mut tera = tera::Tera::new();
        let error = tera.add_raw_template("t", &folded("<p>\n\n  甲\n  {{ 1 + }}\n</p>")).unwrap_err().to_string();
        assert!(error.contains("t:4:10"), "{error}");
        assert!(unfolded(&error).contains("4 |   {{ 1 + }}\n"), "{error}");
    }
}
