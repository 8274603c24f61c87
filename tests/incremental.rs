//! The law of the cache: after any edits, a build from cache equals a clean build byte for byte, whatever the number of threads.

use proptest::prelude::*;
use std::collections::BTreeMap;
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
