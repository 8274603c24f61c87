//! The geometry of charts, made at build time: numbers in, places on a canvas out; the theme only draws.
//!
//! In: years and values. Out: JSON in the units of a view box 340 wide, so that a chart is readable at 360 pixels without
//! shrinking. Rules: the baseline is zero; a year without a figure is a gap, never a zero and never a line across; where the
//! prescribed form changed a break is drawn, and nothing is joined over it. Must never rank raw counts as if they were merit.

use crate::model::chart::{Bar, Bin, Break, Columns, Composition, CompositionRow, Distribution, Part, Shade, Spark};
use crate::model::report::Core;
use crate::model::twin::Regime;
use crate::model::value::{Decimal, Standing};
use std::collections::BTreeSet;

/// The regimes of the prescribed form: first report year, and what to call the break before it. Figures of two regimes count
/// different things under the same name, so charts and tables part here.
pub const REGIMES: &[(u16, &str)] =
    &[(0, "各地自定"), (2014, "2014年统计表"), (2019, "2019年格式"), (2021, "2021年格式")];

/// Which regime a year belongs to, as a place in [`REGIMES`].
pub fn regime(year: u16) -> usize {
    REGIMES.iter().rposition(|(from, _)| *from <= year).unwrap_or(0)
}

/// What that regime is called.
pub fn regime_name(year: u16) -> &'static str {
    REGIMES[regime(year)].1
}

/// What tables show above their year columns.
pub fn regime_groups(years: &[u16]) -> Vec<Regime> {
    let mut groups: Vec<Regime> = Vec::new();
    for &year in years {
        let label = regime_name(year);
        match groups.last_mut().filter(|last| last.label == label) {
            Some(last) => last.span += 1,
            None => groups.push(Regime { label, span: 1 }),
        }
    }
    groups
}

/// A figure of a year as charts take it.
#[derive(Clone, Debug)]
pub struct Point {
    /// The value.
    pub value: Decimal,
    /// How we know it.
    pub standing: Option<Standing>,
    /// Second line under the year.
    pub note: Option<String>,
}

impl From<&Core> for Point {
    fn from(core: &Core) -> Self {
        Point { value: core.value, standing: Some(core.standing), note: None }
    }
}

const WIDTH: f64 = 340.0;
/// Room for two rows of break labels and a value below them.
const TOP: f64 = 46.0;
const PLOT: f64 = 104.0;

/// Draws one figure over the years of `points`, those without a figure included, so that charts of the same years can be read
/// against each other; `None` when no year has a figure. `silent` says of a year without one that there is a report all the same.
pub fn columns(
    title: &str,
    unit: &str,
    points: &[(u16, Option<Point>)],
    silent: impl Fn(u16) -> bool,
) -> Option<Columns> {
    let known = |year: u16| points.iter().find(|(y, _)| *y == year).and_then(|(_, p)| p.as_ref());
    points.iter().find(|(_, p)| p.is_some())?;
    let first = points.iter().map(|(y, _)| *y).min()?;
    let last = points.iter().map(|(y, _)| *y).max()?;
    // A lone impossible year must not stretch the axis over centuries.
    let first = first.max(last.saturating_sub(29));
    let notes = points.iter().filter_map(|(_, p)| p.as_ref()?.note.as_ref().map(String::len));
    let noted = notes.max();
    let count = f64::from(last - first + 1);
    let most = (first..=last).filter_map(known).map(|p| p.value.to_f64()).fold(0.0, f64::max);
    let step = (WIDTH / count).min(72.0);
    let left = (WIDTH - step * count) / 2.0;
    let width = (step * 0.62).min(36.0);
    let base = TOP + PLOT;
    let mut bars = Vec::new();
    let mut breaks = Vec::new();
    for (index, year) in (first..=last).enumerate() {
        let cx = left + step * (index as f64 + 0.5);
        let point = known(year);
        let value = point.map(|p| p.value);
        let share = if most > 0.0 { value.map_or(0.0, |v| v.to_f64().max(0.0) / most) } else { 0.0 };
        // A known value that would vanish keeps a hair's breadth, so that it is told apart from a gap.
        let h = if value.is_some() { (share * PLOT).max(1.5) } else { 0.0 };
        let roomy = step >= 38.0;
        let telling = year == last || value.is_some_and(|v| most > 0.0 && v.to_f64() == most) || year == first;
        let (from_first, to_last) = (year - first, last - year);
        let ends = from_first == 0 || to_last == 0 || year % 5 == 0 && from_first > 1 && to_last > 1;
        let tick = if step >= 38.0 {
            year.to_string()
        } else if ends || step >= 20.0_f64.max(noted.unwrap_or(0) as f64 * 6.6) {
            format!("{:02}", year % 100)
        } else {
            String::new()
        };
        if index > 0 && regime(year) != regime(year - 1) {
            let x = left + step * index as f64;
            let side = if x > WIDTH - 46.0 { "end" } else { "start" };
            let near = breaks.last().is_some_and(|b: &Break| x - b.x < 46.0);
            let row = if near { 1 - breaks.last().map_or(0, |b| b.row) } else { 0 };
            breaks.push(Break { x: round(x), label: format!("{}表", REGIMES[regime(year)].0), row, side });
        }
        bars.push(Bar {
            year,
            tick,
            value,
            gap: if value.is_some() {
                ""
            } else if silent(year) {
                "—"
            } else {
                "缺"
            },
            labelled: value.is_some() && (roomy || telling),
            standing: point.and_then(|p| p.standing),
            note: point.and_then(|p| p.note.clone()),
            x: round(cx - width / 2.0),
            y: round(base - h),
            w: round(width),
            h: round(h),
            cx: round(cx),
            lx: cx,
        });
    }
    thin_out(&mut bars, step);
    let says = says(title, unit, &bars);
    let height = base + if noted.is_some() { 40.0 } else { 24.0 };
    Some(Columns { title: title.to_owned(), unit: unit.to_owned(), width: WIDTH, height, base, bars, breaks, says })
}

/// Labels that would run into each other: the largest and the last stay.
fn thin_out(bars: &mut [Bar], step: f64) {
    let most = bars.iter().filter_map(|b| b.value).max();
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut order: Vec<usize> = (0..bars.len()).filter(|&i| bars[i].labelled).collect();
    order.sort_by_key(|&i| (bars[i].value != most, std::cmp::Reverse(bars[i].year)));
    for index in order {
        let letters = bars[index].value.map_or(0, |v| super::grouped(v).len().min(7)) as f64;
        let half = (letters * 8.0 + 6.0).max(step * 0.3) / 2.0;
        let center = bars[index].cx.clamp(half, WIDTH - half);
        bars[index].lx = round(center);
        let (from, to) = (center - half, center + half);
        bars[index].labelled = kept.iter().all(|(a, b)| to < *a || from > *b);
        if bars[index].labelled {
            kept.push((from, to));
        }
    }
}

fn says(title: &str, unit: &str, bars: &[Bar]) -> String {
    let parts: Vec<String> = bars
        .iter()
        .map(|bar| match bar.value {
            Some(value) => format!("{}年{}{unit}", bar.year, super::grouped(value)),
            None if bar.gap == "—" => format!("{}年没有写明", bar.year),
            None => format!("{}年缺", bar.year),
        })
        .collect();
    format!("{title}：{}。", parts.join("，"))
}

/// Draws figures over the years as a [`Spark`]: from zero, a gap where there is none.
pub fn spark(points: &[(u16, Option<Point>)]) -> Spark {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 24.0;
    let most = points.iter().filter_map(|(_, p)| p.as_ref()).map(|p| p.value.to_f64()).fold(0.0, f64::max);
    let step = WIDTH / points.len().max(1) as f64;
    let (mut bars, mut doubts, mut breaks) = (String::new(), String::new(), Vec::new());
    for (index, (year, point)) in points.iter().enumerate() {
        let x = step * index as f64;
        if index > 0 && regime(*year) != regime(points[index - 1].0) {
            breaks.push(round(x));
        }
        let Some(point) = point else { continue };
        let share = if most > 0.0 { point.value.to_f64().max(0.0) / most } else { 0.0 };
        let (h, w) = (round((share * HEIGHT).max(1.0)), round(step * 0.7));
        let path = if point.standing == Some(Standing::Disputed) { &mut doubts } else { &mut bars };
        path.push_str(&format!("M{} {HEIGHT}v-{h}h{w}v{h}z", round(x + step * 0.15)));
    }
    Spark { width: WIDTH as u32, height: HEIGHT as u32, bars, doubts, breaks }
}

/// Draws how wholes divide. A year with no positive sum is left out.
pub fn composition(years: &[(u16, Vec<(&str, &str, Option<Decimal>)>)]) -> Option<Composition> {
    const LEFT: f64 = 40.0;
    const ROW: f64 = 34.0;
    let mut rows: Vec<CompositionRow> = Vec::new();
    for (year, values) in years {
        let total: Decimal = values.iter().filter_map(|(_, _, v)| *v).sum();
        if total.is_zero() || values.iter().any(|(_, _, v)| v.is_some_and(Decimal::is_negative)) {
            continue;
        }
        let break_before = rows.last().is_some_and(|row: &CompositionRow| regime(row.year) != regime(*year));
        let y = rows.last().map_or(6.0, |row| row.y + ROW + if break_before { 14.0 } else { 0.0 });
        let mut x = LEFT;
        let mut parts = Vec::new();
        for (shade, (id, label, value)) in values.iter().enumerate() {
            let Some(value) = value.filter(|v| !v.is_zero()) else { continue };
            let share = value.to_f64() / total.to_f64();
            let w = share * (WIDTH - LEFT);
            let percent = format!("{:.0}%", share * 100.0);
            let text = match w {
                w if w >= 88.0 => format!("{label} {percent}"),
                w if w >= 34.0 => percent,
                _ => String::new(),
            };
            parts.push(Part {
                id: (*id).to_owned(),
                label: (*label).to_owned(),
                value,
                share: (share * 10000.0).round() / 10000.0,
                shade,
                x: round(x),
                w: round(w),
                text,
            });
            x += w;
        }
        rows.push(CompositionRow { year: *year, y, total, break_before, parts });
    }
    let height = rows.last()?.y + ROW;
    let says = rows
        .iter()
        .map(|row| {
            let parts: Vec<_> = row.parts.iter().map(|p| format!("{}{:.1}%", p.label, p.share * 100.0)).collect();
            format!("{}年：{}", row.year, parts.join("，"))
        })
        .collect::<Vec<_>>()
        .join("；");
    let parts = rows.iter().flat_map(|row| &row.parts).map(|p| Shade { shade: p.shade, label: p.label.clone() });
    let parts: BTreeSet<Shade> = parts.collect();
    Some(Composition { width: WIDTH, height, parts: parts.into_iter().collect(), rows, says })
}

/// Counts values in ranges of 0, 1–9, 10–99 and so on, since counts spread over orders of magnitude; where they do not, each range
/// is parted once more (10–19, 20–49, 50–99). `None` below three values.
pub fn distribution(mut values: Vec<Decimal>) -> Option<Distribution> {
    values.retain(|v| !v.is_negative());
    if values.len() < 3 {
        return None;
    }
    values.sort_unstable();
    let median = values[(values.len() - 1) / 2];
    let rank = |v: &Decimal| -> usize {
        let whole = v.to_string().split('.').next().map_or(0, str::len);
        if v.to_f64() < 1.0 { 0 } else { whole.min(9) }
    };
    let (low, high) = (values.first().map(rank)?, values.last().map(rank)?);
    let whole = |r: usize| (range_label(r), values.iter().filter(|v| rank(v) == r).count());
    // Labels of more than five ranges of three digits would run into each other.
    let counts = if high - low < 2 && (1..=3).contains(&high) { Some(parted(&values)) } else { None };
    let counts = counts.filter(|parts| parts.len() <= 5).unwrap_or_else(|| (low..=high).map(whole).collect());
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1) as f64;
    let base = 22.0 + 90.0;
    let step = (WIDTH / counts.len() as f64).min(110.0);
    let left = (WIDTH - step * counts.len() as f64) / 2.0;
    let bins: Vec<Bin> = counts
        .iter()
        .enumerate()
        .map(|(index, &(ref label, count))| {
            let h = count as f64 / most * 90.0;
            let cx = left + step * (index as f64 + 0.5);
            let w = step - 3.0;
            Bin {
                label: label.clone(),
                count,
                x: round(cx - w / 2.0),
                y: round(base - h),
                w: round(w),
                h: round(h),
                cx: round(cx),
            }
        })
        .collect();
    let says = bins.iter().map(|b| format!("{}的有{}份", b.label, b.count)).collect::<Vec<_>>().join("，");
    Some(Distribution { width: WIDTH, height: base + 24.0, base, bins, median, count: values.len(), says })
}

/// How many values lie in 0, 1, 2–4, 5–9, 10–19 and so on below 1,000, from the first range that holds one to the last.
fn parted(values: &[Decimal]) -> Vec<(String, usize)> {
    const EDGES: [u16; 11] = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    let part = |edge: &[u16]| {
        let (from, to) = (edge[0], edge[1]);
        let label = if to - from == 1 { from.to_string() } else { format!("{from}–{}", to - 1) };
        (label, values.iter().filter(|v| (f64::from(from)..f64::from(to)).contains(&v.to_f64())).count())
    };
    let parts: Vec<_> = EDGES.windows(2).map(part).collect();
    let held = |(_, count): &(String, usize)| *count > 0;
    let (first, last) = (parts.iter().position(held), parts.iter().rposition(held));
    first.zip(last).map_or_else(Vec::new, |(first, last)| parts[first..=last].to_vec())
}

fn range_label(rank: usize) -> String {
    match rank {
        0 => "0".to_owned(),
        1 => "1–9".to_owned(),
        2 => "10–99".to_owned(),
        3 => "100–999".to_owned(),
        4 => "千".to_owned(),
        5 => "万".to_owned(),
        6 => "十万".to_owned(),
        7 => "百万".to_owned(),
        8 => "千万".to_owned(),
        _ => "亿以上".to_owned(),
    }
}

/// Two decimals: enough for a screen, and the same bytes on every machine.
fn round(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: i64) -> Option<Point> {
        Some(Point { value: Decimal::from(value), standing: Some(Standing::Printed), note: None })
    }

    #[test]
    fn a_missing_year_is_a_gap_and_not_a_zero() {
        let points = [(2015, point(10)), (2017, point(0)), (2018, None)];
        let chart = columns("申请", "件", &points, |year| year == 2018).expect("drawn");
        let years: Vec<_> = chart.bars.iter().map(|b| (b.year, b.value.is_some(), b.h > 0.0)).collect();
        assert_eq!(years, [(2015, true, true), (2016, false, false), (2017, true, true), (2018, false, false)]);
        assert!(chart.says.contains("2016年缺") && chart.says.contains("2018年没有写明"));
    }

    #[test]
    fn a_break_stands_where_the_form_changed() {
        let chart =
            columns("申请", "件", &[(2018, point(1)), (2019, point(2)), (2021, point(3))], |_| false).expect("drawn");
        let labels: Vec<_> = chart.breaks.iter().map(|b| b.label.as_str()).collect();
        assert_eq!(labels, ["2019表", "2021表"]);
    }

    #[test]
    fn nothing_leaves_the_canvas() {
        let many: Vec<_> = (1990..2026).map(|year| (year, point(i64::from(year) * 1000))).collect();
        let chart = columns("申请", "件", &many, |_| false).expect("drawn");
        assert!(chart.bars.iter().all(|b| b.x >= 0.0 && b.x + b.w <= chart.width && b.y >= TOP - 0.01));
        let parts = vec![("a", "甲", Some(Decimal::from(3))), ("b", "乙", None), ("c", "丙", Some(Decimal::from(1)))];
        let whole = composition(&[(2020, parts)]).expect("drawn");
        assert!(whole.rows[0].parts.iter().all(|p| p.x + p.w <= whole.width + 0.01));
    }

    #[test]
    fn a_spark_starts_at_zero_and_leaves_gaps() {
        let drawn = spark(&[(2018, point(5)), (2019, None), (2020, point(10)), (2021, point(0))]);
        assert_eq!(drawn.bars.matches('M').count(), 3);
        assert!(drawn.bars.contains("v-24h") && drawn.bars.contains("v-12h"), "{}", drawn.bars);
        assert_eq!(drawn.breaks.len(), 2);
    }

    #[test]
    fn ranges_hold_every_value_once_and_are_parted_where_values_lie_close() {
        let labels = |values: &[i64]| {
            let drawn = distribution(values.iter().copied().map(Decimal::from).collect()).expect("drawn");
            assert_eq!(drawn.bins.iter().map(|bin| bin.count).sum::<usize>(), values.len());
            drawn.bins.into_iter().map(|bin| bin.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[181, 240, 499]), ["100–199", "200–499"]);
        assert_eq!(labels(&[0, 1, 2, 9]), ["0", "1", "2–4", "5–9"]);
        assert_eq!(labels(&[10, 99, 500]), ["10–99", "100–999"]);
        assert_eq!(labels(&[3, 40, 800]), ["1–9", "10–99", "100–999"]);
    }

    #[test]
    fn nothing_known_is_no_chart() {
        assert!(columns("申请", "件", &[(2015, None)], |_| false).is_none());
        assert!(distribution(vec![Decimal::from(1)]).is_none());
        assert!(composition(&[(2020, vec![("a", "甲", None)])]).is_none());
    }
}
