//! HTML text to tags and words, in one pass whose time grows with the length of the page and nothing else.
//!
//! In: a page. Out: start tags, end tags and decoded text, as a browser's tokenizer would cut them. Browsers' own tokenizers compare
//! every attribute of a tag with every other and build trees as deep as the page says; this one keeps the two attributes a table
//! needs and builds nothing. Must never allocate by what the page claims, only by what it holds.

use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{BufferQueue, Token as Piece, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::borrow::Cow;
use std::cell::RefCell;

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// Text with its character references decoded.
    Text(Cow<'t, str>),
    /// A start tag, its name in lower case.
    Start(Tag<'t>),
    /// An end tag, its name in lower case.
    End(Cow<'t, str>),
}

/// A start tag with what a table needs of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag<'t> {
    pub name: Cow<'t, str>,
    pub rowspan: Option<&'t str>,
    pub colspan: Option<&'t str>,
}

/// Elements whose content is not markup; only that of `title` is for people.
const RAW: &[&str] = &["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// The tokens of a page.
pub struct Tokens<'t> {
    page: &'t str,
    at: usize,
    /// The raw element whose content comes next.
    raw: Option<&'static str>,
    /// Elements known to have no end tag below, so that it is looked for once.
    endless: Vec<&'static str>,
}

impl<'t> Tokens<'t> {
    /// Starts at the top of a page.
    pub fn new(page: &'t str) -> Self {
        Tokens { page, at: 0, raw: None, endless: Vec::new() }
    }

    /// Passes over everything up to the end tag of `name`, if there is one.
    pub fn pass_over(&mut self, name: &'static str) {
        if self.endless.contains(&name) {
            return;
        }
        match self.end_tag(name) {
            Some(end) => self.at = end,
            None => self.endless.push(name),
        }
    }

    /// Where the next end tag of `name` starts.
    fn end_tag(&self, name: &str) -> Option<usize> {
        let bytes = self.page.as_bytes();
        let mut at = self.at;
        while let Some(found) = self.page[at..].find("</") {
            let start = at + found;
            let after = start + 2 + name.len();
            let named = bytes.get(start + 2..after).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
            if named && bytes.get(after).is_none_or(|b| ends_name(*b)) {
                return Some(start);
            }
            at = start + 2;
        }
        None
    }

    /// Reads a tag whose name starts at `start`; `None` when the page ends inside it.
    fn tag(&mut self, start: usize) -> Option<Tag<'t>> {
        let (page, bytes) = (self.page, self.page.as_bytes());
        let until = |from: usize, stop: fn(u8) -> bool| from + bytes[from..].iter().take_while(|b| !stop(**b)).count();
        let name_end = until(start, ends_name);
        let mut tag = Tag { name: lower(&page[start..name_end]), ..Tag::default() };
        let mut at = name_end;
        loop {
            at = until(at, |b| !b.is_ascii_whitespace() && b != b'/');
            if *bytes.get(at)? == b'>' {
                self.at = at + 1;
                return Some(tag);
            }
            // An equals sign may start a name.
            let name = at;
            at = until(at + 1, |b| ends_name(b) || b == b'=');
            let name = &page[name..at];
            at = until(at, |b| !b.is_ascii_whitespace());
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            at = until(at + 1, |b| !b.is_ascii_whitespace());
            let value = match *bytes.get(at)? {
                quote @ (b'"' | b'\'') => {
                    let end = at + 1 + bytes[at + 1..].iter().position(|b| *b == quote)?;
                    let value = &page[at + 1..end];
                    at = end + 1;
                    value
                }
                b'>' => "",
                _ => {
                    let end = until(at, |b| b.is_ascii_whitespace() || b == b'>');
                    let value = &page[at..end];
                    at = end;
                    value
                }
            };
            if name.eq_ignore_ascii_case("rowspan") {
                tag.rowspan = tag.rowspan.or(Some(value));
            } else if name.eq_ignore_ascii_case("colspan") {
                tag.colspan = tag.colspan.or(Some(value));
            }
        }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        if let Some(name) = self.raw.take() {
            let end = self.end_tag(name).unwrap_or(self.page.len());
            let content = &self.page[self.at..end];
            self.at = end;
            if name == "title" && !content.is_empty() {
                return Some(Token::Text(decode(content)));
            }
        }
        loop {
            let rest = &self.page[self.at..];
            let bytes = rest.as_bytes();
            match *bytes {
                [] => return None,
                [b'<', b'!', b'-', b'-', ..] => {
                    // `<!-->` and `<!--->` are whole comments.
                    let body = &rest[4..];
                    let short = if body.starts_with('>') { Some(1) } else { body.starts_with("->").then_some(2) };
                    let long = || match (body.find("-->"), body.find("--!>")) {
                        (Some(a), Some(b)) if b < a => Some(b + 4),
                        (Some(a), _) => Some(a + 3),
                        (None, b) => b.map(|b| b + 4),
                    };
                    self.at = short.or_else(long).map_or(self.page.len(), |length| self.at + 4 + length);
                }
                [b'<', b'/', b'a'..=b'z' | b'A'..=b'Z', ..] => match self.tag(self.at + 2) {
                    Some(tag) => return Some(Token::End(tag.name)),
                    None => self.at = self.page.len(),
                },
                [b'<', b'a'..=b'z' | b'A'..=b'Z', ..] => match self.tag(self.at + 1) {
                    Some(tag) => {
                        self.raw = RAW.iter().find(|name| **name == tag.name).copied();
                        return Some(Token::Start(tag));
                    }
                    None => self.at = self.page.len(),
                },
                [b'<', b'!' | b'?', ..] | [b'<', b'/', _, ..] => {
                    self.at = rest.find('>').map_or(self.page.len(), |end| self.at + end + 1);
                }
                _ => {
                    // A `<` that opens nothing is a sign like any other.
                    let end = if bytes[0] == b'<' { 1 } else { rest.find('<').unwrap_or(rest.len()) };
                    self.at += end;
                    return Some(Token::Text(decode(&rest[..end])));
                }
            }
        }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/' || byte == b'>'
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Character references to characters, by the table browsers use.
fn decode(text: &str) -> Cow<'_, str> {
    #[derive(Default)]
    struct Gather(RefCell<String>);
    impl TokenSink for Gather {
        type Handle = ();
        fn process_token(&self, token: Piece, _: u64) -> TokenSinkResult<()> {
            match token {
                Piece::CharacterTokens(text) => self.0.borrow_mut().push_str(&text),
                Piece::NullCharacterToken => self.0.borrow_mut().push('\0'),
                _ => {}
            }
            TokenSinkResult::Continue
        }
    }
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    // In this state nothing but a character reference is markup.
    let options = TokenizerOpts { initial_state: Some(State::RawData(RawKind::Rcdata)), ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(Gather::default(), options);
    let input = BufferQueue::default();
    input.push_back(text.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    Cow::Owned(tokenizer.sink.0.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One word a token: `text`, `<name`, `>name`.
    fn cut(page: &str) -> Vec<String> {
        Tokens::new(page)
            .map(|token| match token {
                Token::Text(text) => text.into_owned(),
                Token::Start(tag) => format!("<{}", tag.name),
                Token::End(name) => format!(">{name}"),
            })
            .collect()
    }

    #[test]
    fn pages_are_cut_as_browsers_cut_them() {
        for (page, expected) in [
            ("", &[][..]),
            ("<P>甲</p >", &["<p", "甲", ">p"]),
            ("甲<br/>乙", &["甲", "<br", "乙"]),
            ("<a href='>' x=\">\" y=>甲</a>", &["<a", "甲", ">a"]),
            ("<a =\"b>\">甲", &["<a", "\">甲"]),
            ("1 < 2 <条例> <", &["1 ", "<", " 2 ", "<", "条例> ", "<"]),
            ("甲<!-- <p> -->乙<!-->丙<!--->丁<!--x--!>戊", &["甲", "乙", "丙", "丁", "戊"]),
            ("甲<!-- 没有结束 <p>乙", &["甲"]),
            ("甲<![if mso]>乙<?xml 1?>丙</ x>丁<!DOCTYPE html>", &["甲", "乙", "丙", "丁"]),
            ("<script>a<b</p></SCRIPT>甲", &["<script", ">script", "甲"]),
            ("<title>甲&amp;<b>乙</title>丙", &["<title", "甲&<b>乙", ">title", "丙"]),
            ("<style>甲", &["<style"]),
            ("&lt;p&gt;&nbsp;&#x4e2d;&#20013;&copy &unknown; &amp;lt;", &["<p>\u{a0}中中© &unknown; &lt;"]),
            ("甲<p 没有结束", &["甲"]),
        ] {
            assert_eq!(cut(page), expected, "{page}");
        }
    }

    #[test]
    fn spans_are_kept_whatever_their_quotes() {
        for page in
            ["<td rowspan=2 colspan='3'>", "<TD ROWSPAN = \"2\"COLSPAN=3 rowspan=9>", "<td/rowspan=2/ colspan=3>"]
        {
            let Some(Token::Start(tag)) = Tokens::new(page).next() else { panic!("{page}") };
            assert_eq!((tag.rowspan.map(|v| &v[..1]), tag.colspan), (Some("2"), Some("3")), "{page}");
        }
    }

    #[test]
    fn a_tag_with_a_million_attributes_is_a_tag() {
        let page = format!("<a {}>甲", (0..300_000).map(|n| format!("a{n} ")).collect::<String>());
        assert_eq!(cut(&page), ["<a", "甲"]);
        assert_eq!(cut(&"<!--".repeat(300_000)), Vec::<String>::new());
        assert_eq!(cut(&"<p".repeat(300_000)), Vec::<String>::new());
    }
}
