//! The links of the emitted site: every address and fragment inside it must lead somewhere.
//!
//! In: finished HTML. Out: targets as paths below the site, and what is broken. Only our own templates make this HTML, so the
//! attributes are quoted or free of spaces; what readers' reports say is escaped and can never look like a tag.

use std::collections::{BTreeMap, BTreeSet};

/// A link that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The page it stands on.
    pub from: String,
    /// Its target as a path below the site, fragment included.
    pub to: String,
}

/// The files a page links to.
pub fn targets(path: &str, html: &[u8]) -> BTreeSet<String> {
    attributes(html, &["href", "src"]).filter_map(|link| resolve(path, &link)).map(|(file, _)| file).collect()
}

/// Every broken link of a whole site, fragments included.
pub fn check(files: &BTreeMap<String, Vec<u8>>) -> Vec<Broken> {
    let pages: Vec<(&String, &Vec<u8>)> = files.iter().filter(|(path, _)| path.ends_with(".html")).collect();
    let ids: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|(path, html)| (path.as_str(), attributes(html, &["id"]).collect())).collect();
    let mut broken = BTreeSet::new();
    for (path, html) in &pages {
        for link in attributes(html, &["href", "src"]) {
            let Some((file, fragment)) = resolve(path, &link) else { continue };
            let whole = match (files.contains_key(&file), &fragment) {
                (false, _) => false,
                (true, None) => true,
                (true, Some(fragment)) => ids.get(file.as_str()).is_none_or(|ids| ids.contains(fragment)),
            };
            if !whole {
                let to = fragment.map_or(file.clone(), |fragment| format!("{file}#{fragment}"));
                broken.insert(Broken { from: (*path).clone(), to });
            }
        }
    }
    broken.into_iter().collect()
}

/// A link as the file it means, with its fragment. None for links that leave the site.
fn resolve(page: &str, link: &str) -> Option<(String, Option<String>)> {
    let link = link.trim();
    // The 404 page stands for any address, so its links are absolute; they are tried by the browser tests.
    if link.is_empty() || link.starts_with('/') || page == "404.html" {
        return None;
    }
    let scheme = link.find([':', '/', '?', '#']).is_some_and(|i| link.as_bytes()[i] == b':');
    if scheme {
        return None;
    }
    let (rest, fragment) = match link.split_once('#') {
        Some((rest, fragment)) => {
            (rest, (!fragment.is_empty() && !fragment.starts_with(":~:")).then(|| fragment.to_owned()))
        }
        None => (link, None),
    };
    let rest = rest.split('?').next().unwrap_or("");
    if rest.is_empty() {
        return Some((page.to_owned(), fragment));
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in rest.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                if parts.pop().is_none() {
                    return Some((format!("..outside/{rest}"), fragment));
                }
            }
            name => parts.push(name),
        }
    }
    let mut file = parts.join("/");
    if rest.ends_with('/') || rest.ends_with("..") || rest == "." || file.is_empty() {
        file = if file.is_empty() { "index.html".into() } else { format!("{file}/index.html") };
    }
    Some((file, fragment))
}

/// The values of some attributes, entities decoded, in order. Only inside tags: text has no bare `<`.
fn attributes<'h>(html: &'h [u8], names: &'h [&'h str]) -> impl Iterator<Item = String> + 'h {
    let (mut at, mut inside) = (0, false);
    std::iter::from_fn(move || {
        while at < html.len() {
            let byte = html[at];
            at += 1;
            if !inside {
                inside = byte == b'<' && html.get(at).is_some_and(u8::is_ascii_alphabetic);
                continue;
            }
            match byte {
                b'>' => inside = false,
                b'=' => {
                    let start = html[..at - 1]
                        .iter()
                        .rposition(|b| !b.is_ascii_alphanumeric() && *b != b'-')
                        .map_or(0, |i| i + 1);
                    let name = &html[start..at - 1];
                    let (from, end, next) = match html.get(at) {
                        Some(quote @ (b'"' | b'\'')) => {
                            let length = html[at + 1..].iter().position(|b| b == quote).unwrap_or(html.len() - at - 1);
                            (at + 1, at + 1 + length, at + 2 + length)
                        }
                        _ => {
                            let plain = |b: &u8| b.is_ascii_whitespace() || *b == b'>';
                            let length = html[at..].iter().position(plain).unwrap_or(html.len() - at);
                            (at, at + length, at + length)
                        }
                    };
                    at = next.min(html.len());
                    if names.iter().any(|n| n.as_bytes() == name) {
                        let text = String::from_utf8_lossy(&html[from..end]);
                        return Some(text.replace("&quot;", "\"").replace("&#x2F;", "/").replace("&amp;", "&"));
                    }
                }
                _ => {}
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(pages: &[(&str, &str)]) -> Vec<String> {
        let files = pages.iter().map(|(path, html)| ((*path).to_owned(), html.as_bytes().to_vec())).collect();
        check(&files).into_iter().map(|b| format!("{} -> {}", b.from, b.to)).collect()
    }

    #[test]
    fn links_and_fragments_resolve_or_are_named() {
        let broken = site(&[
            (
                "index.html",
                r#"<a href="a/">x</a> <a href=a/#L3>y</a> <a href="a/#L9">z</a> <a href="https://x.org/">w</a>"#,
            ),
            (
                "a/index.html",
                r##"<p id="L3"><a href="../">up</a><a href="../b/">b</a> <a href="#L3">s</a><img src='../p.svg'>"##,
            ),
            ("p.svg", ""),
        ]);
        assert_eq!(broken, ["a/index.html -> b/index.html", "index.html -> a/index.html#L9"]);
    }

    #[test]
    fn a_link_above_the_site_is_broken() {
        assert_eq!(site(&[("index.html", r#"<a href="../x">x</a>"#)]).len(), 1);
    }
}
