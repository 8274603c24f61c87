//! The arrows of the house: what may know what. Reads `src/` and fails where a module reaches across.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Nouns: import nothing of ours.
const NOUNS: &[&str] = &["model"];
/// Pure verbs: know nouns, never each other, never the world.
const VERBS: &[&str] = &[
    "read",
    "privacy",
    "normalize",
    "understand",
    "curate",
    "assemble",
    "similarity",
    "changes",
    "views",
    "search",
    "export",
];
/// Edges: know nouns, may touch disk and terminal.
const EDGES: &[&str] = &["source", "theme", "publish", "previous", "cache", "config", "diag", "links"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("src can be read").into_path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        // A module's tests may stand in files of their own; they may do what the program may not.
        .filter(|path| !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests"))
        .map(|path| {
            let below = path.strip_prefix(&root).expect("below src");
            let first = below.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("source is UTF-8");
            (first.trim_end_matches(".rs").to_owned(), path, text)
        })
        .collect()
}

/// The program part of a file: tests may do what the program may not.
fn program(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Top-level modules of ours that a file names after `crate::`.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            for part in group.split('}').next().unwrap_or("").split(',') {
                found.insert(part.trim().split("::").next().unwrap_or("").to_owned());
            }
        } else {
            found.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found
}

fn complain(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn arrows_point_one_way() {
    let mut faults = Vec::new();
    for (module, path, text) in sources() {
        let allowed: Option<Vec<&str>> = if NOUNS.contains(&module.as_str()) {
            Some(vec!["model"])
        } else if VERBS.contains(&module.as_str()) || EDGES.contains(&module.as_str()) {
            Some(vec!["model", module.as_str()])
        } else {
            None
        };
        let Some(allowed) = allowed else { continue };
        for import in imports(&program(&text)) {
            if !allowed.contains(&import.as_str()) {
                faults.push(format!("{}: {module} may not know {import}", path.display()));
            }
        }
    }
    complain(&faults);
}

#[test]
fn the_middle_is_pure() {
    // `normalize/opencc.rs` is the one exception: the converter opens its dictionaries as files.
    let world =
        ["std::fs", "std::env", "std::net", "std::process", "SystemTime", "Instant", "std::io::stdin", "println!"];
    let mut faults = Vec::new();
    for (module, path, text) in sources() {
        let pure = NOUNS.contains(&module.as_str()) || VERBS.contains(&module.as_str());
        if !pure || path.ends_with("normalize/opencc.rs") {
            continue;
        }
        for word in world.iter().filter(|word| program(&text).contains(**word)) {
            faults.push(format!("{}: {word} in a pure module", path.display()));
        }
    }
    complain(&faults);
}

#[test]
fn one_module_knows_the_template_engine_and_the_nouns_know_no_patterns() {
    let mut faults = Vec::new();
    for (module, path, text) in sources() {
        let text = program(&text);
        if module != "theme" && (text.contains("tera::") || text.contains("use tera")) {
            faults.push(format!("{}: tera outside theme", path.display()));
        }
        if module == "model" && text.contains("regex") {
            faults.push(format!("{}: a regular expression in model", path.display()));
        }
    }
    complain(&faults);
}

#[test]
fn nothing_global_changes() {
    let mut faults = Vec::new();
    for (_, path, text) in sources() {
        let text = program(&text);
        for word in ["static mut", "unsafe {", "lazy_static!", "thread_local!"] {
            if text.contains(word) {
                faults.push(format!("{}: {word}", path.display()));
            }
        }
    }
    complain(&faults);
}

#[test]
fn names_say_what_a_module_is() {
    let mut faults = Vec::new();
    for (_, path, text) in sources() {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if ["utils", "util", "helpers", "helper", "common", "manager", "misc"].contains(&stem.as_str()) {
            faults.push(format!("{}: a name that says nothing", path.display()));
        }
        if !text.starts_with("//!") {
            faults.push(format!("{}: no module header", path.display()));
        }
    }
    complain(&faults);
}

#[test]
fn files_stay_readable() {
    // A file that is a table may be long; everything else stays below 600 lines, tests not counted.
    let tables = ["codes.rs", "export/tables.rs"];
    let mut faults = Vec::new();
    for (_, path, text) in sources() {
        let lines = text.find("#[cfg(test)]").map_or(text.as_str(), |end| &text[..end]).lines().count();
        if lines > 600 && !tables.iter().any(|table| path.ends_with(table)) {
            faults.push(format!("{}: {lines} lines", path.display()));
        }
    }
    complain(&faults);
}

#[test]
fn no_unwrap_outside_tests() {
    let mut faults = Vec::new();
    for (_, path, text) in sources() {
        if program(&text).contains(".unwrap()") {
            faults.push(format!("{}: say with expect why it cannot fail", path.display()));
        }
    }
    complain(&faults);
}
