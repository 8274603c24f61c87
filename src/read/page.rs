//! The publisher's own pages (`content/_pages/*.md`): CommonMark to HTML, raw HTML shown as text.

use crate::model::archive::OwnPage;
use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// Turns one of the publisher's pages into HTML. `title` wins over the page's first heading.
pub fn own_page(slug: &str, title: Option<&str>, text: &str) -> OwnPage {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut heading: Option<String> = None;
    let mut in_title = false;
    let mut events = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            // The first heading is the page's title, printed by the template.
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if heading.is_none() => {
                heading = Some(String::new());
                in_title = true;
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) if in_title => in_title = false,
            Event::Text(words) | Event::Code(words) if in_title => {
                heading.get_or_insert_default().push_str(&words);
            }
            _ if in_title => {}
            Event::Html(raw) | Event::InlineHtml(raw) => events.push(Event::Text(raw)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = if safe(&dest_url) || link_type == LinkType::Email { dest_url } else { "".into() };
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            // A picture would be a request to somewhere; its description is shown instead.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            other => events.push(other),
        }
    }
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    let title = title.map(str::to_owned).or(heading).filter(|t| !t.is_empty()).unwrap_or_else(|| slug.to_owned());
    OwnPage { url: format!("{slug}/"), title, html: body }
}

/// Web addresses, mail, and paths inside the site; nothing a browser would run.
fn safe(url: &str) -> bool {
    let scheme =
        url.find([':', '/', '?', '#']).filter(|&i| url.as_bytes()[i] == b':').map(|i| url[..i].to_ascii_lowercase());
    !url.contains(|c: char| c.is_control())
        && scheme.is_none_or(|scheme| matches!(scheme.trim(), "http" | "https" | "mailto"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_the_title_and_raw_html_is_text() {
        let page = own_page("about", None, "# 关于本站\n\n这里 <script>alert(1)</script> 是文字。\n");
        assert_eq!(page.title, "关于本站");
        assert!(page.html.contains("&lt;script&gt;"), "{}", page.html);
        assert!(!page.html.contains("<h1>"));
    }

    #[test]
    fn links_that_a_browser_would_run_lose_their_target() {
        let page = own_page("about", None, "[甲](javascript:alert(1)) [乙](https://example.org/) [丙](../data/)");
        assert!(!page.html.contains("javascript:"), "{}", page.html);
        assert!(page.html.contains("https://example.org/") && page.html.contains("../data/"));
    }

    #[test]
    fn pictures_are_not_requested() {
        assert!(!own_page("about", None, "![图](https://example.org/x.png)").html.contains("<img"));
    }
}
