//! `site.toml` to [`Config`]: every key known, every value checked, every mistake shown where it stands.
//!
//! In: the site's root. Out: plain data, or a [`ConfigError`] with file, line, column, an excerpt and the remedy. Must never pass
//! over a key it does not know: a misspelt key that is silently ignored is a site that is silently wrong.

use crate::model::archive::AgencyNote;
use crate::model::source::PrivacyMode;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Name of the file at the site's root.
pub const FILE: &str = "site.toml";

/// What the publisher decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The site's root: the folder `site.toml` stands in.
    pub root: PathBuf,
    /// `site.toml` as read, for messages and for the digest of the build.
    pub text: String,
    /// Title of the archive.
    pub title: String,
    /// One sentence about it.
    pub description: String,
    /// Address it is published at, ending in `/`; empty when unknown.
    pub base_url: String,
    /// BCP 47 language of the pages.
    pub language: String,
    /// Licence of the data, as the publisher names it.
    pub license: String,
    /// Theme: `default`, or a folder under `themes/`.
    pub theme: String,
    /// Content folder, relative to the root.
    pub content: String,
    /// Output folder, relative to the root.
    pub output: String,
    /// `[agencies."NAME"]`: what the publisher knows of agencies, by canonical name.
    pub agencies: BTreeMap<String, AgencyNote>,
    /// `[pages]`: titles of the site's service pages, by slug.
    pub pages: BTreeMap<String, String>,
    /// `[privacy]`.
    pub privacy: Privacy,
    /// `[publish]`.
    pub publish: Publish,
    /// `[normalize]`: rules by id, false switches one off. [`Config::check_normalize`] knows whether they exist.
    pub normalize: BTreeMap<String, bool>,
    /// `[exports]`: exports by id, false switches one off. [`Config::check_exports`] knows whether they exist.
    pub exports: BTreeMap<String, bool>,
}

/// `[privacy]`: what happens to personal data in reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// `mode`.
    pub mode: PrivacyMode,
}

/// `[publish]`: what is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// Minify finished pages; true unless set.
    pub minify: bool,
    /// Publish the originals beside their pages; true unless set.
    pub originals: bool,
}

impl Config {
    /// The defaults for a site at `root`.
    pub fn new(root: &Path) -> Self {
        Config {
            root: root.to_owned(),
            text: String::new(),
            title: "年报档案".into(),
            description: String::new(),
            base_url: String::new(),
            language: "zh-Hans".into(),
            license: String::new(),
            theme: "default".into(),
            content: "content".into(),
            output: "public".into(),
            agencies: BTreeMap::new(),
            pages: BTreeMap::new(),
            privacy: Privacy::default(),
            publish: Publish { minify: true, originals: true },
            normalize: BTreeMap::new(),
            exports: BTreeMap::new(),
        }
    }

    /// Where the content folder stands.
    pub fn content_folder(&self) -> PathBuf {
        self.root.join(&self.content)
    }

    /// Where the output folder stands.
    pub fn output_folder(&self) -> PathBuf {
        self.root.join(&self.output)
    }

    /// Whether every rule named under `[normalize]` exists.
    pub fn check_normalize(&self, rules: &[&str]) -> Result<(), ConfigError> {
        self.check_names("normalize", "rule", rules)
    }

    /// Whether every export named under `[exports]` exists.
    pub fn check_exports(&self, exports: &[&str]) -> Result<(), ConfigError> {
        self.check_names("exports", "export", exports)
    }

    fn check_names(&self, section: &str, what: &str, known: &[&str]) -> Result<(), ConfigError> {
        // Spans are not kept in the plain data; a text that parsed once parses again.
        let Ok(document) = DeTable::parse(&self.text) else { return Ok(()) };
        let mut reader = Reader::default();
        if let Some(table) = document.get_ref().get(section).and_then(|v| v.get_ref().as_table()) {
            for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
                reader.complain(
                    key.span(),
                    format!("unknown {what} `{}`", key.get_ref()),
                    "not known",
                    Some(suggestion(key.get_ref(), known)),
                );
            }
        }
        reader.finish(&self.root.join(FILE), &self.text)
    }
}

/// Reads `site.toml` in `root`.
pub fn load(root: &Path) -> Result<Config, ConfigError> {
    let path = root.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => parse(root, &text),
            Err(_) => Err(ConfigError::whole(&path, "is not UTF-8", "save it as UTF-8")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ConfigError::whole(
            &path,
            "does not exist, so this is not the root of a site",
            "`nianbao init DIR` makes a new site; `--root DIR` names an existing one",
        )),
        Err(error) => Err(ConfigError::whole(&path, &format!("cannot be read: {error}"), "check its permissions")),
    }
}

/// Reads the text of a `site.toml` that stands in `root`.
pub fn parse(root: &Path, text: &str) -> Result<Config, ConfigError> {
    let path = root.join(FILE);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut config = Config::new(root);
    config.text = text.to_owned();
    let mut reader = Reader::default();
    match DeTable::parse(text) {
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let help = syntax_help(text, &span);
            reader.complain(span, error.message().to_owned(), "here", help);
        }
        Ok(document) => reader.site(document.get_ref(), &mut config),
    }
    reader.finish(&path, text)?;
    Ok(config)
}

/// Keys of the top level and of the sections, in the order of the contract.
#[rustfmt::skip]
const TOP: &[&str] = &[
    "title", "description", "base_url", "language", "license", "theme", "content", "output", "agencies", "pages",
    "privacy", "publish", "normalize", "exports",
];
const AGENCY: &[&str] = &["id", "aliases", "region", "successor_of"];
const PRIVACY: &[&str] = &["mode"];
const PUBLISH: &[&str] = &["minify", "originals"];
/// Where a key belongs that stands in the wrong place.
const HOMES: &[(&str, &[&str])] = &[
    ("the top of the file, above the first [section]", TOP),
    ("[agencies.\"NAME\"]", AGENCY),
    ("[privacy]", PRIVACY),
    ("[publish]", PUBLISH),
];

/// Walks the document and gathers what is wrong with it.
#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn complain(&mut self, span: Range<usize>, message: impl Into<String>, label: &str, help: Option<String>) {
        self.problems.push(Problem { span, message: message.into(), label: label.into(), help, line: 0, column: 0 });
    }

    fn finish(mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        if self.problems.is_empty() {
            return Ok(());
        }
        self.problems.sort_by_key(|p| p.span.start);
        for problem in &mut self.problems {
            (problem.line, problem.column) = position(text, problem.span.start);
            problem.span = visible(text, problem.span.clone());
        }
        Err(ConfigError { path: path.to_owned(), text: text.to_owned(), problems: self.problems })
    }

    fn site(&mut self, table: &DeTable, config: &mut Config) {
        self.known(table, TOP, "");
        self.text(table, "title", &mut config.title, Reader::not_blank);
        self.text(table, "description", &mut config.description, |_, _| None);
        self.text(table, "base_url", &mut config.base_url, |_, url| base_url_fault(url));
        if !config.base_url.is_empty() && !config.base_url.ends_with('/') {
            config.base_url.push('/');
        }
        self.text(table, "language", &mut config.language, |_, tag| {
            let plain = !tag.is_empty()
                && tag.split('-').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric()));
            (!plain).then_some("must be a language tag such as \"zh-Hans\"")
        });
        self.text(table, "license", &mut config.license, |_, _| None);
        self.text(table, "theme", &mut config.theme, |_, name| {
            let bad = name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']);
            bad.then_some("must be \"default\" or the name of a folder under themes/")
        });
        self.text(table, "content", &mut config.content, |_, path| folder_fault(path));
        self.text(table, "output", &mut config.output, |_, path| folder_fault(path));
        let (content, output) = (components(&config.content), components(&config.output));
        if let (Some(content), Some(output)) = (content, output)
            && (content.starts_with(&output) || output.starts_with(&content))
        {
            let span = ["output", "content"].iter().find_map(|k| table.get(*k)).map_or(0..0, Spanned::span);
            self.complain(span, "`content` and `output` stand inside each other", "choose another folder", None);
        }
        self.agencies(table, config);
        if let Some(table) = self.section(table, "pages") {
            for (key, value) in table {
                if let Some(title) = self.expect_text(value, key.get_ref(), Reader::not_blank) {
                    config.pages.insert(key.get_ref().to_string(), title);
                }
            }
        }
        if let Some(table) = self.section(table, "privacy") {
            self.known(table, PRIVACY, "privacy");
            let mut mode = String::from("mask");
            self.text(table, "mode", &mut mode, |_, mode| {
                (!["notice", "mask", "refuse"].contains(&mode)).then_some("must be \"notice\", \"mask\" or \"refuse\"")
            });
            config.privacy.mode = match mode.as_str() {
                "notice" => PrivacyMode::Notice,
                "refuse" => PrivacyMode::Refuse,
                _ => PrivacyMode::Mask,
            };
        }
        if let Some(table) = self.section(table, "publish") {
            self.known(table, PUBLISH, "publish");
            for (key, into) in [("minify", &mut config.publish.minify), ("originals", &mut config.publish.originals)] {
                *into = table.get(key).and_then(|value| self.truth(value, key)).unwrap_or(*into);
            }
        }
        config.normalize = self.switches(table, "normalize");
        config.exports = self.switches(table, "exports");
    }

    fn agencies(&mut self, table: &DeTable, config: &mut Config) {
        let Some(table) = self.section(table, "agencies") else { return };
        // A name or an id that two agencies claim would send one agency's reports to the other's page.
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in table {
            let owner = name.get_ref().to_string();
            if owner.trim().is_empty() {
                self.complain(name.span(), "an agency needs a name", "empty", None);
            }
            let Some(entry) = value.get_ref().as_table() else {
                self.wrong_type(value, &owner, "a section [agencies.\"NAME\"] with id, aliases, region, successor_of");
                continue;
            };
            self.known(entry, AGENCY, "agencies");
            let mut note = AgencyNote::default();
            let mut claims = vec![(owner.clone(), name.span())];
            if let Some(value) = entry.get("id") {
                note.id = self.expect_text(value, "id", |_, id| {
                    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                    let good = !id.is_empty() && id.len() <= 80 && id.bytes().all(plain);
                    (!good).then_some("must be lower-case letters, digits and hyphens")
                });
                if let Some(id) = &note.id
                    && let Some(other) = ids.insert(id.clone(), owner.clone())
                {
                    self.complain(value.span(), format!("id `{id}` is also that of {other}"), "taken", None);
                }
            }
            if let Some(value) = entry.get("region") {
                note.region = self.expect_text(value, "region", |_, code| {
                    let good = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
                    (!good).then_some("must be six digits, such as \"320600\"")
                });
            }
            if let Some(value) = entry.get("successor_of") {
                note.successor_of = self.expect_text(value, "successor_of", Reader::not_blank);
            }
            if let Some(value) = entry.get("aliases") {
                match value.get_ref().as_array() {
                    None => self.wrong_type(value, "aliases", "a list of names, such as [\"市府办\"]"),
                    Some(list) => {
                        for item in list {
                            if let Some(alias) = self.expect_text(item, "aliases", Reader::not_blank) {
                                claims.push((alias.clone(), item.span()));
                                note.aliases.push(alias);
                            }
                        }
                    }
                }
            }
            for (claim, span) in claims {
                if let Some(other) = names.insert(claim.clone(), owner.clone())
                    && other != owner
                {
                    self.complain(span, format!("`{claim}` is also a name of {other}"), "taken", None);
                }
            }
            config.agencies.insert(owner, note);
        }
    }

    fn known(&mut self, table: &DeTable, keys: &[&str], section: &str) {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let home = HOMES.iter().find(|(_, keys)| keys.contains(&name.as_ref()));
            let help = match home {
                Some((home, _)) if nearest(name, keys).is_none() => format!("`{name}` belongs in {home}"),
                _ => suggestion(name, keys),
            };
            let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
            self.complain(key.span(), format!("unknown key `{name}`{place}"), "not known", Some(help));
        }
    }

    fn section<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let value = table.get(key)?;
        match value.get_ref().as_table() {
            Some(section) => Some(section),
            None => {
                self.wrong_type(value, key, &format!("a section [{key}]"));
                None
            }
        }
    }

    fn switches(&mut self, table: &DeTable, key: &str) -> BTreeMap<String, bool> {
        let Some(table) = self.section(table, key) else { return BTreeMap::new() };
        table
            .iter()
            .filter_map(|(name, value)| Some((name.get_ref().to_string(), self.truth(value, name.get_ref())?)))
            .collect()
    }

    fn truth(&mut self, value: &Spanned<DeValue>, key: &str) -> Option<bool> {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.wrong_type(value, key, "true or false");
        }
        truth
    }

    fn text(
        &mut self,
        table: &DeTable,
        key: &str,
        into: &mut String,
        fault: impl Fn(&Reader, &str) -> Option<&'static str>,
    ) {
        if let Some(value) = table.get(key)
            && let Some(text) = self.expect_text(value, key, fault)
        {
            *into = text;
        }
    }

    fn expect_text(
        &mut self,
        value: &Spanned<DeValue>,
        key: &str,
        fault: impl Fn(&Reader, &str) -> Option<&'static str>,
    ) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, key, "text in quotation marks");
            return None;
        };
        match fault(self, text.trim()) {
            None => Some(text.trim().to_owned()),
            Some(fault) => {
                self.complain(value.span(), format!("`{key}` {fault}"), "not usable", None);
                None
            }
        }
    }

    fn not_blank(&self, text: &str) -> Option<&'static str> {
        text.is_empty().then_some("must not be empty")
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue>, key: &str, wanted: &str) {
        let got = value.get_ref().type_str();
        let article = if got.starts_with(['a', 'i']) { "an" } else { "a" };
        self.complain(value.span(), format!("`{key}` must be {wanted}"), &format!("this is {article} {got}"), None);
    }
}

/// The known name a typing error away from `name`.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let fold = |s: &str| s.to_lowercase().replace(['-', ' '], "_");
    let name = fold(name);
    let best =
        known.iter().map(|k| (strsim::osa_distance(&name, &fold(k)), *k)).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + name.chars().count() / 4).then_some(best.1)
}

fn suggestion(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    }
}

/// An address for the site from elsewhere than `site.toml`, checked and ending in `/`. The error says what is wrong.
pub fn base_url(url: &str) -> Result<String, &'static str> {
    match base_url_fault(url) {
        Some(fault) => Err(fault),
        None if url.is_empty() || url.ends_with('/') => Ok(url.to_owned()),
        None => Ok(format!("{url}/")),
    }
}

fn base_url_fault(url: &str) -> Option<&'static str> {
    let usual = "must be an address such as \"https://example.org/archive/\", or empty";
    if url.is_empty() {
        return None;
    }
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return Some(usual);
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty()
        || host.starts_with(':')
        || url.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\`{}|^".contains(c))
    {
        return Some(usual);
    }
    if url.contains(['?', '#']) {
        return Some("must not have a `?` or a `#`");
    }
    host.contains('@').then_some("must not have a user name")
}

/// The folder's components with `.` and `..` resolved; `None` when it is absolute or leaves the root.
fn components(path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts)
}

fn folder_fault(path: &str) -> Option<&'static str> {
    if path.contains(|c: char| c.is_control()) {
        return Some("must not have control characters");
    }
    match components(path) {
        None => Some("must be a folder below the site's root"),
        Some(parts) if parts.is_empty() => Some("must not be the site's root itself"),
        Some(_) => None,
    }
}

/// Chinese keyboards make full-width punctuation, which looks right and is not TOML.
fn syntax_help(text: &str, span: &Range<usize>) -> Option<String> {
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |i| i + 1);
    let line = text[start..].lines().next()?;
    line.contains(['“', '”', '‘', '’', '＝', '［', '］', '，', '＂']).then(|| {
        "this line has full-width punctuation; outside quotation marks TOML needs the ASCII signs \" = [ ] ,".to_owned()
    })
}

/// Line and column of a byte, from 1, the column in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The span cut to its first line, and at least one character where there is one.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    let start = (0..=span.start.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |i| start + i);
    let end = span.end.clamp(start, line_end);
    let end = (end..=line_end).find(|i| text.is_char_boundary(*i)).unwrap_or(line_end);
    if end > start {
        return start..end;
    }
    let next = text[start..line_end].chars().next().map_or(start, |c| start + c.len_utf8());
    start..next
}

/// What is wrong with `site.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Its text; empty when it could not be read.
    pub text: String,
    /// What is wrong, in order of place; never empty.
    pub problems: Vec<Problem>,
}

/// One mistake in `site.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// A word or two under the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Line, from 1; 0 when it is about the whole file.
    pub line: usize,
    /// Column in characters, from 1; 0 when it is about the whole file.
    pub column: usize,
    /// Bytes of the text it points at, within one line.
    pub span: Range<usize>,
}

impl ConfigError {
    fn whole(path: &Path, message: &str, help: &str) -> Self {
        let problem = Problem {
            message: format!("{} {message}", path.display()),
            label: String::new(),
            help: Some(help.to_owned()),
            line: 0,
            column: 0,
            span: 0..0,
        };
        ConfigError { path: path.to_owned(), text: String::new(), problems: vec![problem] }
    }

    /// A file the publisher wrote that is not TOML. `help` stands where nothing more is known.
    pub fn syntax(path: &Path, text: &str, span: Range<usize>, message: String, help: &str) -> Self {
        let help = syntax_help(text, &span).unwrap_or_else(|| help.to_owned());
        let mut reader = Reader::default();
        reader.complain(span, message, "here", Some(help));
        reader.finish(path, text).expect_err("it complained")
    }

    /// The error as shown to people, with color where the terminal has it.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let path = self.path.display().to_string();
        let rendered: Vec<String> =
            self.problems
                .iter()
                .map(|problem| {
                    let title = Level::ERROR.primary_title(problem.message.as_str());
                    let mut group = if problem.line == 0 {
                        Group::with_title(title)
                    } else {
                        title.element(Snippet::source(self.text.as_str()).path(path.as_str()).annotation(
                            AnnotationKind::Primary.span(problem.span.clone()).label(problem.label.as_str()),
                        ))
                    };
                    if let Some(help) = &problem.help {
                        group = group.element(Level::HELP.message(help.as_str()));
                    }
                    renderer.render(&[group])
                })
                .collect();
        rendered.join("\n\n")
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        parse(Path::new("site"), text)
    }

    #[track_caller]
    fn fails(text: &str) -> ConfigError {
        read(text).expect_err("must be refused")
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let config = read("").unwrap();
        assert_eq!((config.title.as_str(), config.language.as_str()), ("年报档案", "zh-Hans"));
        assert_eq!((config.content.as_str(), config.output.as_str()), ("content", "public"));
        assert_eq!(config.theme, "default");
        assert_eq!(config.privacy.mode, PrivacyMode::Mask);
        assert!(config.publish.minify && config.publish.originals);
    }

    #[test]
    fn every_key_of_the_contract_is_read() {
        let config = read(
            r#"
            title = "某省年报"
            description = "一句话"
            base_url = "https://example.org/nianbao"
            language = "zh-Hant"
            license = "CC-BY-4.0"
            theme = "plain"
            content = "data/reports"
            output = "out"
            [agencies."甲市人民政府办公室"]
            id = "jia-shi-ban"
            aliases = ["甲市府办", "甲市政府办"]
            region = "320600"
            successor_of = "甲市人民政府法制办公室"
            [pages]
            about = "关于本站"
            [privacy]
            mode = "refuse"
            [publish]
            minify = false
            originals = false
            [normalize]
            pinyin = false
            [exports]
            sqlite = false
            "#,
        )
        .unwrap();
        assert_eq!(config.base_url, "https://example.org/nianbao/");
        let note = &config.agencies["甲市人民政府办公室"];
        assert_eq!(note.aliases, ["甲市府办", "甲市政府办"]);
        assert_eq!(note.region.as_deref(), Some("320600"));
        assert_eq!(config.pages["about"], "关于本站");
        assert_eq!(config.privacy.mode, PrivacyMode::Refuse);
        assert!(!config.publish.minify && !config.publish.originals);
        assert_eq!(config.normalize.get("pinyin"), Some(&false));
        assert_eq!(config.exports.get("sqlite"), Some(&false));
    }

    #[test]
    fn a_misspelt_key_names_the_nearest_one_and_its_place() {
        let error = fails("title = \"某市年报\"\nbaseUrl = \"https://example.org\"\n\n[outpust]\n");
        assert_eq!(error.problems.len(), 2);
        assert_eq!((error.problems[0].line, error.problems[0].column), (2, 1));
        assert_eq!(error.problems[0].help.as_deref(), Some("did you mean `base_url`?"));
        assert_eq!((error.problems[1].line, error.problems[1].column), (4, 2));
        assert_eq!(error.problems[1].help.as_deref(), Some("did you mean `output`?"));
    }

    #[test]
    fn columns_count_characters_and_the_caret_stands_under_chinese_text() {
        let error = fails("agencies.\"甲市水利局\".regoin = \"320600\"\n");
        assert_eq!((error.problems[0].line, error.problems[0].column), (1, 18));
        let shown = error.to_string();
        assert!(shown.contains("site.toml:1:18"), "{shown}");
        // Each Han character is two columns wide: the carets start below `regoin`, 5 columns further right than 18.
        let lines: Vec<&str> = shown.lines().collect();
        let caret = lines.iter().find(|l| l.contains('^')).unwrap();
        let source = lines.iter().find(|l| l.contains("agencies.")).unwrap();
        let bar = source.find("agencies").unwrap();
        assert_eq!(caret.find('^').unwrap() - bar, 17 + 5, "{shown}");
    }

    #[test]
    fn a_key_in_the_wrong_section_is_told_its_home() {
        assert_eq!(fails("minify = true").problems[0].help.as_deref(), Some("`minify` belongs in [publish]"));
        let error = fails("[publish]\nlicense = \"CC0\"");
        assert!(error.problems[0].help.as_deref().unwrap().contains("top of the file"));
    }

    #[test]
    fn a_syntax_error_has_line_column_and_a_remedy_for_full_width_signs() {
        let error = fails("title = \"好\"\nlicense ＝ \"CC0\"\n");
        assert_eq!(error.problems[0].line, 2);
        assert!(error.problems[0].help.as_deref().unwrap().contains("full-width"), "{error}");
        assert_eq!(fails("title = \n").problems[0].line, 1);
        assert_eq!(fails("title = \"a\"\ntitle = \"b\"\n").problems[0].line, 2);
    }

    #[test]
    fn wrong_types_and_values_are_refused_where_they_stand() {
        for (text, line, part) in [
            ("title = 3", 1, "text in quotation marks"),
            ("title = \" \"", 1, "empty"),
            ("base_url = \"ftp://example.org\"", 1, "base_url"),
            ("base_url = \"https://\"", 1, "base_url"),
            ("base_url = \"https://a.org/?x=1\"", 1, "`?`"),
            ("base_url = \"javascript:alert(1)\"", 1, "base_url"),
            ("language = \"\"", 1, "language"),
            ("content = \"../elsewhere\"", 1, "below the site's root"),
            ("output = \"/tmp/out\"", 1, "below the site's root"),
            ("output = \"a/../..\"", 1, "below the site's root"),
            ("output = \".\"", 1, "root itself"),
            ("output = \"content/public\"", 1, "inside each other"),
            ("theme = \"../x\"", 1, "theme"),
            ("agencies = []", 1, "section [agencies]"),
            ("[agencies]\n\"甲\" = 1", 2, "[agencies.\"NAME\"]"),
            ("[agencies.\"甲\"]\nid = \"Jia\"", 2, "lower-case"),
            ("[agencies.\"甲\"]\nregion = 320600", 2, "text in quotation marks"),
            ("[agencies.\"甲\"]\nregion = \"3206\"", 2, "six digits"),
            ("[agencies.\"甲\"]\naliases = \"乙\"", 2, "list of names"),
            ("[agencies.\"乙\"]\naliases = [\"丙\"]\n[agencies.\"甲\"]\naliases = [\"丙\"]", 2, "also a name of"),
            ("[agencies.\"乙\"]\nid = \"x\"\n[agencies.\"甲\"]\nid = \"x\"", 2, "also that of"),
            ("[privacy]\nmode = \"hide\"", 2, "\"mask\""),
            ("[publish]\nminify = \"maybe\"", 2, "true or false"),
            ("[normalize]\nwidth = 0", 2, "true or false"),
            ("[pages]\nabout = false", 2, "text in quotation marks"),
        ] {
            let error = fails(text);
            assert_eq!(error.problems.len(), 1, "{error}");
            assert!(error.problems[0].message.contains(part), "{text}: {error}");
            assert!(error.problems[0].line >= line, "{text}: {error}");
        }
    }

    #[test]
    fn names_of_rules_and_exports_are_checked_by_those_who_know_them() {
        let config = read("[normalize]\npinyn = false\nwidth = true\n[exports]\nsqlite = true\n").unwrap();
        let error = config.check_normalize(&["pinyin", "width"]).unwrap_err();
        assert_eq!((error.problems[0].line, error.problems[0].column), (2, 1));
        assert_eq!(error.problems[0].help.as_deref(), Some("did you mean `pinyin`?"));
        assert_eq!(config.check_exports(&["sqlite", "csv"]), Ok(()));
    }

    #[test]
    fn a_folder_without_site_toml_is_told_how_to_get_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = load(folder.path()).unwrap_err();
        assert!(error.to_string().contains("nianbao init DIR"), "{error}");
        std::fs::write(folder.path().join(FILE), b"title = \"\xb1\xa8\"").unwrap();
        assert!(load(folder.path()).unwrap_err().to_string().contains("UTF-8"));
        std::fs::write(folder.path().join(FILE), "\u{feff}title = \"有标记\"").unwrap();
        assert_eq!(load(folder.path()).unwrap().title, "有标记");
    }

    #[test]
    fn no_text_makes_the_rendering_fail() {
        for text in
            ["", "[", "a", "\"", "a = '''", "年", "年报 = 1", "a = \"年\n报\"", "[a]\n[a]", "a.b = 1\r\na = 2", "\u{0}"]
        {
            if let Err(error) = read(text) {
                assert!(!error.to_string().is_empty());
                assert!(error.problems.iter().all(|p| p.line > 0 && p.column > 0));
            }
        }
    }
}
