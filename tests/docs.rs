//! What there is, is documented, has an example, and is still so: commands, flags, finding codes, rules, forms, views, exports, the
//! two READMEs, and the published schemas.

use clap::CommandFactory;
use nianbao::export::EXPORTS;
use nianbao::model::diagnostic::CODES;
use nianbao::views::VIEWS;
use nianbao::{cli::Cli, normalize, understand};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&full).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn nianbao(arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// Every Rust file of the program without its tests, with its path.
fn sources() -> Vec<(String, String)> {
    walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "rs") && !entry.path().ends_with("tests.rs"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).expect("source is UTF-8");
            let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
            (entry.path().display().to_string(), text[..end].to_owned())
        })
        .collect()
}

#[test]
fn every_command_has_help_an_example_and_a_place_in_both_readmes() {
    let command = Cli::command();
    for readme in ["README.md", "README.zh.md"] {
        let text = read(readme);
        for sub in command.get_subcommands() {
            let name = sub.get_name();
            let named = [format!("nianbao {name}"), format!("archive {name}")].iter().any(|words| text.contains(words));
            assert!(named, "{readme} does not name `nianbao {name}`");
        }
    }
    for sub in command.get_subcommands() {
        let name = sub.get_name();
        assert!(sub.get_about().is_some_and(|about| about.to_string().len() > 10), "{name} says nothing of itself");
        let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains("Example") && after.contains(&format!("nianbao {name} ")), "{name} has no example");
    }
}

#[test]
fn every_flag_and_argument_has_help() {
    let command = Cli::command();
    for sub in command.get_subcommands().chain([&command]) {
        for argument in sub.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.len() > 5, "{} {}: no help", sub.get_name(), argument.get_id());
            for value in argument.get_possible_values().iter().filter(|_| argument.get_action().takes_values()) {
                let told = help.contains(value.get_name()) || value.get_help().is_some();
                assert!(told, "{} {}: what is {}?", sub.get_name(), argument.get_id(), value.get_name());
            }
        }
    }
}

#[test]
fn help_lists_what_is_built_and_nothing_else() {
    let (_, help) = nianbao(&["--help"]);
    for sub in Cli::command().get_subcommands() {
        let name = sub.get_name();
        assert!(help.contains(&format!("\n  {name} ")), "--help does not list {name}");
        let (works, text) = nianbao(&[name, "--help"]);
        assert!(works && text.contains("Usage: nianbao"), "{name} --help: {text}");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/cmd/{}.rs", name.replace('-', "_")));
        assert!(file.is_file(), "{name} is listed and not there");
    }
}

#[test]
fn every_code_rule_and_form_is_explained_with_an_example() {
    let mut ids = BTreeSet::new();
    for code in CODES {
        assert!(is_id(code.id) && ids.insert(code.id.to_owned()), "{}: not an id, or there twice", code.id);
        for text in [code.title, code.about, code.about_en, code.example] {
            assert!(!text.trim().is_empty(), "{}: something is missing", code.id);
        }
        assert!(code.about.ends_with('。') && code.about_en.ends_with('.'), "{}: whole sentences", code.id);
    }
    for rule in normalize::rules() {
        assert!(is_id(&rule.id) && ids.insert(rule.id.to_string()), "{}: not an id, or there twice", rule.id);
        assert!(!rule.why.is_empty(), "{}: no reason", rule.id);
        assert!(rule.turns.len() >= 3 && rule.leaves.len() >= 3, "{}: three examples of each", rule.id);
    }
    for form in understand::forms().iter() {
        assert!(ids.insert(form.id.to_string()) && !form.title.is_empty() && !form.document.is_empty(), "{}", form.id);
        for table in &form.tables {
            assert!(!table.title.is_empty() && !table.rows.is_empty() && !table.columns.is_empty(), "{}", table.id);
            assert!(table.identities.iter().all(|identity| !identity.say.is_empty()), "{}", table.id);
        }
    }
    for indicator in understand::indicators().iter() {
        assert!(!indicator.about.is_empty() && !indicator.label.is_empty(), "{}", indicator.id);
    }
    for id in ids {
        let (found, story) = nianbao(&["explain", &id]);
        assert!(found && story.contains(id.as_str()) && story.lines().count() > 3, "explain {id}: {story}");
    }
}

#[test]
fn every_code_in_use_is_listed_and_every_listed_code_is_in_use() {
    let listed: BTreeSet<&str> = CODES.iter().map(|code| code.id).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (path, text) in sources() {
        if path.ends_with("codes.rs") {
            continue;
        }
        let made = text.match_indices("Finding::new(").map(|(at, call)| text[at + call.len()..].trim_start());
        for code in made.filter_map(|rest| rest.strip_prefix('"')?.split('"').next()) {
            assert!(listed.contains(code), "{path}: {code} is not in the list of codes");
            used.insert(code.to_owned());
        }
        // Codes also stand in tables and constants.
        used.extend(listed.iter().filter(|id| text.contains(&format!("\"{id}\""))).map(|id| (*id).to_owned()));
    }
    let idle: Vec<_> = listed.iter().filter(|id| !used.contains(**id)).collect();
    assert!(idle.is_empty(), "no part of the program finds {idle:?}");
}

#[test]
fn every_view_and_export_says_what_it_is() {
    let mut ids = BTreeSet::new();
    for view in VIEWS {
        assert!(is_id(view.id) && ids.insert(view.id) && view.about.len() > 8, "{}", view.id);
        let template = format!("themes/default/templates/{}", view.template);
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&template).is_file(), "{template} is not there");
    }
    ids.clear();
    for export in EXPORTS {
        assert!(is_id(export.id) && ids.insert(export.id) && export.about.len() > 8, "{}", export.id);
        for file in (export.files)() {
            assert!(!file.path.starts_with('/') && file.media.contains('/') && !file.about.is_empty(), "{}", file.path);
        }
    }
}

#[test]
fn the_readmes_say_the_same_and_what_they_name_is_there() {
    let (english, chinese) = (read("README.md"), read("README.zh.md"));
    let count = |text: &str, start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    for start in ["# ", "## ", "```", "| ", "- ", "!["] {
        assert_eq!(count(&english, start), count(&chinese, start), "lines that start with {start}");
    }
    let blocks = |text: &str| -> Vec<String> {
        let code = text.split("```").skip(1).step_by(2);
        let uncommented = |block: &str| {
            block.lines().map(|l| l.split(" #").next().unwrap_or("").trim_end().to_owned()).collect::<Vec<_>>()
        };
        code.flat_map(uncommented).collect()
    };
    assert_eq!(blocks(&english), blocks(&chinese), "the commands of the two");
    let makefile = read("Makefile");
    for text in [&english, &chinese, &read("CONTRIBUTING.md")] {
        for (at, word) in text.match_indices("make ").filter(|(at, _)| text[..*at].ends_with(['`', '\n'])) {
            let target: String = text[at + word.len()..].chars().take_while(char::is_ascii_alphabetic).collect();
            assert!(makefile.contains(&format!("\n{target}:")), "the Makefile has no {target}");
        }
        for (at, _) in text.match_indices("](") {
            let link = text[at + 2..].split(')').next().unwrap_or("");
            let picture = link.ends_with(".png");
            let there = link.starts_with("https://") || Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists();
            assert!(there || picture, "{link} is not there");
        }
    }
}

#[test]
fn the_standings_of_the_readmes_are_those_of_the_theme() {
    let strings: toml::Table = read("themes/default/strings.toml").parse().expect("TOML");
    let standings = strings["standing"].as_table().expect("a section");
    assert_eq!(standings.len(), 8);
    for text in [read("README.md"), read("README.zh.md")] {
        for (id, words) in standings {
            let row = format!(
                "| {} {} | `{id}` |",
                words["sign"].as_str().expect("a sign"),
                words["word"].as_str().expect("a word")
            );
            assert!(text.contains(&row), "no row {row}");
        }
    }
}

/// The fields of the contract, by schema and by type (`""` is the root); more may come, none may go.
const FIELDS: &[(&str, &str, &str)] = &[
    (
        "index",
        "",
        "$schema format generator build_id site inputs quarantined ignored agencies years regions indicators findings reports shards",
    ),
    (
        "index",
        "Card",
        "id title agency region year kind published script forms source_path sha256 url json provenance core findings",
    ),
    ("index", "Inputs", "found published quarantined ignored"),
    ("index", "Counts", "error warning note"),
    ("index", "Agency", "id name aliases region reports url"),
    ("index", "Year", "year reports url"),
    ("index", "Quarantined", "path code message"),
    ("index", "Ignored", "path reason"),
    (
        "report",
        "",
        "id url kind title agency year region dates source original lines sections tables figures core edits findings similar previous next",
    ),
    ("report", "AgencyName", "id name aliases"),
    ("report", "Place", "code name province city county"),
    ("report", "Dates", "published signed written period_start period_end"),
    ("report", "Origin", "name url index_number document_number category publisher"),
    ("report", "Original", "path sha256 bytes encoding script provenance"),
    ("report", "Section", "level number title line"),
    ("report", "Table", "form table title lines cells checks"),
    ("report", "Cell", "row column value raw unit standing line by label"),
    ("report", "Check", "identity over left right holds official"),
    ("report", "Figure", "indicator label value raw unit approx scope period subset standing line start end sentence"),
    ("report", "Core", "value unit approx standing from line alternatives"),
    ("report", "Edit", "rule line start end was now sure"),
    ("report", "Finding", "code severity message line"),
];

#[test]
fn the_published_schemas_have_every_field_of_the_contract() {
    let site = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(site.path().join("site.toml"), "").expect("writable");
    std::fs::create_dir(site.path().join("content")).expect("writable");
    let root = site.path().to_string_lossy().into_owned();
    let (works, _) = nianbao(&["--root", &root, "--quiet", "build"]);
    assert!(works, "an empty archive builds");
    for (schema, kind, fields) in FIELDS {
        let path = site.path().join(format!("public/schema/v1/{schema}.json"));
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&path).expect("published")).expect("a schema is JSON");
        assert_eq!(json["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let properties = if kind.is_empty() { &json["properties"] } else { &json["$defs"][kind]["properties"] };
        let there: BTreeSet<&str> = properties
            .as_object()
            .unwrap_or_else(|| {
                panic!(
                    "{schema}: no type {kind}; there are {:?}",
                    json["$defs"].as_object().map(|d| d.keys().collect::<Vec<_>>())
                )
            })
            .keys()
            .map(String::as_str)
            .collect();
        let gone: Vec<_> = fields.split(' ').filter(|field| !there.contains(field)).collect();
        assert!(gone.is_empty(), "{schema} {kind}: {gone:?} are gone; there are {there:?}");
    }
}
