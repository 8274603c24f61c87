//! Sentences of many hands with the figures they state. `-` is a figure that is no indicator's. After value and unit stand what is
//! not plain: `>` `≥` `≤` `near` `about`, `all` `hosted` `other`, `cum` `part`, `sub`, `solved`.

use super::*;
use crate::model::report::{Cell, Check, Core, CoreFrom};
use crate::model::source::Line;
use crate::model::value::Scope;

const BUREAU: &str = "青禾县教育局";
const COUNTY: &str = "青禾县人民政府";

/// Headings with an ordinal, blank lines and prose, by their shape.
fn stand_in(lines: &[&str]) -> (Draft, Vec<Role>, Vec<Section>) {
    let heading =
        Regex::new(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])([^。；，]{2,40})$").unwrap();
    let (mut roles, mut sections) = (Vec::new(), Vec::new());
    for (index, text) in lines.iter().enumerate() {
        let found = heading.captures(text);
        roles.push(match &found {
            Some(_) => Role::Heading,
            None if text.trim().is_empty() => Role::Blank,
            None => Role::Prose,
        });
        sections.extend(found.map(|found| Section {
            level: if text.starts_with(['（', '(']) { 2 } else { 1 },
            number: String::new(),
            title: found[1].to_string(),
            line: index as u32 + 1,
        }));
    }
    let lines = lines.iter().enumerate().map(|(i, t)| Line::new(i as u32 + 1, *t)).collect();
    (Draft { lines, ..Draft::default() }, roles, sections)
}

fn read(text: &str, agency: Option<&str>, tables: &[Table]) -> Reading {
    let lines: Vec<&str> = text.lines().collect();
    let (draft, roles, sections) = stand_in(&lines);
    let place =
        Place {
            name: "青禾县".into(), city: Some("云川市".into()), county: Some("青禾县".into()), ..Place::default()
        };
    let context = Context { roles: &roles, sections: &sections, year: Some(2021), agency, place: Some(&place), tables };
    read_figures(&draft, &context)
}

fn show(f: &Figure) -> String {
    let mut out = format!("{} {} {}", f.indicator.as_deref().unwrap_or("-"), f.value, f.unit.as_deref().unwrap_or(""));
    let mut flag = |on: bool, name: &str| {
        if on {
            out.push(' ');
            out.push_str(name);
        }
    };
    flag(f.approx == Approx::MoreThan, ">");
    flag(f.approx == Approx::AtLeast, "≥");
    flag(f.approx == Approx::AtMost, "≤");
    flag(f.approx == Approx::Nearly, "near");
    flag(f.approx == Approx::About, "about");
    flag(f.scope == Scope::Aggregate, "all");
    flag(f.scope == Scope::Hosted, "hosted");
    flag(f.scope == Scope::Other, "other");
    flag(f.period == Period::Cumulative, "cum");
    flag(f.period == Period::PartYear, "part");
    flag(f.subset, "sub");
    flag(f.standing == Standing::Solved, "solved");
    out
}

fn check(agency: &str, cases: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (sentence, expected) in cases {
        let found: Vec<String> = read(sentence, Some(agency), &[]).figures.iter().map(show).collect();
        if found != *expected {
            wrong.push(format!("{sentence}\n   found  {found:?}\n   wanted {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_core_is_read_from_the_wordings_of_other_places() {
    check(
        BUREAU,
        &[
            ("截至12月31日，我局门户网站公开政府信息432条。", &["proactive_website 432 条"]),
            ("截至12月底，共主动公开各类政府信息1,024条。", &["proactive_total 1024 条"]),
            ("截止年底，全局共受理政府信息公开申请9件。", &["requests_received 9 件"]),
            ("截至11月底，主动公开政府信息900条。", &["proactive_total 900 条 cum"]),
            ("截至12月31日，网站累计公开政府信息12043条。", &["proactive_website 12043 条 cum"]),
            ("自开通以来截至12月31日，公众号共发布信息3044条。", &["proactive_wechat 3044 条 cum"]),
            (
                "全年公开机构职能类信息12条，政策法规类信息84条，业务动态类信息410条，总计506条。",
                &["- 12 条 sub", "- 84 条 sub", "- 410 条 sub", "proactive_total 506 条"],
            ),
            (
                "主动公开政府信息的情况：概况类信息31条、人事类信息6条、财政类信息13条，合计50条。",
                &["- 31 条 sub", "- 6 条 sub", "- 13 条 sub", "proactive_total 50 条"],
            ),
            (
                "共收到政府信息公开申请88件，按时办结86件，延期办结2件。",
                &["requests_received 88 件", "- 86 件", "requests_answered 88 件 solved", "- 2 件"],
            ),
            (
                "受理申请40件，已办结38件，其中按时办结37件、延期办结1件。",
                &["requests_received 40 件", "requests_answered 38 件", "- 37 件 sub", "- 1 件 sub"],
            ),
            ("按时办结率100%，按时办结事项3,400件。", &["- 100 %", "- 3400 件"]),
            ("办理依申请公开56件，较上年减少8件，均在法定期限内答复申请人。", &["requests_answered 56 件"]),
            (
                "全年共收到依申请公开政府信息申请17件（网络申请15件，信函申请2件），均按时办结，无结转下年。",
                &[
                    "requests_received 17 件",
                    "received_online 15 件",
                    "received_letter 2 件",
                    "requests_answered 17 件 solved",
                    "carried_out 0 件",
                ],
            ),
            (
                "申请数量中，自然人申请19件，法人申请4件，总计23件。",
                &["- 19 件 sub", "- 4 件 sub", "requests_received 23 件"],
            ),
            (
                "全年办理信息公开申请12件，其中予以公开7件，部分公开2件，不予公开1件，无法提供2件。",
                &[
                    "requests_answered 12 件",
                    "granted 7 件 sub",
                    "partially_granted 2 件 sub",
                    "denied_total 1 件 sub",
                    "unavailable_total 2 件 sub",
                ],
            ),
            (
                "答复结果为：予以公开11件，部分公开3件，不予公开0件，本机关不掌握相关政府信息4件，其他处理1件。",
                &["granted 11 件", "partially_granted 3 件", "denied_total 0 件", "- 4 件", "other_total 1 件"],
            ),
            (
                "因政府信息公开被申请行政复议3件，其中维持2件、纠正1件；被提起行政诉讼1件，尚未审结。",
                &["review_total 3 件", "- 2 件 sub", "- 1 件 sub", "litigation_total 1 件"],
            ),
            ("全年未发生因政府信息公开引起的行政复议和行政诉讼案件。", &["review_total 0 件", "litigation_total 0 件"]),
            ("2021年度我局行政复议0件，行政诉讼0件。", &["review_total 0 件", "litigation_total 0 件"]),
            ("本年度没有收到公民、法人或者其他组织提出的政府信息公开申请。", &["requests_received 0 件"]),
            ("2021年，我局共收到0件政府信息公开申请。", &["requests_received 0 件"]),
            ("依申请公开方面，2021年收到申请3件，2020年收到申请5件。", &["requests_received 3 件"]),
            (
                "新制定行政规范性文件2件，废止5件，现行有效21件。",
                &["normative_documents_issued 2 件", "- 5 件", "- 21 件"],
            ),
            ("全年公开发布行政规范性文件4份，同步发布解读材料4份。", &["- 4 份", "policy_interpretations 4 份"]),
            (
                "信息公开工作人员专职1人、兼职12人，全年举办培训班2期、培训96人次。",
                &["staff_full_time 1 人", "staff_part_time 12 人", "trainings 2 期", "trainees 96 人次"],
            ),
            ("全年没有收取检索、复制、邮寄等费用，也无减免情况。", &["fees_collected 0 元", "fees_waived 0 元"]),
            (
                "政务微信发布信息289条（次），微博发布131条（次）。",
                &["proactive_wechat 289 条次", "proactive_weibo 131 条次"],
            ),
            ("通过政府网站主动公开政府信息五百六十二条。", &["proactive_website 562 条"]),
            ("主动公开信息总量达到1.26万条，同比增长12.3%。", &["proactive_total 12600 条", "- 12.3 %"]),
            ("（一）主动公开。全年主动公开政府信息共计 3 218 条。", &["proactive_total 3218 条"]),
            ("全县各部门主动公开政府信息2.3万余条，我局公开411条。", &["proactive_total 23000 条 > all", "- 411 条"]),
            ("下一步，我局将主动公开政府信息不少于500条。", &[]),
            ("按照要求，每周公开政府信息不少于3条。", &[]),
            (
                "县财政局收到政府信息公开申请6件，我局收到4件。",
                &["requests_received 6 件 other", "requests_received 4 件"],
            ),
            ("收到12345热线转办工单211件，办结209件。", &["- 211 件", "- 209 件"]),
            (
                "收到信息公开申请２件（当面1件、信函1件），已全部答复，未收费。",
                &[
                    "requests_received 2 件",
                    "received_in_person 1 件",
                    "received_letter 1 件",
                    "requests_answered 2 件 solved",
                    "fees_collected 0 元",
                ],
            ),
            ("截至2021年12月31日，本机关主动公开政府信息87条。", &["proactive_total 87 条"]),
            ("截至2021年底，共累计制发规范性文件61件。", &["- 61 件 cum"]),
            ("截至2020年底，主动公开政府信息700条。", &[]),
            ("截至12月31日，平台关注人数达3.2万人。", &["- 32000 人"]),
            ("答复申请26件，按时办结25件，延期办结1件。", &["requests_answered 26 件", "- 25 件", "- 1 件"]),
            ("处理市长信箱来信，按时办结31件，延期办结2件。", &["- 31 件", "- 2 件"]),
            ("窗口共受理事项1204件，办结1198件，办结率99.5%。", &["- 1204 件", "- 1198 件", "- 99.5 %"]),
            ("县长信箱收到来信73封，答复73件。", &["- 73 封", "- 73 件"]),
            ("办理人大建议8件，办结8件。", &["- 8 件", "- 8 件"]),
            ("通过网站公开政策类信息20条，动态类信息300条，共320条。", &["- 20 条 sub", "- 300 条 sub", "- 320 条"]),
            (
                "收到复议申请2件，诉讼申请1件，共3件。",
                &["review_total 2 件 sub", "litigation_total 1 件 sub", "- 3 件"],
            ),
            ("公开招聘信息9条，采购信息14条，共计23条。", &["- 9 条 sub", "- 14 条 sub", "- 23 条"]),
            ("发布疫情信息211条，辟谣信息4条，共计215条。", &["- 211 条 sub", "- 4 条 sub", "- 215 条"]),
            ("收到低保申请5件，救助申请3件，共8件。", &["- 5 件 sub", "- 3 件 sub", "- 8 件"]),
            (
                "公民申请3件，法人申请1件，其他组织申请1件，共计5件。",
                &["- 3 件 sub", "- 1 件 sub", "- 1 件 sub", "requests_received 5 件"],
            ),
            (
                "办理政府信息公开申请14件，其中13件按期答复，1件结转下年度办理。",
                &["requests_received 14 件", "requests_answered 13 件 sub", "carried_out 1 件 sub"],
            ),
        ],
    );
}

#[test]
fn indicators_are_read_from_many_wordings() {
    check(
        BUREAU,
        &[
            ("2021年，我局主动公开政府信息1,204条。", &["proactive_total 1204 条"]),
            (
                "全年共发布政府信息８６条，其中在局门户网站公开62条。",
                &["proactive_total 86 条", "proactive_website 62 条 sub"],
            ),
            (
                "通过门户网站发布各类信息1530条，政务微信推送文章418篇，更新微博97条。",
                &["proactive_website 1530 条", "proactive_wechat 418 篇", "proactive_weibo 97 条"],
            ),
            ("“青禾教育”微信公众号全年发布信息365条。", &["proactive_wechat 365 条"]),
            ("官方微博、微信公众号共发布信息820条。", &["proactive_weibo_wechat 820 条"]),
            ("全年通过网站、微信、公告栏等多种渠道主动公开政府信息512条。", &["proactive_total 512 条"]),
            ("制发规范性文件3件，全部上网公开。", &["normative_documents_issued 3 件"]),
            ("发布政策解读稿件14篇，其中图解6篇。", &["policy_interpretations 14 篇", "- 6 篇 sub"]),
            ("参加县政府新闻办组织的活动并召开新闻发布会两次。", &["press_conferences 2 次"]),
            ("组织在线访谈4期，回应网民提问75个。", &["web_interviews 4 期", "- 75 个"]),
            (
                "共收到政府信息公开申请21件，其中当面申请3件、网络申请12件、信函申请6件。",
                &[
                    "requests_received 21 件",
                    "received_in_person 3 件 sub",
                    "received_online 12 件 sub",
                    "received_letter 6 件 sub",
                ],
            ),
            (
                "受理依申请公开事项9件，已答复8件，1件结转下年度继续办理。",
                &["requests_received 9 件", "requests_answered 8 件", "carried_out 1 件"],
            ),
            (
                "全年收到书面申请2件、网上申请1件，共计3件。",
                &["- 2 件 sub", "received_online 1 件 sub", "requests_received 3 件"],
            ),
            (
                "共收到政府信息公开申请26件，其中上年结转2件。",
                &["- 26 件", "requests_received 24 件 solved", "carried_in 2 件 sub"],
            ),
            (
                "收到政府信息公开申请7件，予以公开6件，结转2022年办理1件。",
                &["requests_received 7 件", "granted 6 件", "carried_out 1 件"],
            ),
            (
                "收到政府信息公开申请7件，予以公开6件，结转1件至2022年。",
                &["requests_received 7 件", "granted 6 件", "carried_out 1 件"],
            ),
            ("新收申请6件，加上2020年结转的1件，共7件。", &["requests_received 6 件", "carried_in 1 件", "- 7 件"]),
            ("收到政府信息公开申请一件，已答复。", &["requests_received 1 件", "requests_answered 1 件 solved"]),
            ("县教体局收到政府信息公开申请4件。", &["requests_received 4 件 other"]),
            ("县教局收到政府信息公开申请4件。", &["requests_received 4 件 other"]),
            (
                "收到申请5件，其中当面申请2件，网络3件。",
                &["requests_received 5 件", "received_in_person 2 件 sub", "received_online 3 件 sub"],
            ),
            ("通过各种渠道公开政府信息1048条。", &["proactive_total 1048 条"]),
            ("行政复议、行政诉讼案件分别为3件和2件。", &["review_total 3 件", "litigation_total 2 件"]),
            (
                "予以公开、部分公开和不予公开的申请分别是7件、1件、4件。",
                &["granted 7 件", "partially_granted 1 件", "denied_total 4 件"],
            ),
            ("门户网站和政务微博分别发布信息512条、88条。", &["proactive_website 512 条", "proactive_weibo 88 条"]),
            ("2020年和2021年分别收到信息公开申请5件、8件。", &["requests_received 8 件"]),
            ("行政复议、行政诉讼、投诉举报分别为3件、2件。", &["- 3 件", "- 2 件"]),
            (
                "我局充分运用公众号、公示栏等平台主动公开相关事项，其中微信公众号发布政务动态85条。",
                &["proactive_wechat 85 条"],
            ),
            (
                "全年主动公开政府信息\n5928\n条，全文电子化率达\n90.3%\n，全部上网。",
                &["proactive_total 5928 条", "- 90.3 %"],
            ),
            ("收到政府信息公开申请0件，同上年相比，增加（减少）0条。", &["requests_received 0 件"]),
            (
                "2021年共制作、获取政府信息614条，其中主动公开29条，不予公开583条；受理政府信息公开申请2条。",
                &["- 614 条", "- 29 条 sub", "- 583 条 sub", "requests_received 2 条"],
            ),
            (
                "共受理政府信息公开申请27件，除1件尚在答复状态中，其余26件全部处理完毕。",
                &["requests_received 27 件", "- 1 件", "- 26 件"],
            ),
            (
                "我局增强新媒体的作用，共发布微博150余篇、微信147余篇。",
                &["proactive_weibo 150 篇 >", "proactive_wechat 147 篇 >"],
            ),
            (
                "答复办理提案议案共7件，其中答复人大代表建议5件，答复政协委员提案2件。",
                &["- 7 件", "- 5 件 sub", "proposals_answered 7 件 solved", "- 2 件 sub"],
            ),
            ("公开行政事业性收费1项，公开费用总额为4.043万元。", &["- 1 项", "- 40430 元"]),
            (
                "2021年，截至12月31日，新增主动公开政府信息311条，累计主动公开政府信息达3174条。",
                &["proactive_total 311 条", "proactive_total 3174 条 cum"],
            ),
            (
                "全年受理依申请信息公开21件，全部在规定时间内办结。",
                &["requests_received 21 件", "requests_answered 21 件 solved"],
            ),
            ("收到行政复议1件，维持1件，尚未办结0件。", &["review_total 1 件", "- 1 件", "- 0 件"]),
            ("日均接待上门群众和咨询电话7人次，全年1700余人次。", &["- 7 人次", "- 1700 人次 >"]),
            ("收到网上申请80件，信函或传真申请46件。", &["received_online 80 件", "- 46 件"]),
            (
                "累计主动公开政府信息26548条，其中2021年新增主动公开信息5872条。",
                &["proactive_total 26548 条 cum", "proactive_total 5872 条"],
            ),
            (
                "2021年新收政府信息公开申请2件，上年度未结转，已办结1件。",
                &["requests_received 2 件", "requests_answered 1 件"],
            ),
            ("按规定收取工本费，合计金额0.0038万元。", &["fees_collected 38 元"]),
            ("上年结转2件，本年新收政府信息公开申请17件。", &["carried_in 2 件", "requests_received 17 件"]),
            ("我局收到5件政府信息公开申请。", &["requests_received 5 件"]),
            ("收到依申请公开十二件。", &["requests_received 12 件"]),
            (
                "予以公开7件，部分公开2件，不予公开1件，无法提供4件，不予处理1件，其他处理2件。",
                &[
                    "granted 7 件",
                    "partially_granted 2 件",
                    "denied_total 1 件",
                    "unavailable_total 4 件",
                    "not_processed_total 1 件",
                    "other_total 2 件",
                ],
            ),
            ("因政府信息公开被申请行政复议3件、提起行政诉讼1件。", &["review_total 3 件", "litigation_total 1 件"]),
            ("发生行政复议案件2起，行政诉讼案件0起。", &["review_total 2 起", "litigation_total 0 起"]),
            ("收到政府信息公开方面的举报2件。", &["complaints 2 件"]),
            ("全年收取信息处理费1250元。", &["fees_collected 1250 元"]),
            ("落实政府信息公开专项经费3.5万元。", &["budget 35000 元"]),
            (
                "配备政府信息公开工作人员5名，其中专职2名、兼职3名。",
                &["staff_total 5 名", "staff_full_time 2 名 sub", "staff_part_time 3 名 sub"],
            ),
            (
                "设立信息公开查阅点2个，全年接待查阅群众160人次。",
                &["reading_points 2 个", "reading_room_visits 160 人次"],
            ),
            ("举办政务公开业务培训班3期，培训人员210人次。", &["trainings 3 期", "trainees 210 人次"]),
            ("召开政务公开工作会议4次。", &["meetings 4 次"]),
            ("办理人大代表建议18件、政协提案22件。", &["- 18 件", "proposals_answered 40 件 solved", "- 22 件"]),
            (
                "接受现场咨询320人次，电话咨询1100余次。",
                &["consultations_visits 320 人次", "consultations_phone 1100 次 >"],
            ),
            ("信息公开专栏访问量达12.6万人次。", &["website_visits 126000 人次"]),
            ("窗口办件4.2万件。", &["service_hall_cases 42000 件"]),
            ("《青禾县人民政府公报》全年刊登文件96件。", &["proactive_gazette 96 件"]),
        ],
    );
}

#[test]
fn figures_that_are_no_indicator_are_kept_without_one() {
    check(
        BUREAU,
        &[
            ("全县38所学校完成公示栏改造，惠及师生2.1万人。", &["- 38 所 all", "- 21000 人 all"]),
            ("群众满意率达98.6%。", &["- 98.6 %"]),
            ("公开率百分之百的事项占百分之八十五。", &["- 100 %", "- 85 %"]),
            ("平均办理时限压缩3个工作日以上。", &["- 3 个工作日 ≥"]),
            ("官方账号日均点击量为861次。", &["- 861 次"]),
            ("近千名家长参加开放日。", &["- 1000 名 near"]),
            ("发放宣传册万余本。", &["- 10000 本 >"]),
            ("直播吸引53万网友观看。", &["- 530000 网友"]),
            ("清理沉睡账号135个，关停率68%。", &["- 135 个", "- 68 %"]),
            ("推送审批办件信息3802件(次)。", &["- 3802 件次"]),
            ("信息量较上年增长16%。", &["- 16 %"]),
            ("公布审批事项办理信息286条。", &["- 286 条"]),
            ("发布各类公共资源交易信息6074条。", &["- 6074 条"]),
            ("对违反工作纪律的10起事例予以曝光。", &["- 10 起"]),
            ("落实系统建设资金280万元。", &["- 2800000 元"]),
            ("依申请公开办事指南信息1230项。", &["- 1230 项"]),
            ("主动公开行政审批信息24万余条。", &["- 240000 条 >"]),
            ("公众号关注量5200人。", &["- 5200 人"]),
            ("领导干部接受媒体采访、出席新闻发布会10余次。", &["- 10 次 >"]),
            ("受理12345工单投诉85件。", &["- 85 件"]),
            ("2件答复因检索不全面被复议机关纠正。", &["- 2 件"]),
        ],
    );
}

#[test]
fn what_is_no_statistic_of_the_year_is_not_read() {
    check(
        BUREAU,
        &[
            (
                "根据《国务院办公厅政府信息与政务公开办公室关于印发年度报告格式的通知》（国办公开办函〔2021〕30号）编制。",
                &[],
            ),
            ("按照《条例》第二十条第（一）项、第50条的规定，应在20个工作日内答复。", &[]),
            ("12345政府服务热线全天24小时受理。", &[]),
            ("推行“1+N”机制和5+1+1模式，升级至5.0版。", &[]),
            ("联系电话：0716-8461234，邮编434100。", &[]),
            ("《办事指南100问》编印完成。", &[]),
            ("在全县评比中名列前三，位居第2名。", &[]),
            ("2021年3月15日，“3·15”宣传活动启动。", &[]),
            ("2022年计划举办培训班6期。", &[]),
            ("下一步，我局将新增查阅点3个。", &[]),
            ("力争明年公开信息2000条。", &[]),
            ("2020年收到政府信息公开申请31件。", &[]),
            ("去年共答复申请40件。", &[]),
            ("坚持一个窗口、两个平台、三大举措、四级联动。", &[]),
            ("党的十九届六中全会精神学习会如期召开。", &[]),
            ("每天巡查不少于8次。", &[]),
            ("要求各科室每月更新信息不少于4条。", &[]),
            ("三是抓落实，做到一件事一次办。", &[]),
            ("申请件数较上年增加30件。", &[]),
            ("满意度提高2.3个百分点。", &[]),
            ("地址：青禾县人民路88号3楼302室。", &[]),
            ("每年至少举办一次开放日活动。", &[]),
            ("“26+1”事项清单对外公布。", &[]),
            ("收到20-30件申请的单位另行通报。", &[]),
            ("数十次走访、几百人参与。", &[]),
            ("1. 组织领导\n2、制度建设", &[]),
            ("无偿提供下载服务。", &[]),
            ("如未收到答复，申请人可依法申请行政复议。", &[]),
            ("设有信函、传真、当面、电子邮件等多个申请渠道。", &[]),
        ],
    );
}

#[test]
fn words_that_look_like_an_indicator_are_none() {
    check(
        BUREAU,
        &[
            ("窗口人员45名，其中专职人员3名。", &["- 45 名", "- 3 名 sub"]),
            ("12315热线共受理消费者投诉举报986件。", &["- 986 件"]),
            ("有1件申请人不服答复申请行政复议。", &["review_total 1 件"]),
            ("各窗口共受理业务36.7万件，办结36.5万件。", &["- 367000 件 hosted", "- 365000 件 hosted"]),
            ("全年无法提供57件，未予公开2件，信息不存在9起。", &["unavailable_total 57 件", "- 2 件", "- 9 起"]),
            ("无偿提供查询300次，本机关无不予公开的政府信息。", &["- 300 次", "denied_total 0 件"]),
            ("查阅场所接待查阅206人次，提供已公开政府信息450条次。", &["reading_room_visits 206 人次", "- 450 条次"]),
            ("区政府行政复议机构全年收到行政复议申请128件，审结109件。", &["- 128 件", "- 109 件"]),
            ("办公地址在人民路12号3楼305室，电话0513-85210000，推行1+N制度。", &[]),
            ("收到申请几十件，数百人次来访。", &[]),
        ],
    );
}

#[test]
fn rarer_wordings_are_read_as_well() {
    check(
        BUREAU,
        &[
            ("结转2020年度3件，结转2022年度4件。", &["carried_in 3 件", "carried_out 4 件"]),
            ("收取信息处理费2件共计1840元。", &["- 2 件", "fees_collected 1840 元"]),
            ("检索费、复制费、邮寄费共计126元。", &["fees_collected 126 元"]),
            ("在市政府信息公开网上发布信息共计420条。", &["proactive_website 420 条"]),
            ("通过门户网站、报刊、广播、电视等公开政府信息642条。", &["proactive_total 642 条"]),
            (
                "收到申请45件，其中网络平台39件，邮寄6件。",
                &["requests_received 45 件", "received_online 39 件 sub", "received_letter 6 件 sub"],
            ),
            (
                "收到依申请公开10件（含上年结转1件），全部办结。",
                &["- 10 件", "requests_received 9 件 solved", "carried_in 1 件 sub", "requests_answered 10 件 solved"],
            ),
            (
                "累计主动公开政府信息2310条；2021年主动公开188条。",
                &["proactive_total 2310 条 cum", "proactive_total 188 条"],
            ),
            (
                "收取检索费20元、复印费86.5元，合计106.5元。",
                &["- 20 元 sub", "- 86.5 元 sub", "fees_collected 106.5 元"],
            ),
            (
                "被申请复议3件，被起诉1件，被投诉2件。",
                &["review_total 3 件", "litigation_total 1 件", "complaints 2 件"],
            ),
            ("承办区人大代表建议4件、政协提案3件。", &["- 4 件", "proposals_answered 7 件 solved", "- 3 件"]),
        ],
    );
}

#[test]
fn a_short_name_of_the_reporting_body_is_its_own() {
    for (agency, text) in [
        ("云川市公安局", "市局共受理政府信息公开申请52件。"),
        ("青禾县清源街道办事处", "街道共收到政府信息公开申请52份。"),
        ("云川新区管理委员会", "管委会收到政府信息公开申请52件。"),
    ] {
        assert_eq!(value(&read(text, Some(agency), &[]), "requests_received"), Some(52), "{agency}");
    }
    assert_eq!(value(&read("市局共受理政府信息公开申请52件。", Some("青禾县教育局"), &[]), "requests_received"), None);
}

#[test]
fn an_office_reports_its_own_requests_before_those_of_the_region() {
    let text = "市政府办公室收到申请198件，全市共收到申请1845件。";
    assert_eq!(value(&read(text, Some("云川市人民政府办公室"), &[]), "requests_received"), Some(198));
    assert_eq!(value(&read(text, Some("云川市人民政府"), &[]), "requests_received"), Some(1845));
}

#[test]
fn comparison_leaves_only_this_years_level() {
    check(
        BUREAU,
        &[
            ("收到申请22件，比2020年（31件）下降29%。", &["requests_received 22 件", "- 29 %"]),
            ("收到政府信息公开申请42件，较去年的35件增加7件。", &["requests_received 42 件"]),
            ("与2020年的80条相比，今年公开政府信息92条。", &["proactive_total 92 条"]),
            ("2020年举办培训3期；2021年举办培训5期。", &["trainings 5 期"]),
            ("同比增加12件，达到87件。", &["- 87 件"]),
            ("占全部申请的37.5%。", &["- 37.5 %"]),
            ("含2020年结转3件。", &["carried_in 3 件"]),
        ],
    );
}

#[test]
fn period_scope_and_parts_are_told_apart() {
    check(
        BUREAU,
        &[
            ("自开通以来累计发布微博5600条。", &["proactive_weibo 5600 条 cum"]),
            ("截至2021年底，门户网站累计公开信息8200条。", &["proactive_website 8200 条 cum"]),
            ("2021年全年累计公开政府信息820条。", &["proactive_total 820 条"]),
            ("今年以来，我局公开政府信息66条。", &["proactive_total 66 条"]),
            ("上半年收到政府信息公开申请6件。", &["requests_received 6 件 part"]),
            ("四季度举办培训班1期。", &["trainings 1 期 part"]),
            ("1-11月，公开政府信息300条。发布图解12个。", &["proactive_total 300 条 part", "- 12 个 part"]),
            (
                "全县共收到政府信息公开申请230件，我局收到14件。",
                &["requests_received 230 件 all", "requests_received 14 件"],
            ),
            ("县税务局举办培训班4期。", &["trainings 4 期 other"]),
            ("石桥镇主动公开政府信息95条。", &["proactive_total 95 条 other"]),
            ("各进驻部门窗口办件3.1万件。", &["service_hall_cases 31000 件 hosted"]),
            ("青禾县教育局主动公开政府信息95条。", &["proactive_total 95 条"]),
            (
                "收到政府信息公开申请16件，全部按时答复。",
                &["requests_received 16 件", "requests_answered 16 件 solved"],
            ),
            (
                "收到政府信息公开申请16件，均已按规定予以答复，收取费用0元。",
                &["requests_received 16 件", "requests_answered 16 件 solved", "fees_collected 0 元"],
            ),
            ("收到政府信息公开申请16件，针对不同情形予以答复。", &["requests_received 16 件"]),
            (
                "发布解读稿件60篇，其中视频解读20篇；公开预决算信息45条。",
                &["policy_interpretations 60 篇", "- 20 篇 sub", "- 45 条"],
            ),
            ("行政复议、行政诉讼共3件。", &["- 3 件"]),
        ],
    );
}

#[test]
fn zeros_by_negation_are_figures() {
    check(
        BUREAU,
        &[
            ("2021年，我局未收到政府信息公开申请。", &["requests_received 0 件"]),
            (
                "全年未发生举报、投诉、行政复议或提起行政诉讼的情况。",
                &["complaints 0 件", "complaints 0 件", "review_total 0 件", "litigation_total 0 件"],
            ),
            (
                "收到申请4件，无一起行政复议、行政诉讼案件，实现零复议零诉讼。",
                &["requests_received 4 件", "review_total 0 起", "litigation_total 0 起"],
            ),
            ("我局提供信息公开服务均未收费。", &["fees_collected 0 元"]),
            ("本机关无不予公开的政府信息。", &["denied_total 0 件"]),
            ("无法提供57件。", &["unavailable_total 57 件"]),
            ("申请信息不存在9起。", &["- 9 起"]),
            ("未予公开8件，未按期答复2件。", &["- 8 件", "- 2 件"]),
            ("2020年未发生行政复议。", &[]),
            (
                "没有因政府信息公开被申请行政复议的情况，也没有被提起行政诉讼。",
                &["review_total 0 件", "litigation_total 0 件"],
            ),
            ("行政复议0件，行政诉讼0件。", &["review_total 0 件", "litigation_total 0 件"]),
            ("未制定规范性文件。", &["normative_documents_issued 0 件"]),
        ],
    );
}

#[test]
fn real_wordings_are_read_without_haste() {
    check(
        BUREAU,
        &[
            ("办理人大代表建议、政协提案共40件，办结率100%。", &["proposals_answered 40 件", "- 100 %"]),
            ("栏目由原来的8个增加到现在的16个。", &["- 16 个"]),
            ("办理时限由15个工作日压缩至3个工作日。", &["- 3 个工作日"]),
            ("信息量由2020年的1128条增加到1887条，总计2401条，是上年的1.5倍。", &["- 1887 条", "- 2401 条"]),
            (
                "我局收到政府信息公开申请 35 件，同比增长 12.9%，其中自然人申请 30 件。",
                &["requests_received 35 件", "- 12.9 %", "- 30 件 sub"],
            ),
            (
                "工作人员数8人（其中专职2人、兼职6人），政府信息公开专项经费10万元。",
                &["staff_total 8 人", "staff_full_time 2 人 sub", "staff_part_time 6 人 sub", "budget 100000 元"],
            ),
            ("全年编发《青禾县人民政府公报》6期。", &["proactive_gazette 6 期"]),
            ("受理市长热线转办件230件。", &["- 230 件"]),
            ("2021年本机关受理的依申请公开为零。", &["requests_received 0 件"]),
            ("申请办理中，征地补偿类申请8件，占66.7%。", &["- 8 件", "- 66.7 %"]),
            ("2021年共收到政府信息公开申请28件（2020年25件）。", &["requests_received 28 件"]),
            ("2021年5月20日，召开全县政务公开培训会，参训人员120余人。", &["trainees 120 人 > part"]),
            ("通过新闻发布会、在线访谈、热线节目，各股室负责人与公众交流393次。", &["- 393 次"]),
            ("设立了50个信息申请受理点。", &["- 50 个"]),
            ("截至2021年12月31日，全年共推送公众号信息1039条。", &["proactive_wechat 1039 条"]),
            (
                "累计主动公开政府信息5928条，其中本年度新增主动公开政府信息2110条。",
                &["proactive_total 5928 条 cum", "proactive_total 2110 条"],
            ),
            ("印发政府公报10期，公开政府信息107条。", &["proactive_gazette 10 期", "- 107 条"]),
            ("未发生与诉讼有关的费用支出。", &[]),
            ("宣传解读\"创业30条\"政策。", &[]),
            ("行政复议案件5件，维持3件，撤销1件，尚未审结1件。", &["review_total 5 件", "- 3 件", "- 1 件", "- 1 件"]),
            ("为此，我局配备了12名专、兼职工作人员。", &["- 12 名"]),
            ("全县政府系统共召开新闻发布会45场次。", &["press_conferences 45 场次 all"]),
            ("受理的9件申请均已办结。", &["requests_received 9 件", "requests_answered 9 件 solved"]),
            ("每2个月发布一期简报。", &[]),
            ("收到公民、法人和其他组织提出的书面申请7件。", &["requests_received 7 件"]),
            ("受理不动产登记申请5000件。", &["- 5000 件"]),
            ("受理投诉举报1500件。", &["- 1500 件"]),
            ("配备专职人民调解员30名。", &["- 30 名"]),
            ("拨付扶贫专项资金300万元。", &["- 3000000 元"]),
            ("建成24小时自助服务区，设置自助终端12台。", &["- 12 台"]),
        ],
    );
}

/// How one figure says something of another: parts that make a sum, an answer to what the sentence before received, the year's own
/// within a stock, one number for two things.
#[test]
fn figures_speak_of_each_other() {
    check(
        BUREAU,
        &[
            (
                "全年收到信息公开申请9件，较上年增加2件。均已在规定时限内答复。",
                &["requests_received 9 件", "requests_answered 9 件 solved"],
            ),
            ("收到公开申请3件，均作了书面答复。", &["requests_received 3 件", "requests_answered 3 件 solved"]),
            ("收到公开申请3件。收到网民留言8条，均已回复。", &["requests_received 3 件", "- 8 条"]),
            (
                "信函申请1件，网上申请4件，共5件，均已依法办理并答复。",
                &[
                    "received_letter 1 件 sub",
                    "received_online 4 件 sub",
                    "requests_received 5 件",
                    "requests_answered 5 件 solved",
                ],
            ),
            ("办理人大代表建议12件、政协提案20件。", &["- 12 件", "proposals_answered 32 件 solved", "- 20 件"]),
            ("行政复议和行政诉讼各2件。", &["review_total 2 件", "litigation_total 2 件"]),
            (
                "受理公开申请6件，办结5件，1件转2022年办理。",
                &["requests_received 6 件", "requests_answered 5 件", "carried_out 1 件"],
            ),
            (
                "截至2021年底累计公开政府信息800条，其中2021年新增90条。",
                &["proactive_total 800 条 cum", "proactive_total 90 条"],
            ),
            ("2021年1月至12月，公开政府信息45条。", &["proactive_total 45 条"]),
            ("其中2件同意公开，1件涉及国家秘密不予公开。", &["granted 2 件 sub", "denied_total 1 件 sub"]),
            ("受理公民申请公开信息7件。", &["requests_received 7 件"]),
            ("办理低保申请86件。", &["- 86 件"]),
            ("举办残疾人技能培训6期，培训320人次。", &["- 6 期", "- 320 人次"]),
            ("复议诉讼情况：无。", &["review_total 0 件", "litigation_total 0 件"]),
            ("新收申请5件，结转上年度1件。", &["requests_received 5 件", "carried_in 1 件"]),
        ],
    );
}

#[test]
fn a_government_counts_the_whole_region_as_its_own_and_a_bureau_does_not() {
    let text = "2021年，全县主动公开政府信息5200条。";
    assert_eq!(value(&read(text, Some(COUNTY), &[]), "proactive_total"), Some(5200));
    assert_eq!(value(&read(text, Some(BUREAU), &[]), "proactive_total"), None);
    let text = "全县各级各部门发布政策解读300篇；县本级发布政策解读80篇。";
    assert_eq!(value(&read(text, Some(COUNTY), &[]), "policy_interpretations"), Some(300));
    let text = "县级政府层面就全县经济运行、文旅等主题召开新闻发布会17次。\n全年共召开新闻发布会16场。";
    let reading = read(text, Some(COUNTY), &[]);
    assert_eq!(
        (value(&reading, "press_conferences"), reading.core["press_conferences"].alternatives.len()),
        (Some(17), 1)
    );
    assert_eq!(reading.findings[0].marks.len(), 2);
    let text = "县公安局公开政府信息700条。";
    assert_eq!(value(&read(text, Some(COUNTY), &[]), "proactive_total"), None);
    let text = "我县公开政府信息700条。";
    assert_eq!(value(&read(text, None, &[]), "proactive_total"), Some(700));
}

fn value(reading: &Reading, id: &str) -> Option<i64> {
    reading.core.get(id).and_then(|c| c.value.to_integer())
}

#[test]
fn core_takes_no_part_year_plan_cumulative_or_foreign_figure() {
    for text in [
        "上半年收到政府信息公开申请6件。",
        "自2008年以来共收到政府信息公开申请60件。",
        "2020年收到政府信息公开申请16件。",
        "县财政局收到政府信息公开申请6件。",
        "明年预计收到政府信息公开申请6件。",
        "收到政府信息公开申请较上年增加6件。",
        "一、下一步工作打算\n我局收到政府信息公开申请6件以内。",
        "一、存在问题\n培训不够。\n2022年，我们要抓好几项工作。\n一是收到政府信息公开申请6件全部回访。",
        "收到行政许可申请600件。",
        "受理低保申请320件。",
        "全年受理学前教育资助申请1200件。",
    ] {
        assert_eq!(value(&read(text, Some(BUREAU), &[]), "requests_received"), None, "{text}");
    }
}

#[test]
fn figures_that_disagree_are_both_kept_and_found() {
    let reading = read("全年召开新闻发布会9次。\n我局共举办新闻发布会11场。", Some(BUREAU), &[]);
    let core = &reading.core["press_conferences"];
    assert_eq!((core.value, core.standing, core.alternatives.len()), (Decimal::from(9), Standing::Disputed, 1));
    assert_eq!(reading.findings[0].code, "figures-disagree");
    let reading = read("发布政策解读稿件36余篇。\n全年发布政策解读稿件38篇。", Some(BUREAU), &[]);
    assert_eq!(
        (value(&reading, "policy_interpretations"), reading.findings.len()),
        (Some(38), 0),
        "36余 and 38 can both be true"
    );
    let reading = read("编发政府公报6期，公报刊登文件90件。", Some(BUREAU), &[]);
    assert_eq!(
        (value(&reading, "proactive_gazette"), reading.findings.len()),
        (Some(90), 0),
        "issues are not documents"
    );
    let reading = read("区级召开新闻发布会5场，部门召开新闻发布会8场。", Some(BUREAU), &[]);
    assert_eq!(
        (value(&reading, "press_conferences"), reading.findings.len()),
        (None, 0),
        "parts of a whole that is not stated"
    );
}

fn cell(row: &'static str, value: Option<i64>, standing: Standing) -> Cell {
    Cell {
        row: row.into(),
        column: "total".into(),
        value: value.map(Decimal::from),
        raw: None,
        unit: Some("件".into()),
        standing,
        line: Some(90),
        by: vec![],
        label: None,
    }
}

fn requests(cells: Vec<Cell>, sum: Option<(i64, i64)>) -> Table {
    let checks = sum
        .map(|(left, right)| Check {
            identity: "results_sum".into(),
            over: "total".into(),
            left: Some(left.into()),
            right: Some(right.into()),
            holds: Some(left == right),
            official: false,
        })
        .into_iter()
        .collect();
    Table {
        form: "2021".into(),
        table: "requests".into(),
        title: String::new(),
        lines: [60, 120],
        rows: vec![],
        columns: vec![],
        cells,
        checks,
    }
}

const DENIED: [&str; 8] = [
    "denied_state_secret",
    "denied_other_law_prohibited",
    "denied_security_stability",
    "denied_third_party",
    "denied_internal_affairs",
    "denied_process_information",
    "denied_enforcement_file",
    "denied_administrative_inquiry",
];

#[test]
fn a_table_cell_comes_before_prose_and_a_contradiction_is_found() {
    let table = requests(vec![cell("new_requests", Some(41), Standing::Proved)], None);
    let reading = read("全年收到政府信息公开申请43件。", Some(BUREAU), std::slice::from_ref(&table));
    let core: &Core = &reading.core["requests_received"];
    assert_eq!(
        (core.value, core.from, core.standing, core.line),
        (41.into(), CoreFrom::Table, Standing::Proved, Some(90))
    );
    assert_eq!(core.alternatives[0].value, 43.into());
    assert_eq!(reading.findings[0].code, "figure-contradicts-table");
    let reading = read("全年收到政府信息公开申请40余件。", Some(BUREAU), &[table]);
    assert!(reading.findings.is_empty(), "41 is 40余");
}

#[test]
fn a_blank_is_not_a_zero() {
    let blank = requests(vec![cell("new_requests", None, Standing::Blank)], None);
    assert!(read("。", Some(BUREAU), &[blank]).core.is_empty());
    let all_blank = requests(DENIED.iter().map(|row| cell(row, None, Standing::Blank)).collect(), Some((9, 9)));
    assert!(read("。", Some(BUREAU), &[all_blank]).core.is_empty());
    let mut cells: Vec<Cell> = DENIED.iter().map(|row| cell(row, None, Standing::Blank)).collect();
    cells[0] = cell(DENIED[0], Some(2), Standing::Proved);
    cells[5] = cell(DENIED[5], Some(3), Standing::Printed);
    assert!(
        read("。", Some(BUREAU), &[requests(cells.clone(), None)]).core.is_empty(),
        "nothing proves the empty ones"
    );
    let open = Some((7, 9));
    assert!(
        read("。", Some(BUREAU), &[requests(cells.clone(), open)]).core.is_empty(),
        "the column does not add up without them"
    );
    let reading = read("。", Some(BUREAU), &[requests(cells.clone(), Some((9, 9)))]);
    assert_eq!(
        (reading.core["denied_total"].value, reading.core["denied_total"].standing),
        (5.into(), Standing::Solved)
    );
    cells[3] = cell(DENIED[3], None, Standing::Lost);
    assert!(read("。", Some(BUREAU), &[requests(cells, Some((9, 9)))]).core.is_empty());
}

#[test]
fn every_figure_points_at_its_own_bytes() {
    let text = "一、概述\n　　2021年，我局公开政府信息８６条，答复申请约30件。";
    let reading = read(text, Some(BUREAU), &[]);
    let line = text.lines().nth(1).unwrap();
    for figure in &reading.figures {
        assert_eq!((figure.line, &line[figure.start as usize..figure.end as usize]), (2, figure.raw.as_str()));
    }
    assert_eq!(reading.figures.iter().map(|f| f.raw.as_str()).collect::<Vec<_>>(), ["８６条", "约30件"]);
}

#[test]
fn the_dictionary_is_whole() {
    let dictionary = indicators();
    assert_eq!(dictionary.len(), 46);
    for indicator in dictionary.iter() {
        assert!(
            !indicator.words.is_empty() && indicator.units.contains(&indicator.unit) && !indicator.about.is_empty(),
            "{}",
            indicator.id
        );
        for cell in &indicator.cells {
            let (form, terms) = cell.split_once(':').unwrap();
            assert!(
                ["2014", "2019", "2021", "local_2008"].contains(&form)
                    && terms.split('+').all(|t| t.split('.').count() == 3),
                "{cell}"
            );
        }
    }
}

#[test]
fn odd_text_never_panics() {
    for text in [
        "",
        "1",
        "万",
        "，",
        "百分之",
        "1,2,3,4件",
        "９９９９９９９９９９９９９９９９９９９９９９件",
        "《",
        "“",
        "1+",
        "一万万亿亿件",
        "十百千万亿亿亿亿件",
        "（1",
        "件1件1件1",
        "\u{feff}1件",
        "零点件",
        "无",
        "未收到",
        "0.0.0.0件",
        "1万万万万万万万亿亿亿亿亿亿件",
    ] {
        read(text, None, &[]);
        read(text, Some(BUREAU), &[]);
    }
}
