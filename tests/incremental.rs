//! The law of the cache: after any edits, a build from cache equals a clean build byte for byte, whatever the number of threads.

#[path = "bench/generate.rs"]
mod generate;

use generate::{File, Generator};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// One thing that happens to the content folder.
#[derive(Clone, Debug)]
enum Step {
    Write(u8, u8),
    Remove(u8),
    Sidecar(u8, u8),
    Rename(u8, u8),
    Title(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6u8, 0..20u8).prop_map(|(file, text)| Step::Write(file, text)),
        1 => (0..6u8).prop_map(Step::Remove),
        1 => (0..6u8, 0..4u8).prop_map(|(file, text)| Step::Sidecar(file, text)),
        1 => (0..6u8, 0..6u8).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (0..3u8).prop_map(Step::Title),
    ]
}

fn report(seed: u8) -> String {
    let (agency, year) =
        (["松河市水利局", "松河市人民政府", "云岭县教育局"][usize::from(seed % 3)], 2015 + i32::from(seed % 7));
    format!(
        "{agency}{year}年政府信息公开工作年度报告\n\n一、总体情况\n{year}年，本机关主动公开政府信息{}条，收到政府信息公开申请{}件。\n",
        100 + i32::from(seed),
        seed
    )
}

fn apply(root: &Path, step: &Step) {
    let path = |file: u8| root.join(format!("content/{file}.txt"));
    match step {
        Step::Write(file, text) => fs::write(path(*file), report(*text)).expect("writable"),
        Step::Remove(file) => drop(fs::remove_file(path(*file))),
        Step::Sidecar(file, text) => {
            fs::write(path(*file).with_extension("toml"), format!("year = {}\n", 2010 + i32::from(*text)))
                .expect("writable");
        }
        Step::Rename(from, to) => drop(fs::rename(path(*from), path(*to))),
        Step::Title(text) => fs::write(root.join("site.toml"), format!("title = \"第{text}版\"\n")).expect("writable"),
    }
}

fn build(root: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .arg("--root")
        .arg(root)
        .args(["--quiet", "build"])
        .args(arguments)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("readable"))
        })
        .collect()
}

#[track_caller]
fn same(one: &Path, other: &Path) {
    let (one, other) = (tree(one), tree(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(path.starts_with("manifest") || bytes == &other[path], "{path} differs");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_build_from_cache_equals_a_clean_build(rounds in prop::collection::vec(prop::collection::vec(step(), 1..4), 1..5)) {
        let root = tempfile::tempdir().expect("a temporary folder");
        let root = root.path();
        fs::create_dir(root.join("content")).expect("writable");
        apply(root, &Step::Title(0));
        apply(root, &Step::Write(0, 0));
        build(root, &[]);
        for steps in &rounds {
            steps.iter().for_each(|step| apply(root, step));
            build(root, &["--jobs", "3"]);
        }
        // The clean build stands elsewhere, and knows the same ids.
        let fresh = tempfile::tempdir().expect("a temporary folder");
        let fresh = fresh.path();
        fs::create_dir(fresh.join("content")).expect("writable");
        // In another order of creation.
        let mut files: Vec<_> = fs::read_dir(root.join("content")).expect("readable").flatten().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.file_name()));
        for file in files {
            fs::copy(file.path(), fresh.join("content").join(file.file_name())).expect("writable");
        }
        for name in ["site.toml", "ids.toml"] {
            fs::copy(root.join(name), fresh.join(name)).expect("there after a build");
        }
        build(fresh, &["--jobs", "1", "--clean"]);
        same(&root.join("public"), &fresh.join("public"));
    }
}

#[test]
fn clock_locale_and_folder_do_not_matter() {
    let make = |zone: &str, locale: &str| {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(root.path().join("content")).expect("writable");
        apply(root.path(), &Step::Title(1));
        (0..5).for_each(|n| apply(root.path(), &Step::Write(n, n)));
        let status = Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .args(["--quiet", "build", "--root"])
            .arg(root.path())
            .env("TZ", zone)
            .env("LANG", locale)
            .env("LC_ALL", locale)
            .current_dir("/")
            .stdout(std::process::Stdio::null())
            .status()
            .expect("it runs");
        assert!(status.success());
        root
    };
    let (one, other) = (make("UTC", "C"), make("Asia/Shanghai", "zh_CN.GB18030"));
    same(&one.path().join("public"), &other.path().join("public"));
}

#[test]
fn a_build_that_finds_nothing_to_do_still_notices_what_is_no_report() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let root = root.path();
    fs::create_dir(root.join("content")).expect("writable");
    apply(root, &Step::Title(0));
    apply(root, &Step::Write(0, 0));
    build(root, &[]);
    let published = tree(&root.join("public"));
    build(root, &[]);
    assert!(tree(&root.join("public")) == published, "nothing changed");

    // What somebody took out of the published folder comes back.
    fs::remove_file(root.join("public/index.html")).expect("it is there");
    build(root, &[]);
    assert!(tree(&root.join("public")) == published, "the page is back");

    // A file that is refused changes no report, and yet the index counts it.
    fs::write(root.join("content/empty.txt"), "").expect("writable");
    build(root, &[]);
    let index = fs::read_to_string(root.join("public/index.json")).expect("readable");
    let index: serde_json::Value = serde_json::from_str(&index).expect("JSON");
    assert_eq!(index["inputs"]["quarantined"], 1);
    fs::remove_file(root.join("content/empty.txt")).expect("writable");
    build(root, &[]);
    assert!(tree(&root.join("public")) == published, "as before");
}

/// Paths outside `search/` that differ between two sites. The shards of the search index hold many reports each.
fn changed(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = |path: &&&String| before.get(**path) != after.get(**path) && !path.starts_with("search/");
    paths.iter().filter(differ).map(|path| (*path).clone()).collect()
}

/// `NIANBAO_GENERATED=200` tries a larger archive.
#[test]
fn an_edited_report_changes_only_the_files_that_contain_it() {
    let reports = std::env::var("NIANBAO_GENERATED").ok().and_then(|n| n.parse().ok()).unwrap_or(51);
    let root = tempfile::tempdir().expect("a temporary folder");
    let root = root.path();
    fs::write(root.join("site.toml"), "title = \"档案\"\n").expect("writable");
    let generator = Generator::new();
    let mut edited = None;
    for index in 0..reports {
        let File { path, text } = generator.report(index);
        let file = root.join("content").join(&path);
        fs::create_dir_all(file.parent().expect("below content")).expect("writable");
        fs::write(&file, &text).expect("writable");
        let plain = path.ends_with("2022.txt") && text.contains("本机关") && text.contains("行政许可");
        edited = edited.or(plain.then_some((file, text)));
    }
    let (file, text) = edited.expect("one of the reports is what this test is about");
    let site = |text: &str| {
        fs::write(&file, text).expect("writable");
        build(root, &[]);
        tree(&root.join("public"))
    };
    let before = site(&text);

    // What tells of all reports at once: the tables, their descriptions and sums, the index, and what carries the build id.
    let of_all =
        |path: &str| path.starts_with("data/") || ["index.json", "feed.json", "manifest-sha256.txt"].contains(&path);
    let own =
        |paths: BTreeSet<String>| -> BTreeSet<String> { paths.into_iter().filter(|path| !of_all(path)).collect() };
    let sentence = text.replacen("本机关", "本机关又一次", 1);
    let pages = own(changed(&before, &site(&sentence)));
    let id = pages.first().and_then(|path| path.split('/').nth(1)).expect("its page changed").to_owned();
    let agency = id.strip_suffix("-2022").expect("the report of that year").to_owned();
    let twin: serde_json::Value = serde_json::from_slice(&before[&format!("reports/{id}/index.json")]).expect("JSON");
    let region = twin["region"]["value"]["code"].as_str().expect("generated reports say where").to_owned();
    let expected = ["index.html", "index.json", "original.txt"].map(|file| format!("reports/{id}/{file}"));
    assert_eq!(pages, BTreeSet::from(expected), "a sentence");

    // A figure more, and the identities it breaks: whatever shows the figure or the finding, and no page of anybody else.
    let figure = text.replacen("件", "件，收到政府信息公开申请987654件", 1);
    let pages = own(changed(&before, &site(&figure)));
    assert!(pages.contains(&format!("agencies/{agency}/index.html")), "{pages:?}");
    for path in &pages {
        let parts: Vec<&str> = path.split('/').collect();
        let shows_it = match parts.as_slice() {
            // The page of the year after shows the figure of the year before.
            ["reports", report, _] => report.starts_with(&agency),
            ["agencies", other, _] => *other == agency,
            ["years", year, ..] => *year == "2022",
            ["regions", code, _] => {
                [format!("{}0000", &region[..2]), format!("{}00", &region[..4])].contains(&code.to_string())
                    || *code == region
            }
            [folder, ..] => ["indicators", "findings", "index.html", "feed.xml", "sitemap.xml"].contains(folder),
            [] => false,
        };
        assert!(shows_it, "{path} has nothing of {id}");
    }
    // And back: nothing of the edits stays.
    assert!(site(&text) == before);
}
