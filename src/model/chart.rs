//! Charts as a theme gets them: numbers with their places on a canvas, in the units of the view box.

use super::value::{Decimal, Standing};
use schemars::JsonSchema;
use serde::Serialize;

/// Columns over the years.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Columns {
    /// Name of what is counted.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// Size of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// Where zero is.
    pub base: f64,
    /// One per year, gaps included.
    pub bars: Vec<Bar>,
    /// Where the form changed.
    pub breaks: Vec<Break>,
    /// What the chart says, for those who do not see it.
    pub says: String,
}

/// One year of a chart.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Bar {
    /// The year.
    pub year: u16,
    /// What stands under the bar; empty where there is no room.
    pub tick: String,
    /// The figure; null is a gap.
    pub value: Option<Decimal>,
    /// What stands in place of a bar: nothing where there is one, `—` where a report gives no figure, `缺` where there is none.
    pub gap: &'static str,
    /// Whether the value is written above its bar.
    pub labelled: bool,
    /// How we know it.
    pub standing: Option<Standing>,
    /// Second line under the year, for sums: how many reports it adds up.
    pub note: Option<String>,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// Center.
    pub cx: f64,
    /// Where the value's label is centered: over the bar, but inside the canvas.
    pub lx: f64,
}

/// A change of the form between two years.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Break {
    /// Where it stands.
    pub x: f64,
    /// What begins there.
    pub label: String,
    /// Which of two rows the label stands in, so that near ones do not meet.
    pub row: u8,
    /// `end` where the label must stand left of the line to stay on the canvas.
    pub side: &'static str,
}

/// A row of bars the size of a word, for a table: its numbers stand beside it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Spark {
    /// Size of the view box.
    pub width: u32,
    /// Height of the view box.
    pub height: u32,
    /// The bars, as one path.
    pub bars: String,
    /// The bars of figures that are in dispute.
    pub doubts: String,
    /// Where the form changed.
    pub breaks: Vec<f64>,
}

/// A bar cut into shares, one per year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Composition {
    /// Size of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// The kinds of parts that occur, in the order of the form.
    pub parts: Vec<Shade>,
    /// One per year.
    pub rows: Vec<CompositionRow>,
    /// What the chart says, for those who do not see it.
    pub says: String,
}

/// What a shade stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Shade {
    /// Place in the order of the form.
    pub shade: usize,
    /// Name of the part.
    pub label: String,
}

/// One year of a composition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CompositionRow {
    /// The year.
    pub year: u16,
    /// Upper edge of its bar.
    pub y: f64,
    /// Sum of its parts.
    pub total: Decimal,
    /// Whether the form changed before this year.
    pub break_before: bool,
    /// The parts, in the order of the form.
    pub parts: Vec<Part>,
}

/// One part of a bar.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Part {
    /// Indicator.
    pub id: String,
    /// Its name.
    pub label: String,
    /// The value.
    pub value: Decimal,
    /// Share of the sum, 0 to 1.
    pub share: f64,
    /// Place in the order, for its shade.
    pub shade: usize,
    /// Left edge.
    pub x: f64,
    /// Width.
    pub w: f64,
    /// What is written in it; empty where there is no room.
    pub text: String,
}

/// How many reports lie in each range of a figure. No one is ranked: the chart shows ranges, not names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Distribution {
    /// Size of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// Where zero is.
    pub base: f64,
    /// Ranges from low to high.
    pub bins: Vec<Bin>,
    /// The middle value.
    pub median: Decimal,
    /// Reports counted.
    pub count: usize,
    /// What the chart says, for those who do not see it.
    pub says: String,
}

/// One range.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Bin {
    /// `10–99`.
    pub label: String,
    /// Reports in it.
    pub count: usize,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// Center.
    pub cx: f64,
}
