//! Small sites and what they publish: each folder of `tests/sites/` is a test, named by what holds there.
//!
//! `look.txt` lists what is looked at, one line each: the path of a published file, then what to keep of it: JSON Pointers in JSON,
//! words of the lines that matter in anything else; nothing keeps the whole. `>` before a page takes its `<main>`, a tag a line.
//! A folder `previous/` is the publication before. What was seen stands in `expected/`; `cargo insta review` shows what has changed.

use nianbao::cache::Cache;
use nianbao::pipeline::Project;
use nianbao::previous::Previous;
use nianbao::publish::{Memory, Target};
use nianbao::views::VIEWS;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn sites() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    let mut sites: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("tests/sites is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("site.toml").is_file())
        .collect();
    sites.sort();
    sites
}

fn open(root: &Path) -> Project {
    let mut project = Project::open(root, None).unwrap_or_else(|error| panic!("{}: {error:#}", root.display()));
    let previous = root.join("previous");
    if previous.is_dir() {
        let previous = Previous::open(&previous).expect("a publication");
        project.compare_with(previous, Some("2024-05-02")).expect("a day");
    }
    project
}

/// Builds a site into memory, from nothing.
fn build(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut project = open(root);
    let cache = Arc::new(Cache::in_memory().expect("memory is there"));
    let mut target = Target::Memory(Memory::default());
    let built = project.build(&cache, &mut target, &|_, _, _| {}).expect("content never breaks a build");
    assert_eq!(built.broken, [], "{}: links lead nowhere", root.display());
    let Target::Memory(memory) = target else { unreachable!("made above") };
    memory.files
}

/// A line of `look.txt`.
struct Look {
    path: String,
    main: bool,
    parts: Vec<String>,
}

fn looks(site: &Path) -> Vec<Look> {
    let text = std::fs::read_to_string(site.join("look.txt")).expect("every site says what to look at");
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (main, line) = line.strip_prefix('>').map_or((false, line), |rest| (true, rest));
            let mut words = line.split_whitespace().map(str::to_owned);
            Look { path: words.next().expect("a path"), main, parts: words.collect() }
        })
        .collect()
}

/// What is seen of one published file. The version and the digest of all inputs are left out: they change with the program and theme.
fn seen(look: &Look, bytes: &[u8]) -> String {
    let mut text = String::from_utf8(bytes.to_vec()).expect("what we publish is UTF-8");
    if look.path.ends_with(".json") {
        let mut json: Value = serde_json::from_str(&text).expect("JSON");
        if !look.parts.is_empty() {
            let part = |at: &String| (at.clone(), json.pointer(at).cloned().unwrap_or("nothing is there".into()));
            json = Value::Object(look.parts.iter().map(part).collect::<Map<_, _>>());
        }
        if let Some(object) = json.as_object_mut() {
            object.remove("build_id");
            object.remove("generator");
        }
        return serde_json::to_string_pretty(&json).expect("JSON");
    }
    if look.main {
        let (start, end) = (text.find("<main").expect("a page has a main"), text.rfind("</main>").expect("closed"));
        text = text[start..end + "</main>".len()].replace("><", ">\n<");
    }
    if look.parts.is_empty() {
        return text;
    }
    text.lines().filter(|line| look.parts.iter().any(|part| line.contains(part))).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_site_publishes_what_it_published() {
    let mut failed = Vec::new();
    for site in sites() {
        let run = std::panic::catch_unwind(|| {
            let files = build(&site);
            let mut used = BTreeSet::new();
            for look in looks(&site) {
                let Some(bytes) = files.get(&look.path) else {
                    let near: Vec<_> = files.keys().filter(|p| p.starts_with("reports/")).collect();
                    panic!("{}: {} is not published; of reports there are {near:?}", site.display(), look.path);
                };
                let name = look.path.replace('/', "--");
                used.insert(format!("{name}.snap"));
                let mut settings = insta::Settings::clone_current();
                settings.set_snapshot_path(site.join("expected"));
                settings.set_prepend_module_to_snapshot(false);
                settings.set_omit_expression(true);
                settings.bind(|| insta::assert_snapshot!(name.as_str(), seen(&look, bytes)));
            }
            for entry in std::fs::read_dir(site.join("expected")).expect("every site expects something") {
                let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
                assert!(used.contains(&name) || name.ends_with(".new"), "{}: {name} is not looked at", site.display());
            }
        });
        if run.is_err() {
            failed.push(site.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    assert!(failed.is_empty(), "{} sites differ: {failed:?}", failed.len());
}

#[test]
fn every_view_is_looked_at_once_as_html() {
    let mut views: BTreeMap<&str, Vec<String>> = VIEWS.iter().map(|view| (view.id, Vec::new())).collect();
    for site in sites() {
        let mains: Vec<String> = looks(&site).into_iter().filter(|look| look.main).map(|look| look.path).collect();
        if mains.is_empty() {
            continue;
        }
        let mut project = open(&site);
        let cache = Arc::new(Cache::in_memory().expect("memory is there"));
        let archive = Arc::new(project.gather(&cache, &|_, _, _| {}).expect("content never breaks a build").archive);
        for view in VIEWS {
            for page in (view.pages)(&archive) {
                let path = if page.url.ends_with(".html") { page.url } else { format!("{}index.html", page.url) };
                if mains.contains(&path) {
                    let name = site.file_name().expect("a name").to_string_lossy().into_owned();
                    views.get_mut(view.id).expect("a view").push(format!("{name}/{path}"));
                }
            }
        }
    }
    let odd: Vec<_> = views.iter().filter(|(_, looks)| looks.is_empty()).collect();
    assert!(odd.is_empty(), "no site looks at the <main> of {odd:?}");
}
