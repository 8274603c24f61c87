//! Templates and assets: what turns a page's JSON into HTML. The only user of the template engine.
//!
//! In: the default theme (embedded in the binary), a site's own `themes/<name>/` laid over it file by file, and the context of a
//! page. Out: the finished HTML, and the assets under names that carry a hash of their content. A template receives its page,
//! the words of `strings.toml`, the list of finding codes and the site; it has no function that reads files, other pages, the
//! clock or the net, so equal contexts give equal pages. Everything a template prints is escaped.

use crate::model::diagnostic::CODES;
use crate::model::page::{Artifact, Site};
use include_dir::{Dir, include_dir};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tera::{Context, Kwargs, State, Tera, Value};

mod filters;
mod whitespace;

/// The theme that is part of the program.
pub static DEFAULT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// A theme ready to render: templates checked, assets named.
pub struct Theme {
    tera: Tera,
    templates: Vec<String>,
    assets: Vec<Artifact>,
    digest: String,
}

/// What every page is told besides its own data. Nothing here may change between two builds of the same site with the same
/// program, or remembered pages would differ from fresh ones; the build id is therefore only in the contexts that show it.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// What the site says of itself.
    pub site: Site,
    /// `nianbao 0.1.0`.
    pub generator: String,
}

/// Why a theme cannot be used.
#[derive(Debug)]
pub enum ThemeError {
    /// A file of the theme could not be read.
    Read(PathBuf, std::io::Error),
    /// A template does not parse, or names a template, component or filter that is not there.
    Template(String),
    /// `strings.toml` is not TOML.
    Strings(String),
    /// A template failed on a page.
    Render {
        /// Address of the page.
        url: String,
        /// Template, line and column, what went wrong and what is available.
        message: String,
    },
}

impl std::fmt::Display for ThemeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ThemeError::Read(path, error) => write!(f, "theme file {}: {error}", path.display()),
            ThemeError::Template(message) => write!(f, "theme: {message}"),
            ThemeError::Strings(message) => write!(f, "theme strings.toml: {message}"),
            ThemeError::Render { url, message } => write!(f, "theme, page /{url}: {message}"),
        }
    }
}

impl std::error::Error for ThemeError {}

impl Theme {
    /// Loads a theme: `builtin` first, then the files of `overlay` in place of or beside its own.
    pub fn load(builtin: &Dir<'_>, overlay: Option<&Path>) -> Result<Theme, ThemeError> {
        let mut files = BTreeMap::new();
        collect(builtin, &mut files);
        if let Some(folder) = overlay {
            lay_over(folder, folder, 0, &mut files)?;
        }
        let mut hash = blake3::Hasher::new();
        let mut templates = Vec::new();
        let mut assets = Vec::new();
        let mut names = BTreeMap::new();
        for (path, bytes) in &files {
            hash.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes());
            hash.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
            if let Some(name) = path.strip_prefix("templates/") {
                let text = String::from_utf8(bytes.clone())
                    .map_err(|_| ThemeError::Template(format!("templates/{name} is not UTF-8")))?;
                templates.push((name.to_owned(), whitespace::folded(&text)));
            } else if let Some(name) = path.strip_prefix("assets/") {
                let hashed = hashed_name(name, bytes);
                names.insert(name.to_owned(), format!("assets/{hashed}"));
                assets.push(Artifact { path: format!("assets/{hashed}"), bytes: bytes.clone() });
            }
        }
        let strings = match files.get("strings.toml") {
            Some(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                let table: toml::Table =
                    toml::from_str(&text).map_err(|error| ThemeError::Strings(error.to_string()))?;
                Value::from_serializable(&table)
            }
            None => Value::from_serializable(&BTreeMap::<String, String>::new()),
        };
        let codes: BTreeMap<&str, Json> = CODES
            .iter()
            .map(|c| (c.id, serde_json::json!({ "title": c.title, "about": c.about, "severity": c.severity })))
            .collect();

        let mut tera = Tera::new();
        // An empty suffix matches every name: the engine escapes only .html, .htm and .xml of its own accord.
        tera.autoescape_on([""]);
        tera.set_escape_fn(escape);
        filters::register(&mut tera);
        let available = Arc::new(names);
        tera.register_function("asset", move |args: Kwargs, _: &State| asset(&available, &args));
        tera.global_context().insert_value("strings", strings);
        tera.global_context().insert_value("codes", Value::from_serializable(&codes));
        tera.add_raw_templates(templates.iter().map(|(name, text)| (name.as_str(), text.as_str())))
            .map_err(|error| ThemeError::Template(describe(&error)))?;
        Ok(Theme {
            tera,
            templates: templates.into_iter().map(|(name, _)| name).collect(),
            assets,
            digest: hash.finalize().to_hex().to_string(),
        })
    }

    /// Digest of every file of the theme; part of the key under which pages are remembered.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The files beside the pages, named by content.
    pub fn assets(&self) -> &[Artifact] {
        &self.assets
    }

    /// Renders a page: `template` with the page's JSON as `page`.
    pub fn render(&self, template: &str, url: &str, page: &Json, frame: &Frame) -> Result<String, ThemeError> {
        let fail = |message| ThemeError::Render { url: url.to_owned(), message };
        if !self.tera.contains_template(template) {
            return Err(fail(format!("no template `{template}`; there are {}", self.templates.join(", "))));
        }
        let mut context = Context::new();
        context.insert_value("page", Value::from_serializable(page));
        context.insert("site", &frame.site);
        context.insert("generator", &frame.generator);
        context.insert("url", url);
        let root = root_of(url, &frame.site.url);
        context.insert("home", if root.is_empty() { "./" } else { root.as_str() });
        context.insert("root", &root);
        self.tera.render(template, &context).map_err(|error| fail(describe(&error)))
    }
}

/// Escapes for HTML. A character that no HTML document may hold is shown by its picture or, where it has none, as lost.
fn escape(text: &str, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    if !text.chars().any(is_forbidden) {
        return tera::escape_html(text, out);
    }
    let picture = |c: char| match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    };
    let shown: String = text.chars().map(|c| if is_forbidden(c) { picture(c) } else { c }).collect();
    tera::escape_html(&shown, out)
}

/// Controls other than white space, and code points that are no characters.
fn is_forbidden(c: char) -> bool {
    let code = u32::from(c);
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
        || (0xfdd0..=0xfdef).contains(&code)
        || code & 0xfffe == 0xfffe
}

/// The way from a page to the root of the site: `../` for each folder. The 404 page stands for any address, so it starts at the
/// site's own.
fn root_of(url: &str, site: &str) -> String {
    if url == "404.html" {
        return if site.is_empty() { "/".to_owned() } else { site.to_owned() };
    }
    "../".repeat(url.matches('/').count())
}

fn collect(folder: &Dir<'_>, into: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        let path: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
        into.insert(path.join("/"), file.contents().to_vec());
    }
    for inner in folder.dirs() {
        collect(inner, into);
    }
}

/// Reads the regular files of a site's theme. Links, hidden files and anything deeper than a theme can sensibly be are left out.
fn lay_over(root: &Path, folder: &Path, depth: u8, into: &mut BTreeMap<String, Vec<u8>>) -> Result<(), ThemeError> {
    let read = |path: &Path, error| ThemeError::Read(path.to_owned(), error);
    let entries = std::fs::read_dir(folder).map_err(|error| read(folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| read(folder, error))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|error| read(folder, error))?);
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth < 8 {
            lay_over(root, &path, depth + 1, into)?;
        } else if kind.is_file() {
            let bytes = std::fs::read(&path).map_err(|error| read(&path, error))?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            into.insert(parts.join("/"), bytes);
        }
    }
    Ok(())
}

/// `base.css` and its content make `base.1f0c3a7e55.css`.
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    match name.rsplit_once('.') {
        Some((stem, suffix)) => format!("{stem}.{}.{suffix}", &hash[..10]),
        None => format!("{name}.{}", &hash[..10]),
    }
}

fn asset(names: &BTreeMap<String, String>, args: &Kwargs) -> tera::TeraResult<String> {
    let name: String = args.must_get("name")?;
    names.get(&name).cloned().ok_or_else(|| {
        let known: Vec<_> = names.keys().map(String::as_str).collect();
        tera::Error::message(format!("no asset `{name}`; there are {}", known.join(", ")))
    })
}

/// The engine's report: message, template, line, column, the line itself, and the notes on what is available.
fn describe(error: &tera::Error) -> String {
    let text = error.to_string();
    let mut text = text.strip_prefix("error: ").unwrap_or(&text).to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str("\n  because: ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    whitespace::unfolded(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn theme_with(files: &[(&str, &str)]) -> Result<Theme, ThemeError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        Theme::load(&DEFAULT, Some(folder.path()))
    }

    #[test]
    fn one_file_of_a_site_replaces_one_file_of_the_default() {
        let own = theme_with(&[("templates/notfound.html", "<p>{{ page.title }}</p>")]).expect("loads");
        let page = json!({ "title": "<b>没有</b>" });
        let html = own.render("notfound.html", "404.html", &page, &Frame::default()).expect("renders");
        assert_eq!(html, "<p>&lt;b&gt;没有&lt;/b&gt;</p>");
        assert_ne!(own.digest(), Theme::load(&DEFAULT, None).expect("loads").digest());
    }

    #[test]
    fn every_name_is_escaped_whatever_its_ending() {
        let own = theme_with(&[("templates/mark.svg", "<text>{{ page.x }}</text>")]).expect("loads");
        let html = own.render("mark.svg", "x/", &json!({ "x": "<&\">" }), &Frame::default()).expect("renders");
        assert_eq!(html, "<text>&lt;&amp;&quot;&gt;</text>");
    }

    #[test]
    fn what_no_html_may_hold_is_shown_as_what_it_was() {
        let own = theme_with(&[("templates/mark.svg", "<text>{{ page.x }}</text>")]).expect("loads");
        let page = json!({ "x": "铃\u{7}<空\0行\n\t删\u{7f}\u{85}\u{ffff}字" });
        let html = own.render("mark.svg", "x/", &page, &Frame::default()).expect("renders");
        assert_eq!(html, "<text>铃␇&lt;空␀行\n\t删␡\u{fffd}\u{fffd}字</text>");
    }

    #[test]
    fn a_mistake_names_template_line_column_and_what_there_is() {
        let own = theme_with(&[("templates/about.html", "<p>\n  {{ pgae.title }}</p>")]).expect("loads");
        let error = own.render("about.html", "about/", &json!({ "title": "x" }), &Frame::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("about.html:2:"), "{text}");
        assert!(text.contains("page") && text.contains("strings"), "{text}");
        let broken = theme_with(&[("templates/about.html", "{% if %}")]).err().expect("does not parse").to_string();
        assert!(broken.contains("about.html:1:"), "{broken}");
        let missing = own.render("abuot.html", "about/", &json!({}), &Frame::default()).unwrap_err().to_string();
        assert!(missing.contains("report.html"), "{missing}");
    }

    #[test]
    fn the_way_to_the_root_is_relative_except_for_the_lost_page() {
        assert_eq!(root_of("", "https://a.example/b/"), "");
        assert_eq!(root_of("reports/x-2019/", ""), "../../");
        assert_eq!(root_of("404.html", "https://a.example/b/"), "https://a.example/b/");
        assert_eq!(root_of("404.html", ""), "/");
    }
}
