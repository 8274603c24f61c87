//! The acceptance cases of normalization, when they are at hand, run through the function itself.

use nianbao::model::source::{Draft, Line, Script};
use nianbao::normalize::{Options, normalize};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

#[path = "normalize/damage.rs"]
mod damage;
#[path = "normalize/law.rs"]
mod law;

use law::{draft, undo};

fn shared(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is not there", path.display());
    }
    text
}

fn options(args: &Value) -> Options {
    Options {
        script: match args["script"].as_str() {
            Some("hans") => Some(Script::Hans),
            Some("hant") => Some(Script::Hant),
            _ => None,
        },
        year: args["year"].as_u64().and_then(|year| u16::try_from(year).ok()),
        ..Options::default()
    }
}

#[test]
fn the_shared_cases_hold() {
    let Some(cases) = shared("cases/normalize.jsonl") else { return };
    let mut wrong = Vec::new();
    let (mut ran, mut repaired, mut left) = (0, 0, 0);
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).expect("a case is JSON");
        let (id, via) = (case["id"].as_str().unwrap_or_default(), case["via"].as_str().unwrap_or_default());
        if via == "extract" || via == "site" {
            continue;
        }
        ran += 1;
        let source = case["document"].as_str().or(case["input"].as_str()).unwrap_or_default();
        let from = case["at"].as_u64().unwrap_or(1) as usize - 1;
        let count = case["input"].as_str().unwrap_or_default().split('\n').count();
        let before = draft(source);
        let done = normalize(before.clone(), &options(&case["args"]));
        assert_eq!(done.lines.len(), before.lines.len(), "{id}");
        for (line, source) in done.lines.iter().zip(&before.lines) {
            assert_eq!(undo(line), source.text, "{id}: the log does not lead back");
        }
        let text: Vec<&str> = done.lines[from..from + count].iter().map(|line| line.text.as_str()).collect();
        let text = text.join("\n");
        let accepted: Vec<&str> = match case["accept"].as_array() {
            Some(list) => list.iter().filter_map(Value::as_str).collect(),
            None => case["expected"].as_str().into_iter().collect(),
        };
        let alone = case["left_alone"]
            .as_str()
            .map(|pattern| regex::Regex::new(&format!("^(?:{pattern})$")).expect("a pattern"));
        let flagged = done
            .found
            .iter()
            .any(|finding| finding.line.is_some_and(|no| (from + 1..=from + count).contains(&(no as usize))));
        if accepted.contains(&text.as_str()) {
            repaired += usize::from(alone.is_some());
        } else if alone.as_ref().is_some_and(|pattern| pattern.is_match(&text)) && flagged {
            left += 1;
        } else {
            wrong.push(format!("{id}: {text:?}, expected {accepted:?} (flagged {flagged})"));
        }
        let mut again = done.clone();
        again.lines = done.lines.iter().map(|line| Line::new(line.no, line.text.clone())).collect();
        let again = normalize(again, &Options { script: None, ..options(&case["args"]) });
        for (line, before) in again.lines.iter().zip(&done.lines) {
            if line.text != before.text {
                wrong.push(format!("{id}: not idempotent: {:?} became {:?}", before.text, line.text));
            }
        }
    }
    eprintln!("{ran} cases, {repaired} uncertain places repaired, {left} left alone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_damaged_report_is_clean_line_by_line() {
    let Some(cases) = shared("cases/normalize_002.jsonl") else { return };
    let Some(source) = shared("seeds/002_8cf2ac9e4574973e.txt") else { return };
    let done = normalize(draft(&source), &Options::default());
    assert_eq!(done.script, Script::Hant);
    for (case, line) in cases.lines().zip(&done.lines) {
        let case: Value = serde_json::from_str(case).expect("a case is JSON");
        assert_eq!(line.text, case["expected"].as_str().unwrap_or_default(), "line {}", line.no);
    }
    let again = normalize(
        Draft {
            lines: done.lines.iter().map(|line| Line::new(line.no, line.text.clone())).collect(),
            ..Draft::default()
        },
        &Options::default(),
    );
    assert!(again.lines.iter().all(|line| line.edits.is_empty()));
}

#[test]
fn simplified_reports_get_no_edit_from_byte_pinyin_and_script_rules() {
    for name in ["000_b303f6709272bbe6", "001_a73333d358a8cdd5", "003_cee6ea4c640e5fe0", "004_687b4b7f304522fd"] {
        let Some(source) = shared(&format!("seeds/{name}.txt")) else { return };
        let done = normalize(draft(&source), &Options::default());
        for edit in done.lines.iter().flat_map(|line| &line.edits) {
            assert!(
                ["space", "doubled-stop", "whole-year", "control", "width"].contains(&edit.rule.as_ref()),
                "{edit:?}"
            );
            eprintln!("{name} {}: {} {:?} -> {:?}", edit.line, edit.rule, edit.was, edit.now);
        }
        for finding in &done.found {
            eprintln!("{name}: {} {:?} {}", finding.code, finding.line, finding.message);
        }
    }
}

/// Sentences in Traditional characters, in documents of a few lines: made of parts, and those of the demonstration archive; or those
/// of the file that `NIANBAO_SENTENCES` names, one a line.
fn documents(random: &mut damage::Random) -> Vec<String> {
    static GIVEN: LazyLock<Option<Vec<String>>> = LazyLock::new(|| {
        let text = fs::read_to_string(std::env::var_os("NIANBAO_SENTENCES")?).expect("NIANBAO_SENTENCES is a text");
        Some(text.lines().map(str::to_owned).collect())
    });
    let excerpt = |all: &[String], random: &mut damage::Random| {
        let from = random.below(all.len() - 14);
        all[from..from + 14].to_vec()
    };
    if let Some(given) = &*GIVEN {
        return excerpt(given, random);
    }
    let rows = include_str!("phrases.tsv").lines().filter(|row| !row.starts_with('#'));
    let parts: Vec<Vec<&str>> = rows.filter_map(|row| Some(row.split('\t').nth(1)?.split(' ').collect())).collect();
    if random.below(2) == 0 {
        let sentence = |random: &mut damage::Random| {
            let words: Vec<&str> = parts.iter().map(|words| words[random.below(words.len())]).collect();
            format!("{}，{}{}{}，{}。", words[0], words[1], words[2], words[3], words[4])
        };
        return (0..14).map(|_| sentence(random)).collect();
    }
    static DEMONSTRATION: LazyLock<Vec<String>> = LazyLock::new(demonstration);
    excerpt(&DEMONSTRATION, random)
}

/// The sentences of the demonstration archive, turned Traditional where a character has one such form only; punctuation full-width, as
/// pages in GBK have it.
fn demonstration() -> Vec<String> {
    let mut forms: BTreeMap<char, Vec<char>> = BTreeMap::new();
    for (traditional, simplified) in damage::pairs() {
        forms.entry(simplified).or_default().push(traditional);
    }
    let turn = |c: char| match forms.get(&c).map(Vec::as_slice) {
        Some([one]) => *one,
        _ if c == '为' => '為',
        _ if "!(),:;".contains(c) => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(|entry| Some(entry.ok()?.into_path()))
        .filter(|path| path.extension().is_some_and(|kind| kind == "txt" || kind == "md"))
        .collect();
    files.sort();
    let mut found = Vec::new();
    for text in files.iter().filter_map(|path| fs::read_to_string(path).ok()) {
        if normalize(draft(&text), &Options::default()).mirror {
            continue;
        }
        for sentence in text.lines().flat_map(|line| line.split_inclusive('。')) {
            let long = (12..90).contains(&sentence.chars().count()) && sentence.ends_with('。');
            let plain = |c: char| !c.is_ascii_lowercase() && !"|*?“”[= ".contains(c) && damage::is_gbk(c);
            if long && sentence.chars().all(plain) {
                found.push(sentence.chars().map(turn).collect());
            }
        }
    }
    found
}

/// Tells for each damaged piece whether it was repaired or left as it was shown; nothing if the text is neither.
fn judge(text: &str, pieces: &[damage::Piece], truth: &[char]) -> Option<Vec<bool>> {
    let Some((piece, rest)) = pieces.split_first() else { return text.is_empty().then(Vec::new) };
    let whole: String = truth[piece.of.clone()].iter().collect();
    let mut ways = vec![(whole.as_str(), true)];
    if piece.damaged {
        ways.push((piece.shown.as_str(), false));
    }
    ways.into_iter().find_map(|(way, repaired)| {
        let mut found = judge(text.strip_prefix(way)?, rest, truth)?;
        if piece.damaged {
            found.push(repaired);
        }
        Some(found)
    })
}

/// `NIANBAO_SPANS=10000` asks for as many damaged spans, 60 otherwise; `NIANBAO_SEED` for others; `NIANBAO_SENTENCES` for another text.
#[test]
fn simulated_damage_is_repaired_or_flagged_and_never_a_third_text() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<usize>().ok());
    let wanted = asked("NIANBAO_SPANS").unwrap_or(60);
    // Rules that are off never work, so that characters can be counted.
    let off: BTreeSet<String> = ["whole-year", "space", "doubled-stop"].map(str::to_owned).into();
    let options = Options { script: Some(Script::Hant), off, ..Options::default() };
    let mut random = damage::Random(asked("NIANBAO_SEED").unwrap_or(7) as u64);
    let (mut spans, mut repaired, mut flagged, mut third) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    while spans < wanted {
        let source = documents(&mut random);
        // A tool's table holds some of the Traditional characters, not all; those whose bytes the real tool hit are always in.
        let (share, salt) = (1 + random.below(5), random.below(1 << 20));
        let used: BTreeSet<char> = source.iter().flat_map(|text| text.chars()).collect();
        let is_key = |c: &char| (*c as usize ^ salt).wrapping_mul(2_654_435_761) / 64 % 6 < share;
        let table = used.into_iter().filter(|c| damage::is_traditional(*c)).filter(is_key);
        let keys = damage::keys(table.chain("驅優執詢聞繩極啟東應學實務區點領財".chars()));
        let clean: Vec<String> = source.iter().map(|text| damage::fold(text)).collect();
        let clean = normalize(draft(&clean.join("\n")), &options);
        let pieces: Vec<Vec<damage::Piece>> =
            (source.iter()).map(|text| damage::break_bytes(text, &keys, damage::is_numbered(text))).collect();
        let shown: Vec<String> =
            pieces.iter().map(|line| line.iter().map(|piece| piece.shown.as_str()).collect()).collect();
        let before = draft(&shown.join("\n"));
        let done = normalize(before.clone(), &options);
        // Where the table met too few characters nobody can tell annotations from content: they stay.
        if !done.found.iter().any(|finding| finding.code == "pinyin-polluted") {
            continue;
        }
        assert_eq!(done.lines.len(), before.lines.len());
        for (line, source) in done.lines.iter().zip(&before.lines) {
            assert_eq!(undo(line), source.text, "the log does not lead back");
            assert!(line.edits.iter().all(|edit| !options.off.contains(edit.rule.as_ref())), "{:?}", line.edits);
        }
        let lines: Vec<&str> = done.lines.iter().map(|line| line.text.as_str()).collect();
        let again = normalize(draft(&lines.join("\n")), &Options { script: None, ..options.clone() });
        for (line, before) in again.lines.iter().zip(&lines) {
            assert_eq!(line.text, *before, "a second run changes it");
        }
        for (at, (line, pieces)) in done.lines.iter().zip(&pieces).enumerate() {
            let truth: Vec<char> = clean.lines[at].text.chars().collect();
            let hurt = pieces.iter().filter(|piece| piece.damaged).count();
            assert_eq!(truth.len(), source[at].chars().count(), "conversion keeps the count of characters");
            if hurt == 0 {
                assert_eq!(line.text, clean.lines[at].text, "an undamaged line");
                continue;
            }
            spans += hurt;
            let whole = judge(&line.text, pieces, &truth);
            let whole = whole.map(|found| found.into_iter().filter(|repaired| *repaired).count());
            let told = done.found.iter().any(|f| f.line == Some(line.no) && f.code == "mojibake-left");
            let text = &clean.lines[at].text;
            match whole {
                None => {
                    third += 1;
                    wrong.push(format!("a third text: {} became {}, was {text}", shown[at], line.text));
                }
                Some(count) if count < hurt && !told => {
                    repaired += count;
                    wrong.push(format!("not flagged: {} became {}, was {text}", shown[at], line.text));
                }
                Some(count) => {
                    repaired += count;
                    flagged += hurt - count;
                }
            }
        }
    }
    let wrong = format!("{} wrong\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("{spans} damaged spans: {repaired} repaired, {flagged} flagged, {third} third texts, {wrong}");
    assert!(repaired + flagged == spans && third == 0, "{wrong}");
    assert!(repaired * 100 >= spans * 75, "{repaired} of {spans}");
}

/// Bytes as a broken page may have them: text in GBK and UTF-8, annotations, traces of damage, anything at all.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let texts = ["機關業務公開", "政务公开", "審批時限", "（二）", "，", "。", "“", "乾縣", "　", "２０１９年"];
    let traces = [
        "(qū)",
        "(shí)",
        "?qū)",
        "?。?)",
        "?。ǘ┻M",
        "&amp;",
        "\n",
        "?",
        "\u{FFFD}",
        "\u{200b}",
        "æ\u{94}¿",
        "\u{2F800}",
    ];
    let known: Vec<Vec<u8>> = (texts.iter().map(|text| gbk(text)))
        .chain(texts.iter().chain(&traces).map(|text| text.as_bytes().to_vec()))
        .collect();
    let piece = prop_oneof![
        6 => proptest::sample::select(known),
        1 => proptest::collection::vec(any::<u8>(), 1..6),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// `PROPTEST_CASES=100000` asks for as many; `fuzz/` holds the same law against what a fuzzer finds.
    #[test]
    fn any_bytes_become_edits_that_lead_back(bytes in bytes(), forced in proptest::option::of(proptest::bool::ANY)) {
        law::holds(&bytes, forced.map(|hant| if hant { Script::Hant } else { Script::Hans }));
    }
}
