//! The real binary in a fresh folder: output, exit code, what is left behind.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const REPORT: &str = "松河市水利局2020年政府信息公开工作年度报告\n来源: 松河市水利局 发布时间:2021-01-20\n\n\
一、总体情况\n2020年，本局主动公开政府信息128条，收到政府信息公开申请7件，全部按期答复。\n";

fn nianbao(root: &Path) -> Command {
    let mut command = Command::cargo_bin("nianbao").expect("the binary is built with the tests");
    command.arg("--root").arg(root).env("NO_COLOR", "1");
    command
}

/// A site with the given content files.
fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    fs::write(root.path().join("site.toml"), "title = \"松河年报\"\nbase_url = \"https://example.org/a/\"\n")
        .expect("writable");
    fs::create_dir(root.path().join("content")).expect("writable");
    for (path, text) in files {
        let path = root.path().join("content").join(path);
        fs::create_dir_all(path.parent().expect("below content")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    root
}

/// Every file below a folder with its bytes.
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

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn fails(command: &mut Command, code: i32, words: &[&str]) {
    let output = command.output().expect("it runs");
    let talk = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{talk}");
    assert!(output.stdout.is_empty(), "stdout is for answers: {}", text(&output.stdout));
    for word in words {
        assert!(talk.contains(word), "{word} is missing in: {talk}");
    }
}

#[test]
fn init_makes_an_archive_that_builds_and_checks_without_errors() {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let root = parent.path().join("档案");
    nianbao(parent.path()).arg("init").arg(&root).assert().success();
    let built = nianbao(&root).arg("build").assert().success();
    let lines = text(&built.get_output().stdout).lines().count();
    assert!((1..=3).contains(&lines), "{lines} lines on stdout");
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(root.join("public/index.json")).expect("written")).expect("JSON");
    assert!(index["inputs"]["published"].as_u64() >= Some(12), "{}", index["inputs"]);
    nianbao(&root).args(["--quiet", "check"]).assert().success();
}

#[test]
fn init_never_writes_into_a_folder_that_is_not_empty() {
    let root = site(&[]);
    let before = tree(root.path());
    fails(nianbao(root.path()).arg("init").arg(root.path()), 2, &["not empty", "help"]);
    assert_eq!(tree(root.path()), before);
}

#[test]
fn a_build_says_what_it_did_and_a_second_one_changes_nothing() {
    let root = site(&[("a.txt", REPORT)]);
    nianbao(root.path()).arg("build").assert().success();
    let first = tree(&root.path().join("public"));
    let second = nianbao(root.path()).arg("build").assert().success();
    assert!(
        text(&second.get_output().stdout).contains(" 0 written, 0 removed"),
        "{}",
        text(&second.get_output().stdout)
    );
    assert_eq!(tree(&root.path().join("public")), first);
    for folder in fs::read_dir(root.path()).expect("readable").flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        assert!(
            ["site.toml", "ids.toml", "content", "public", ".nianbao"].contains(&name.as_str()),
            "left behind: {name}"
        );
    }
}

#[test]
fn quiet_is_quiet() {
    let root = site(&[("a.txt", REPORT), ("b.txt", "")]);
    let output = nianbao(root.path()).args(["--quiet", "build"]).output().expect("it runs");
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn one_bad_report_is_named_and_costs_no_other() {
    let alone = site(&[("a.txt", REPORT)]);
    nianbao(alone.path()).arg("build").assert().success();
    let root = site(&[("a.txt", REPORT), ("b.txt", ""), ("c.txt", "\u{0}\u{1}PNG\u{0}\u{0}\u{2}\u{3}\u{0}")]);
    let built = nianbao(root.path()).arg("build").assert().success();
    let talk = text(&built.get_output().stderr);
    assert!(talk.contains("quarantined[") && talk.contains("b.txt") && talk.contains("c.txt"), "{talk}");
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(root.path().join("public/index.json")).expect("written")).expect("JSON");
    assert_eq!(index["inputs"], serde_json::json!({ "found": 3, "published": 1, "quarantined": 2, "ignored": 0 }));
    let report = |root: &Path| {
        let id = index["reports"][0]["id"].as_str().expect("an id").to_owned();
        fs::read(root.join("public/reports").join(id).join("index.json")).expect("written")
    };
    assert_eq!(report(root.path()), report(alone.path()));
    nianbao(root.path()).args(["build", "--strict"]).assert().code(1);
}

#[test]
fn a_misspelt_key_names_the_nearest_and_its_place() {
    let root = site(&[("a.txt", REPORT)]);
    fs::write(root.path().join("site.toml"), "titel = \"x\"\n").expect("writable");
    fails(nianbao(root.path()).arg("build"), 2, &["site.toml:1:1", "titel", "did you mean `title`"]);
    assert!(!root.path().join("public").exists());
}

#[test]
fn a_misspelt_flag_or_command_names_the_nearest() {
    let root = site(&[]);
    fails(nianbao(root.path()).args(["build", "--ouput", "x"]), 2, &["--output"]);
    fails(nianbao(root.path()).arg("bulid"), 2, &["build"]);
}

#[test]
fn a_root_without_site_toml_says_how_to_make_one() {
    let root = tempfile::tempdir().expect("a temporary folder");
    fails(nianbao(root.path()).arg("build"), 2, &["site.toml", "nianbao init"]);
}

#[test]
fn an_output_that_is_not_ours_is_refused_untouched() {
    let root = site(&[("a.txt", REPORT)]);
    fs::create_dir(root.path().join("public")).expect("writable");
    fs::write(root.path().join("public/thesis.doc"), "years of work").expect("writable");
    let before = tree(root.path());
    fails(nianbao(root.path()).arg("build"), 2, &["not made by nianbao"]);
    fails(nianbao(root.path()).args(["build", "--output"]).arg(root.path()), 2, &["root"]);
    assert_eq!(tree(root.path()), before);
}

#[test]
fn a_broken_theme_leaves_the_published_site_whole() {
    let root = site(&[("a.txt", REPORT)]);
    nianbao(root.path()).arg("build").assert().success();
    let before = tree(&root.path().join("public"));
    let templates = root.path().join("themes/mine/templates");
    fs::create_dir_all(&templates).expect("writable");
    fs::write(templates.join("home.html"), "{% block main %}").expect("writable");
    fs::write(root.path().join("site.toml"), "theme = \"mine\"\n").expect("writable");
    fails(nianbao(root.path()).arg("build"), 2, &["home.html"]);
    fs::write(templates.join("home.html"), "{{ page.nothing_of_the_kind.here }}").expect("writable");
    fails(nianbao(root.path()).arg("build"), 2, &["home.html"]);
    assert_eq!(tree(&root.path().join("public")), before);
}

#[cfg(unix)]
#[test]
fn killing_a_build_at_any_moment_leaves_the_published_site_whole() {
    let root = site(&[("a.txt", REPORT)]);
    nianbao(root.path()).arg("build").assert().success();
    let before = tree(&root.path().join("public"));
    for round in 0..12u64 {
        // Every round changes every page, so that a half-written site would show.
        fs::write(root.path().join("site.toml"), format!("title = \"第{round}版\"\n")).expect("writable");
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .arg("--root")
            .arg(root.path())
            .args(["--quiet", "build"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(5 + round * 23));
        let _ = child.kill();
        let _ = child.wait();
        let now = tree(&root.path().join("public"));
        if now != before {
            let manifest = text(&now["manifest-sha256.txt"]);
            assert_eq!(manifest.lines().count(), now.len() - 1, "round {round}: a site that is neither old nor new");
        }
    }
    fs::write(root.path().join("site.toml"), "title = \"松河年报\"\nbase_url = \"https://example.org/a/\"\n")
        .expect("writable");
    nianbao(root.path()).arg("build").assert().success();
    assert_eq!(tree(&root.path().join("public")), before);
}

#[test]
fn two_builds_at_once_do_not_mix() {
    let root = site(&[("a.txt", REPORT)]);
    let state = root.path().join(".nianbao");
    fs::create_dir(&state).expect("writable");
    let lock = fs::File::create(state.join("lock")).expect("writable");
    lock.lock().expect("this system has locks");
    fails(nianbao(root.path()).arg("build"), 75, &["another build"]);
    drop(lock);
    nianbao(root.path()).arg("build").assert().success();
}

#[test]
fn ids_are_only_ever_added() {
    let root = site(&[("b.txt", REPORT)]);
    nianbao(root.path()).arg("build").assert().success();
    let path = root.path().join("ids.toml");
    let first = format!("{}# a comment of the publisher\n", fs::read_to_string(&path).expect("written"));
    fs::write(&path, &first).expect("writable");
    fs::write(root.path().join("content/a.txt"), REPORT).expect("writable");
    nianbao(root.path()).arg("build").assert().success();
    let second = fs::read_to_string(&path).expect("written");
    assert!(second.starts_with(&first), "{second}");
    assert!(second.len() > first.len());
    fs::remove_file(root.path().join("content/b.txt")).expect("there");
    nianbao(root.path()).arg("build").assert().success();
    assert_eq!(fs::read_to_string(&path).expect("written"), second);
}

#[test]
fn normalize_is_a_filter() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let output = nianbao(root.path())
        .args(["normalize", "-", "--script", "hant", "--format", "json"])
        .write_stdin("依法辦理\n\n")
        .output()
        .expect("it runs");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["lines"], serde_json::json!([{ "no": 1, "text": "依法办理" }, { "no": 2, "text": "" }]));
    assert!(!json["edits"].as_array().expect("a list").is_empty());
    let plain = nianbao(root.path()).args(["normalize"]).write_stdin("依法办理").output().expect("it runs");
    assert_eq!(text(&plain.stdout), "依法办理\n");
    let dirty = nianbao(root.path()).args(["normalize"]).write_stdin("依法办理。。\n“甲").output().expect("it runs");
    assert_eq!(text(&dirty.stdout), "依法办理。\n“甲\n");
    assert_eq!(
        text(&dirty.stderr),
        "line 2: 引号缺少另一侧，位置无法确定，保持原样 [quote-unbalanced]\nedits: doubled-stop 1; --format json lists them\n"
    );
    nianbao(root.path()).args(["normalize", "-"]).write_stdin("").assert().success();
}

#[test]
fn extract_gives_one_line_per_input_in_order_and_failures_are_lines() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let rows = [
        serde_json::json!({ "path": "a.txt", "text": REPORT }).to_string(),
        "not json".into(),
        serde_json::json!({ "path": "b.txt", "bytes_b64": "AAECAwQ=" }).to_string(),
        serde_json::json!({ "path": "c.txt", "text": REPORT }).to_string(),
    ];
    let output = nianbao(root.path()).args(["extract", "-"]).write_stdin(rows.join("\n")).output().expect("it runs");
    assert!(output.status.success());
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["original"]["path"], "a.txt");
    assert_eq!(lines[0]["year"]["value"], 2020);
    assert!(lines[1]["error"].is_string() && lines[2]["error"].is_string());
    assert_eq!(lines[3]["original"]["path"], "c.txt");
}

#[test]
fn explain_knows_codes_rules_forms_lines_and_figures() {
    let root =
        site(&[("a.txt", REPORT), ("b.txt", "建設(shè)領(lǐng)域?qū)徟鷷r(shí)限\n"), ("c.txt", "ÐÐÕþ¸´Òé情况\n")]);
    let story = |what: &[&str]| {
        let output = nianbao(root.path()).arg("explain").args(what).output().expect("it runs");
        assert!(output.status.success(), "{what:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(story(&["row-does-not-add-up"]).contains("一行各项之和"));
    assert!(story(&["2021"]).contains("flow_balance"));
    assert!(story(&["byte-repair"]).contains("\n      (二)进(jìn)一步公开信息\n"));
    assert!(story(&["content/a.txt:5"]).contains("收到政府信息公开申请7件"));
    let bytes = story(&["content/b.txt:1"]);
    assert!(bytes.contains("?=3F q=71 ū=A8B1 )=29 徟=8FC5 鷷=FA95 r=72\n"), "{bytes}");
    assert!(bytes.contains("審=8C8F 批=C5FA 時=9572\n"), "{bytes}");
    let bytes = story(&["content/c.txt:1"]);
    assert!(bytes.contains("Ð=D0 Ð=D0 Õ=D5 þ=FE") && bytes.contains("行=D0D0 政=D5FE"), "{bytes}");
    assert!(story(&["song-he-shi-shui-li-ju-2020", "requests_received"]).contains("= 7"));
    assert!(story(&["shui-li-ju", "requests_received"]).contains("= 7"));
    assert!(story(&["content/a.txt", "requests_received"]).contains("= 7"));
    fails(nianbao(root.path()).args(["explain", "row-does-not-add-upp"]), 2, &["did you mean `row-does-not-add-up`"]);
    fails(nianbao(root.path()).args(["explain", "content/a.txt:900"]), 2, &["lines"]);
    fails(nianbao(root.path()).args(["explain", "no-such-report", "requests.a.b"]), 2, &["no report"]);
}

#[test]
fn check_prints_for_people_json_and_github() {
    let root = site(&[("a.txt", "一、概述\n今年以来，各项工作有序推进。\n")]);
    let run = |format: &str, strict: bool| {
        let mut command = nianbao(root.path());
        command.args(["check", "--format", format]);
        if strict {
            command.arg("--strict");
        }
        command.output().expect("it runs")
    };
    assert!(text(&run("text", false).stdout).contains("[agency-missing]"));
    let rows: serde_json::Value = serde_json::from_slice(&run("json", false).stdout).expect("JSON");
    assert!(rows.as_array().expect("a list").iter().all(|row| row["path"] == "content/a.txt"), "{rows}");
    assert!(text(&run("github", false).stdout).lines().all(|line| line.starts_with("::")));
    assert_eq!(run("text", false).status.code(), Some(0));
    assert_eq!(run("text", true).status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_success() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let many = "依法办理。\n".repeat(200_000);
    let path = root.path().join("long.txt");
    fs::write(&path, many).expect("writable");
    let line = format!(
        "'{}' normalize '{}' | head -n 1; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_nianbao"),
        path.display()
    );
    let output = std::process::Command::new("bash").args(["-c", &line]).output().expect("bash is there");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn the_manifest_is_in_the_form_of_sha256sum() {
    let root = site(&[("a.txt", REPORT)]);
    nianbao(root.path()).arg("build").assert().success();
    let public = root.path().join("public");
    let files = tree(&public);
    let manifest = text(&files["manifest-sha256.txt"]);
    assert_eq!(manifest.lines().count(), files.len() - 1);
    for line in manifest.lines() {
        let (hash, path) = line.split_once("  ").expect("two columns");
        assert_eq!(nianbao::publish::sha256(&files[path]), hash, "{path}");
    }
    assert!(files.keys().all(|path| path.split('/').all(|part| !part.starts_with('.'))), "a dot file was published");
}

/// A made-up identity card with its check digit, a made-up mobile number.
const PERSONAL: &str = "申请人张某（身份证号110101190001010006，手机19900000000）的申请已答复。\n";

#[test]
fn numbers_of_persons_are_masked_in_every_file_of_the_site() {
    let report = format!("{REPORT}{PERSONAL}");
    let wide: Vec<u8> = encoding_rs::GB18030.encode(&report.replace("水利", "教育")).0.into_owned();
    let page =
        format!("<html><body><p>{}</p></body></html>", report.replace("水利", "民政").replace('\n', "</p>\n<p>"));
    let root =
        site(&[("a.txt", report.as_str()), ("c.html", page.as_str()), ("d.md", &report.replace("水利", "财政"))]);
    fs::write(root.path().join("content/b.txt"), &wide).expect("writable");
    fs::write(root.path().join("content/110101190001010006.txt"), REPORT.replace("水利", "交通")).expect("writable");
    fs::write(root.path().join("content/_电话19900000000.txt"), REPORT).expect("writable");
    fs::write(root.path().join("content/a.toml"), "title = \"松河市水利局报告 19900000000\"\n").expect("writable");
    nianbao(root.path()).arg("build").assert().success();
    for (path, bytes) in tree(&root.path().join("public")) {
        let mut unpacked = Vec::new();
        match path.ends_with(".gz") {
            true => drop(std::io::copy(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut unpacked)),
            false if path.ends_with(".bin") => {
                drop(std::io::copy(&mut flate2::read::DeflateDecoder::new(&bytes[..]), &mut unpacked));
            }
            false => {}
        }
        for text in [&bytes, &unpacked] {
            for number in ["110101190001010006", "19900000000"] {
                let shown = text.windows(number.len()).any(|window| window == number.as_bytes());
                assert!(!shown, "{path} shows {number}");
            }
        }
    }
    let published = |file: &str| fs::read(root.path().join("public/reports").join(file)).expect("published");
    let copy = published("song-he-shi-jiao-yu-ju-2020/original.txt");
    assert_eq!(copy.len(), wide.len());
    assert_eq!(copy.iter().zip(&wide).filter(|(now, was)| now != was).count(), 18 + 11, "only the numbers differ");
    let json: serde_json::Value =
        serde_json::from_slice(&published("song-he-shi-jiao-yu-ju-2020/index.json")).expect("JSON");
    let digest = nianbao::publish::sha256(&wide);
    assert_eq!(json["original"]["sha256"], digest, "the checksum stays that of the file as found");
    let checked = nianbao(root.path()).arg("check").output().expect("it runs");
    assert!(!text(&checked.stdout).contains("19900000000"), "{}", text(&checked.stdout));
}

#[test]
fn privacy_is_the_publishers_choice() {
    let report = format!("{REPORT}{PERSONAL}");
    let root = site(&[("a.txt", report.as_str()), ("b.txt", &REPORT.replace("水利", "教育"))]);
    let index = |mode: &str| -> serde_json::Value {
        fs::write(root.path().join("site.toml"), format!("[privacy]\nmode = \"{mode}\"\n")).expect("writable");
        nianbao(root.path()).arg("build").assert().success();
        serde_json::from_slice(&fs::read(root.path().join("public/index.json")).expect("written")).expect("JSON")
    };
    let refused = index("refuse");
    assert_eq!((&refused["inputs"]["published"], &refused["inputs"]["quarantined"]), (&1.into(), &1.into()));
    let why = refused["quarantined"][0].to_string();
    assert!(why.contains("personal-data-refused") && why.contains("mask") && !why.contains("1990000"), "{why}");
    index("notice");
    let shown = root.path().join("public/reports/song-he-shi-shui-li-ju-2020/original.txt");
    assert_eq!(fs::read(&shown).expect("published"), report.as_bytes(), "byte for byte");
    let checked = nianbao(root.path()).arg("check").output().expect("it runs");
    assert!(text(&checked.stdout).contains("warning[personal-data-shown]"), "{}", text(&checked.stdout));
    index("mask");
    assert!(!text(&fs::read(&shown).expect("published")).contains("1990000"));
}

#[test]
fn a_takedown_leaves_nothing_of_the_text_anywhere() {
    let words: Vec<String> = (0..20).map(|n| format!("第{n}处独有的话语{}", n * 7919)).collect();
    let text = format!("松河市教育局2020年政府信息公开工作年度报告\n{}。\n", words.join("。\n"));
    let root = site(&[("a.txt", REPORT), ("b.txt", text.as_str())]);
    let public = root.path().join("public");
    let shows = |word: &str| -> Vec<String> {
        let in_file = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        let mut shown = Vec::new();
        for (path, bytes) in tree(&public) {
            let mut unpacked = Vec::new();
            if path.ends_with(".gz") {
                drop(std::io::copy(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut unpacked));
            }
            if in_file(&bytes) || in_file(&unpacked) {
                shown.push(path);
            }
        }
        shown
    };
    nianbao(root.path()).arg("build").assert().success();
    assert!(shows(&words[3]).len() >= 3, "page, data and original at least: {:?}", shows(&words[3]));
    let register = "[[takedown]]\nreport = \"song-he-shi-jiao-yu-ju-2020\"\nreason = \"应要求\"\nwho = \"编辑部\"\nwhen = 2024-05-01\n";
    fs::write(root.path().join("content/_corrections.toml"), register).expect("writable");
    nianbao(root.path()).arg("build").assert().success();
    for word in words.iter().map(String::as_str).chain(["松河市教育局2020年政府信息公开工作年度报告"])
    {
        assert_eq!(shows(word), Vec::<String>::new(), "{word}");
    }
    let stone = text_of(&public.join("reports/song-he-shi-jiao-yu-ju-2020/index.html"));
    assert!(stone.contains("应要求") && stone.contains("noindex"), "{stone}");
    // The file itself may go, and the order stays.
    fs::remove_file(root.path().join("content/b.txt")).expect("writable");
    nianbao(root.path()).args(["build", "--strict"]).assert().code(0);
    assert!(text_of(&public.join("reports/song-he-shi-jiao-yu-ju-2020/index.html")).contains("应要求"));
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).expect("published")
}

#[test]
fn a_takedown_without_a_reason_is_complained_of_and_carried_out() {
    let root = site(&[("a.txt", REPORT), ("a.toml", "[takedown]\nwho = \"编辑部\"\n")]);
    nianbao(root.path()).arg("build").assert().success();
    let index: serde_json::Value =
        serde_json::from_str(&text_of(&root.path().join("public/index.json"))).expect("JSON");
    assert_eq!(index["inputs"], serde_json::json!({ "found": 1, "published": 0, "quarantined": 0, "ignored": 1 }));
    assert_eq!(index["tombstones"][0]["gone"], "taken_down");
}

#[test]
fn explain_tells_who_corrected_a_figure_and_why() {
    let order = "[[correction]]\nwhat = \"requests_received\"\nvalue = 17\nreason = \"网页漏印\"\nwho = \"编辑部\"\nwhen = 2024-05-01\n";
    let root = site(&[("a.txt", REPORT), ("a.toml", order)]);
    nianbao(root.path()).arg("build").assert().success();
    let story = nianbao(root.path()).args(["explain", "song-he-shi-shui-li-ju-2020", "requests_received"]).output();
    let story = text(&story.expect("it runs").stdout);
    for word in ["= 17", "curated", "7", "网页漏印", "编辑部", "2024-05-01"] {
        assert!(story.contains(word), "{word}: {story}");
    }
}

/// Builds into a folder of its own.
fn published(root: &Path, name: &str, arguments: &[&str]) -> std::path::PathBuf {
    let output = root.join(name);
    nianbao(root).arg("build").arg("--output").arg(&output).args(arguments).assert().success();
    output
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).expect("JSON")
}

#[test]
fn what_an_agency_edits_what_comes_and_what_goes_is_told() {
    let other = REPORT.replace("水利", "教育");
    let root = site(&[("a.txt", REPORT), ("b.txt", &other), ("c.txt", &REPORT.replace("2020", "2019"))]);
    let root = root.path();
    let first = published(root, "first", &[]);
    assert_eq!(json(&first.join("data/changes.json"))["previous"], serde_json::Value::Null);
    // The agency edits, one file goes, one comes, the publisher corrects.
    fs::write(root.join("content/a.txt"), REPORT.replace("128条", "182条")).expect("writable");
    fs::remove_file(root.join("content/c.txt")).expect("writable");
    fs::write(root.join("content/d.txt"), REPORT.replace("2020", "2018")).expect("writable");
    let order = "[[correction]]\nwhat = \"requests_received\"\nvalue = 9\nreason = \"漏印\"\nwho = \"编辑部\"\nwhen = 2024-05-01\n";
    fs::write(root.join("content/b.toml"), order).expect("writable");
    let old = first.to_string_lossy().into_owned();
    let second = published(root, "second", &["--previous", &old, "--date", "2024-05-02"]);
    let changes = json(&second.join("data/changes.json"));
    assert_eq!(changes["date"], "2024-05-02");
    assert_eq!(changes["added"], serde_json::json!(["song-he-shi-shui-li-ju-2018"]));
    assert_eq!(changes["removed"], serde_json::json!(["song-he-shi-shui-li-ju-2019"]));
    let passage = &changes["edited"][0]["passages"][0];
    assert!(passage["removed"][0].as_str().is_some_and(|line| line.contains("128条")), "{passage}");
    assert!(passage["added"][0].as_str().is_some_and(|line| line.contains("182条")), "{passage}");
    let figures: Vec<_> =
        changes["figures"].as_array().expect("a list").iter().map(|f| (f["what"].clone(), f["why"].clone())).collect();
    assert!(figures.contains(&("requests_received".into(), "curation".into())), "{figures:?}");
    assert!(figures.contains(&("proactive_total".into(), "source".into())), "{figures:?}");
    let page = text_of(&second.join("changes/index.html"));
    assert!(page.contains("182条") && page.contains("2024年5月2日"), "{page}");
    assert!(text_of(&second.join("feed.xml")).contains("机关改动了报告"));
    // `diff` says the same of the two folders, and as much as it can of the two indices alone.
    let said = |arguments: &[&str]| {
        let output = nianbao(root).arg("diff").args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let new = second.to_string_lossy().into_owned();
    let told = said(&[&old, &new]);
    for words in
        ["1 report added, 1 removed, 1 edited", "- 2020年", "+ 2020年", "corrected by the publisher", "128 → 182"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let data: serde_json::Value = serde_json::from_str(&said(&["--format", "json", &old, &new])).expect("JSON");
    for part in ["added", "removed", "edited", "figures"] {
        assert_eq!(data[part], changes[part], "{part}");
    }
    fs::create_dir(root.join("alone")).expect("writable");
    fs::copy(first.join("index.json"), root.join("alone/index.json")).expect("writable");
    let alone = said(&[&root.join("alone/index.json").to_string_lossy(), &new]);
    assert!(alone.contains("1 edited") && !alone.contains("@@"), "{alone}");
    // What is published once stays told: the next build carries it on.
    let third = published(root, "third", &["--previous", &new]);
    let later = json(&third.join("data/changes.json"));
    assert_eq!((&later["edited"], &later["earlier"][0]["edited"]), (&serde_json::json!([]), &changes["edited"]));
    for (site, told) in [(&first, false), (&second, true), (&third, true)] {
        assert_eq!(text_of(&site.join("index.html")).contains("公布后改过的报告"), told);
    }
    // And the same input gives the same site.
    let again = published(root, "again", &["--previous", &new, "--jobs", "1", "--clean"]);
    assert!(tree(&third) == tree(&again));
}

#[test]
fn a_text_that_was_edited_away_does_not_bring_back_what_must_not_be_published() {
    let report = format!("{REPORT}{PERSONAL}");
    let root = site(&[("a.txt", report.as_str())]);
    let root = root.path();
    fs::write(root.join("site.toml"), "[privacy]\nmode = \"notice\"\n").expect("writable");
    let first = published(root, "first", &[]);
    fs::write(root.join("site.toml"), "").expect("writable");
    fs::write(root.join("content/a.txt"), format!("{REPORT}另有一句。\n")).expect("writable");
    let second = published(root, "second", &["--previous", &first.to_string_lossy()]);
    let changes = text_of(&second.join("data/changes.json"));
    assert!(
        changes.contains("另有一句") && changes.contains("***********") && !changes.contains("19900000000"),
        "{changes}"
    );
    let order = "[[takedown]]\nreport = \"a.txt\"\nreason = \"应要求\"\nwho = \"编辑部\"\nwhen = 2024-05-01\n";
    fs::write(root.join("content/_corrections.toml"), order).expect("writable");
    let third = published(root, "third", &["--previous", &second.to_string_lossy()]);
    for (path, bytes) in tree(&third) {
        assert!(!text(&bytes).contains("另有一句"), "{path}");
    }
}

#[test]
fn a_folder_that_is_no_publication_cannot_be_compared_with() {
    let root = site(&[("a.txt", REPORT)]);
    fails(nianbao(root.path()).arg("diff").arg(root.path()).arg(root.path()), 2, &["index.json", "help"]);
    fails(nianbao(root.path()).args(["build", "--previous", "nowhere"]), 2, &["nowhere", "help"]);
    let first = published(root.path(), "first", &[]);
    let old = first.to_string_lossy().into_owned();
    fails(nianbao(root.path()).args(["build", "--previous", &old, "--date", "2024-02-30"]), 2, &["2024-02-30"]);
}

/// Sentences of a made-up report, with a number that differs from year to year.
fn duties(year: u16, number: u32) -> String {
    format!(
        "一、总体情况\n{year}年，我局把渠道清淤、堤防加固和旱情会商三件事的进度逐旬贴在各村的公告栏里，村民随时可以查看。\
        全年主动公开政府信息{number}条，其中水雨情信息占去将近一半，工程招标信息次之，其余为许可和处罚的结果。\n\
        我们请灌区管理所把用水计划画成一张图，图上标明轮灌的次序和各支渠的水量，争水的纠纷因此少了许多。\n\
        办公室安排两人轮流接听来电，凡是当天答不上来的问题，都在三天之内由业务科室回话并登记在册。\n"
    )
}

#[test]
fn a_text_taken_over_from_last_year_or_from_elsewhere_is_named_with_its_passages() {
    let head = |agency: &str, year: u16| format!("{agency}{year}年政府信息公开工作年度报告\n\n");
    let stock = "根据《中华人民共和国政府信息公开条例》编制本报告，所列数据的统计期限自1月1日起至12月31日止，如对本报告有疑问，请与本局办公室联系。\n".repeat(4);
    let files = [
        ("a2018.txt", head("松河市水利局", 2018) + &duties(2018, 128)),
        ("a2019.txt", head("松河市水利局", 2019) + &duties(2019, 977)),
        ("b2019.txt", head("云岭县水利局", 2019) + &duties(2019, 41)),
        ("c2019.txt", head("松河市教育局", 2019) + &stock + "我局管理学校三十二所。\n"),
        ("d2019.txt", head("松河市财政局", 2019) + &stock + "我局核对预算八十一份。\n"),
    ];
    let root = site(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>());
    let root = root.path();
    nianbao(root).arg("build").assert().success();
    let report = |id: &str| json(&root.join(format!("public/reports/{id}/index.json")));
    let others = |id: &str| -> Vec<String> {
        let similar = report(id)["similar"].clone();
        similar.as_array().expect("a list").iter().map(|s| s["id"].as_str().expect("an id").to_owned()).collect()
    };
    let codes = |id: &str| -> Vec<String> {
        let findings = report(id)["findings"].clone();
        let all = findings.as_array().expect("a list").iter().filter(|f| f["code"] == "text-copied");
        all.map(|f| f["related"][0].as_str().expect("an id").to_owned()).collect()
    };
    let (old, new, away) =
        ("song-he-shi-shui-li-ju-2018", "song-he-shi-shui-li-ju-2019", "yun-ling-xian-shui-li-ju-2019");
    assert_eq!(others(old).len(), 2, "likeness is told on both");
    assert_eq!(codes(old), Vec::<String>::new(), "who came first took nothing over");
    assert_eq!(codes(new).len(), 2);
    assert_eq!(codes(away).len(), 2);
    let similar = &report(new)["similar"][0];
    assert!(
        similar["share"].as_f64() > Some(0.9) && similar["passages"][0]["lines"][0].as_u64() == Some(4),
        "{similar}"
    );
    for id in ["song-he-shi-jiao-yu-ju-2019", "song-he-shi-cai-zheng-ju-2019"] {
        assert_eq!(others(id), Vec::<String>::new(), "{id}: what all reports say by law is no copy");
    }
    assert!(text_of(&root.join("public/findings/text-copied/index.html")).contains("松河市水利局 2018 年度报告有"));
    // A pair that is no longer alike is forgotten, and a build from cache equals a clean one.
    fs::write(root.join("content/b2019.txt"), head("云岭县水利局", 2019) + "我县水库两座。\n").expect("writable");
    nianbao(root).arg("build").assert().success();
    assert_eq!(others(new), [old]);
    let before = tree(&root.join("public"));
    nianbao(root).args(["build", "--clean", "--jobs", "1"]).assert().success();
    assert!(tree(&root.join("public")) == before);
}

#[test]
fn add_copies_all_or_nothing_and_says_what_a_report_is_and_lacks() {
    let root = site(&[("已有.txt", REPORT)]);
    let outside = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = outside.path().join(name);
        fs::write(&path, text).expect("writable");
        path
    };
    let fresh = file("新.txt", &REPORT.replace("2020", "2021"));
    let nameless = file("无名.md", "办了几件事。\n");
    file("无名.toml", "agency = \"松河市水利局\"\n");
    let pdf = file("扫描.pdf", "%PDF");
    let same = file("又一份.txt", REPORT);
    let other = file("已有.txt", &REPORT.replace("128", "129"));
    fs::write(root.path().join("content/旁.toml"), "year = 2001\n").expect("writable");
    let before = tree(&root.path().join("content"));
    for (bad, words) in [
        (&file("新.md", &REPORT.replace("128", "132")), "two files are called 新"),
        (&file("已有.md", &REPORT.replace("128", "130")), "已有.txt is there already"),
        (&file("旁.txt", &REPORT.replace("128", "131")), "旁.toml is there already"),
        (&pdf, "txt, md, html"),
        (&other, "is there already"),
        (&outside.path().join("没有.txt"), "no such file"),
        (&file("_a.txt", REPORT), "rename"),
        (&file("坏.txt", "\u{0}\u{0}"), "nothing was copied"),
    ] {
        fails(nianbao(root.path()).arg("add").arg(&fresh).arg(bad), 2, &[words, "nothing was copied"]);
        assert_eq!(tree(&root.path().join("content")), before, "{words}");
    }
    let said = nianbao(root.path()).arg("add").args([&fresh, &nameless, &same]).output().expect("it runs");
    let answer = text(&said.stdout);
    assert!(said.status.success(), "{}", text(&said.stderr));
    for words in [
        "the same bytes are already in content/已有.txt",
        "content/新.txt\n  is      an annual report of 松河市水利局 for 2021",
        "lacks   region, source_url; what you know of it goes into 新.toml",
        "another document of 松河市水利局\n  holds   0 statutory tables, 0 figures in prose\n  doubts  title-missing, year-missing\n  lacks   year, region, published",
    ] {
        assert!(answer.contains(words), "{words} is missing in: {answer}");
    }
    let after = tree(&root.path().join("content"));
    assert_eq!(after.len(), before.len() + 3, "two reports and a sidecar: {:?}", after.keys());
    assert_eq!(after["新.txt"], fs::read(&fresh).expect("readable"));
    assert!(after.contains_key("无名.toml"));
}

#[test]
fn deploy_init_writes_a_workflow_once_and_doctor_looks_for_it() {
    let root = site(&[("a.txt", REPORT)]);
    let examined = |code: i32| {
        let output = nianbao(root.path()).arg("doctor").output().expect("it runs");
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let said = examined(0);
    assert!(said.contains("no workflow publishes") && said.contains("nothing is published in public/ yet"), "{said}");
    nianbao(root.path()).args(["deploy-init", "github"]).assert().success();
    let path = root.path().join(".github/workflows/site.yml");
    let said = examined(1);
    assert!(said.contains("does not say where nianbao comes from"), "{said}");
    fails(nianbao(root.path()).args(["deploy-init", "github"]), 2, &["is there already"]);
    fs::remove_file(&path).expect("ours");
    fails(nianbao(root.path()).args(["deploy-init", "github", "--program", "a/b;c"]), 2, &["OWNER/REPOSITORY"]);
    nianbao(root.path()).args(["deploy-init", "github", "--program", "wang/nianbao"]).assert().success();
    let workflow = fs::read_to_string(&path).expect("written");
    assert!(workflow.contains("NIANBAO: wang/nianbao") && workflow.contains("with: { path: public }"));
    assert!(workflow.contains("\"$GITHUB_OUTPUT\"") && !workflow.contains("FOLDER"), "{workflow}");
    nianbao(root.path()).arg("build").assert().success();
    let said = examined(0);
    for words in ["ok       content: 1 report", "of the 1 GB of GitHub Pages", "the largest: ", "site.yml publishes it"]
    {
        assert!(said.contains(words), "{words} is missing in: {said}");
    }
    fs::write(root.path().join("public/.hidden"), "").expect("writable");
    assert!(examined(1).contains(".hidden would not be deployed"));
}
