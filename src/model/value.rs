//! Numbers that must survive a court case: exact decimals and how we know them.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An exact decimal, `mantissa / 10^scale`. Never a float; on the wire it is a JSON number printed without rounding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { mantissa: 0, scale: 0 };

    /// `mantissa / 10^scale`, reduced to the shortest scale.
    pub fn new(mantissa: i128, scale: u8) -> Self {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Decimal { mantissa, scale }
    }

    /// Reads `-47`, `+21`, `1341272`, `950125.6165`. ASCII only: no separators, no units. `None` for anything else or above 30 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || whole.len() + fraction.len() > 30 {
            return None;
        }
        if digits.ends_with('.') {
            return None;
        }
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        Some(Decimal::new(if negative { -mantissa } else { mantissa }, fraction.len() as u8))
    }

    /// The value times `10^power`, exactly: `1.3` and 4 give 13000.
    pub fn times_ten_to(self, power: u8) -> Self {
        let eaten = power.min(self.scale);
        Decimal::new(self.mantissa * 10i128.pow(u32::from(power - eaten)), self.scale - eaten)
    }

    /// Whether the value is zero.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether the value is below zero.
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The value as a whole number, if it is one.
    pub fn to_integer(self) -> Option<i64> {
        (self.scale == 0).then(|| i64::try_from(self.mantissa).ok()).flatten()
    }

    /// The nearest float, for drawing only.
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    fn aligned(self, other: Self) -> (i128, i128, u8) {
        let scale = self.scale.max(other.scale);
        let up = |d: Decimal| d.mantissa.saturating_mul(10i128.pow(u32::from(scale - d.scale)));
        (up(self), up(other), scale)
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Decimal { mantissa: i128::from(value), scale: 0 }
    }
}

impl std::ops::Add for Decimal {
    type Output = Decimal;
    fn add(self, other: Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Decimal::new(a.saturating_add(b), scale)
    }
}

impl std::ops::Sub for Decimal {
    type Output = Decimal;
    fn sub(self, other: Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Decimal::new(a.saturating_sub(b), scale)
    }
}

impl std::iter::Sum for Decimal {
    fn sum<I: Iterator<Item = Decimal>>(iter: I) -> Self {
        iter.fold(Decimal::ZERO, |a, b| a + b)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b, _) = self.aligned(*other);
        a.cmp(&b)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        write!(f, "{}{whole}.{fraction}", if self.mantissa < 0 { "-" } else { "" })
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_integer() {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.to_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_i64<E>(self, v: i64) -> Result<Decimal, E> {
                Ok(Decimal::from(v))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Decimal, E> {
                Ok(Decimal { mantissa: i128::from(v), scale: 0 })
            }
            fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Decimal, E> {
                Decimal::parse(&v.to_string()).ok_or_else(|| E::custom("not a plain decimal"))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Decimal {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "description": "An exact decimal; `raw` beside it has the printed form." })
    }
}

/// How we know a value. Shown beside every number: 已核 原文 编者 补出 存疑 空白 缺失 未识.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Printed and confirmed by an identity of the form.
    Proved,
    /// Printed; nothing contradicts it.
    Printed,
    /// The publisher of the archive says so (front matter, sidecar, correction).
    Curated,
    /// Not on the page, but it follows: a table cell from identities, a place from its parent.
    Solved,
    /// Printed, and contradicted by the form's identities or by another figure.
    Disputed,
    /// The form's cell is empty. Never a zero.
    Blank,
    /// The page lost it and nothing proves it.
    Lost,
    /// A row or column that no form knows; kept with its label.
    Unmapped,
}

/// How exactly a figure is stated: 余 and 多 are `more_than`, 以上 and 不少于 `at_least`, 以内 `at_most`, 近 `nearly`, 约 `about`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is its own meaning; the type's comment lists the wording")]
pub enum Approx {
    #[default]
    Exact,
    MoreThan,
    AtLeast,
    AtMost,
    Nearly,
    About,
}

/// Whose figure it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The reporting body itself (本机关, 我局).
    #[default]
    Agency,
    /// A whole region or system (全市, 各部门).
    Aggregate,
    /// Units it houses (进驻部门, 各窗口).
    Hosted,
    /// Somebody else: a district given as an example, a named department.
    Other,
}

/// The time a figure covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The report's year.
    #[default]
    Year,
    /// Since some earlier start (累计, 截至…).
    Cumulative,
    /// A part of the year (上半年, 1-11月).
    PartYear,
}
