//! The rules by their own examples, and the laws every edit keeps.

use super::*;
use crate::model::source::{Edit, Script};
use proptest::prelude::*;

pub(super) fn draft(text: &str) -> Draft {
    let lines = text.split('\n').enumerate().map(|(at, line)| Line::new(at as u32 + 1, line)).collect();
    Draft { lines, ..Draft::default() }
}

pub(super) fn text(draft: &Draft) -> String {
    draft.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The source line, from the text and the log.
pub(super) fn undo(line: &Line) -> String {
    let mut groups: Vec<&[Edit]> = line.edits.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end)).collect();
    for pair in groups.windows(2) {
        assert!(pair[0][0].end <= pair[1][0].start, "{:?}", line.edits);
    }
    // From the front each span stands in the text moved by the edits before it.
    let mut text = line.text.clone();
    let mut moved: isize = 0;
    let mut places = Vec::new();
    for group in &groups {
        places.push((group[0].start as usize).wrapping_add_signed(moved));
        let last = &group[group.len() - 1];
        moved += last.now.len() as isize - (group[0].end - group[0].start) as isize;
    }
    while let (Some(group), Some(at)) = (groups.pop(), places.pop()) {
        for edit in group.iter().rev() {
            assert_eq!(&text[at..at + edit.now.len()], edit.now, "{:?}", line.edits);
            text.replace_range(at..at + edit.now.len(), &edit.was);
        }
    }
    text
}

fn check(source: &str, options: &Options) -> Draft {
    let done = normalize(draft(source), options);
    let lines: Vec<&str> = source.split('\n').collect();
    assert_eq!(done.lines.len(), lines.len());
    for (line, source) in done.lines.iter().zip(lines) {
        assert_eq!(undo(line), source);
    }
    done
}

#[test]
fn every_rule_does_what_its_examples_say() {
    for rule in RULES {
        assert!(rule.turns.len() >= 3 && rule.leaves.len() >= 3, "{}", rule.id);
        for (was, now) in rule.turns {
            let done = check(was, &Options::default());
            assert_eq!(text(&done), *now, "{}", rule.id);
            assert!(
                done.lines.iter().flat_map(|line| &line.edits).any(|edit| edit.rule == rule.id),
                "{}: {was}",
                rule.id
            );
            let again = check(now, &Options::default());
            assert_eq!(text(&again), *now, "{}", rule.id);
            let off = Options { off: [rule.id.to_owned()].into(), ..Options::default() };
            assert!(
                check(was, &off).lines.iter().flat_map(|line| &line.edits).all(|edit| edit.rule != rule.id),
                "{}",
                rule.id
            );
        }
        for leave in rule.leaves {
            for script in [None, Some(Script::Hans)] {
                let done = check(leave, &Options { script, ..Options::default() });
                let touched = done.lines.iter().flat_map(|line| &line.edits).any(|edit| edit.rule == rule.id);
                assert!(!touched, "{}: {leave} became {}", rule.id, text(&done));
            }
        }
    }
}

/// Pieces that the rules look for, clean text, and anything at all.
fn dirty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "政务公开", "信息", "機關", "業務", "隨著", "著名", "乾縣", "乾安縣", "陳昇", "條例", "：", "，", "。", "、", "“", "”", "(", ")", ",", " ", "\t",
            "\u{a0}", "\u{3000}", "?", "?。", "?。?)", "?。ǘ┻M(jìn)", "?qū)徟鷷r(shí)", "領(lǐng)域", "區(qū)", "务(wù)", "(yáo)", "(gong)(gong)",
            "&nbsp;", "&amp;", "&#", "&#x41;", ";", "２", "Ａ", "\u{F9E4}", "㎡", "①", "2016", "11日", "至1231日", "12月31日", "(一)", "(2)", "1.", "一、",
            "09", ":30", "\u{200b}", "\u{feff}", "\u{7}", "\u{e6}\u{94}\u{bf}", "\u{FFFD}", "𠮷", "\u{2F800}", "2016年度报告", "\n", "\n",
        ]).prop_map(str::to_owned),
        1 => "[^\r]{0,6}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_log_leads_back_and_a_second_run_changes_nothing(source in dirty()) {
        let done = check(&source, &Options::default());
        let before = text(&done);
        let again = check(&before, &Options::default());
        prop_assert_eq!(text(&again), before);
    }

    #[test]
    fn a_place_in_the_text_maps_to_its_place_in_the_source(source in dirty()) {
        let done = check(&source, &Options { script: Some(Script::Hant), ..Options::default() });
        for (line, source) in done.lines.iter().zip(source.split('\n')) {
            for (at, c) in line.text.char_indices() {
                let span = line.origin(at, at + c.len_utf8());
                let stretch = source.get(span.start as usize..span.end as usize);
                prop_assert!(stretch.is_some(), "{:?} {:?}", span, line);
                let edited = line.edits.iter().any(|edit| edit.start <= span.start && span.end <= edit.end && edit.start < edit.end);
                prop_assert!(edited || stretch.is_some_and(|s| s.chars().eq([c])), "{at} {span:?} {line:?}");
            }
        }
    }

    #[test]
    fn clean_simplified_text_is_not_touched(mut words in proptest::collection::vec(proptest::sample::select(vec![
        "吉林省松原市乾安县", "联系人:陈昇", "任命李垚(yáo)为副主任", "(GB/T 2260)", "面积50㎡", "①②", "½", "收到来信“何时开通?”", "、", "，", "全年办理128件",
        "《政府信息公开条例》", "2016年1月1日至12月31日", "回覆率100%", "R&D经费", "3.5%", "手机(App)端", "7×24小时",
    ]), 1..30)) {
        words.dedup();
        let source = words.concat();
        let done = check(&source, &Options::default());
        prop_assert!(done.lines.iter().all(|line| line.edits.is_empty()), "{:?}", done.lines);
    }
}

#[test]
fn front_matter_is_left_alone_and_cells_are_cleaned() {
    use crate::model::source::{Grid, GridCell};
    let mut source = draft("title = \"２０１６ \"\n１２条 ");
    source.front = 1;
    source.grids = vec![Grid {
        cells: vec![GridCell { line: 2, text: "１２条".to_owned(), ..GridCell::default() }],
        ..Grid::default()
    }];
    let done = normalize(source, &Options::default());
    assert_eq!(text(&done), "title = \"２０１６ \"\n12条");
    assert_eq!(done.grids[0].cells[0].text, "12条");
}

#[test]
fn broken_bytes_are_restored_at_folded_punctuation_and_two_in_a_row() {
    let cases = [
        ("不斷規(guī)範(fàn)公開內容,?chàng)撔抡畔⒐_形式。", "不断规(guī)范(fàn)公开内容,创新政府信息公开形式。"),
        ("及時公佈財(cái)政?chuài)m?xiàng)資(zī)金使用情況。", "及时公布财(cái)政专项资(zī)金使用情况。"),
    ];
    for (source, wanted) in cases {
        assert_eq!(text(&check(source, &Options::default())), wanted);
    }
    let open = check("產業轉型升級?da)⒖萍紕新、社會保障體系建設。", &Options::default());
    assert!(open.found.iter().any(|finding| finding.code == "mojibake-left"));
}

#[test]
fn half_a_character_of_crossed_bytes_is_flagged_and_never_made_up() {
    let codes = |source: &str| -> Vec<String> {
        check(source, &Options::default()).found.iter().map(|finding| finding.code.to_string()).collect()
    };
    assert_eq!(codes("鏀垮簻淇℃伅\n鐨?"), ["mojibake-left"]);
    // A strict decoder drops other bytes than a lenient one: E5 85 ? may be 公 and 兀.
    assert_eq!(codes("涓诲姩鍏\u{FFFD}寮\u{FFFD}"), ["mojibake-left"]);
    assert!(codes("办事员王姗?答复").is_empty());
}

#[test]
fn what_stays_broken_is_flagged() {
    let codes = |source: &str, year| -> Vec<String> {
        let done = check(source, &Options { year, script: Some(Script::Hans), ..Options::default() });
        assert_eq!(text(&done), source);
        done.found.iter().map(|finding| finding.code.to_string()).collect()
    };
    assert_eq!(codes("(1)网站。\n?。?)微博。\n(4)微信。", None), ["mojibake-left", "number-lost"]);
    assert_eq!(codes("于2016112日召开会议", Some(2016)), ["date-garbled"]);
    assert_eq!(codes("新浪@中国通州”更新", None), ["quote-unbalanced"]);
    assert_eq!(codes("共公开信息\u{FFFD}条", None), ["mojibake-left"]);
    assert!(codes("主动公开201611件，为什么要公开?(一)因为", Some(2016)).is_empty());
}

#[test]
fn paragraphs_of_both_scripts_are_told_apart() {
    let done = check("本报告说明业务开展情况\n本報告說明業務開展情況", &Options::default());
    assert_eq!(done.script, Script::Mixed);
    assert_eq!(text(&done), "本报告说明业务开展情况\n本报告说明业务开展情况");
    assert!(done.lines[0].edits.is_empty());
}
