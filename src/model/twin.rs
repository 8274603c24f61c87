//! The pages of agencies, years, regions and indicators as data: what the templates show and the JSON beside the page says.
//!
//! Years run from the newest to the oldest wherever they head columns: a narrow screen shows the first. Lists longer than a page
//! go on at `page-2/` and so on, each with its own JSON.

use super::Id;
use super::archive::{Agency, Counts, Region};
use super::chart::{Columns, Composition, Distribution, Spark};
use super::diagnostic::{Severity, Sides};
use super::report::{CoreFrom, Kind};
use super::value::{Approx, Decimal, Standing};
use schemars::JsonSchema;
use serde::Serialize;

/// One agency over the years.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgencyPage {
    /// Its name.
    pub title: String,
    /// The agency.
    pub agency: Agency,
    /// Its region and those above, the outermost first; null when not known.
    pub region_path: Option<Vec<Crumb>>,
    /// The agency it took the place of.
    pub succeeds: Option<Crumb>,
    /// Agencies that took its place.
    pub succeeded_by: Vec<Crumb>,
    /// From its last year back to its first, at most thirty, those without a report included.
    pub years: Vec<u16>,
    /// Years among them without a report.
    pub missing: Vec<u16>,
    /// Which years share a form.
    pub regimes: Vec<Regime>,
    /// Its reports, year by year; those of no year shown come last.
    pub timeline: Vec<TimelineYear>,
    /// Its comparable figures by theme.
    pub groups: Vec<IndicatorGroup>,
    /// Charts of some of them.
    pub charts: Vec<IndicatorChart>,
    /// How answers divide, year by year; null where no year tells.
    pub composition: Option<Composition>,
    /// What does not add up in its reports, the newest first.
    pub findings: Vec<AgencyFinding>,
}

/// A link to a page that stands for something of that name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Crumb {
    /// Name.
    pub name: String,
    /// Address of its page.
    pub url: String,
}

/// Neighbouring years under one form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Regime {
    /// The form they follow.
    pub label: &'static str,
    /// How many years.
    pub span: usize,
}

/// The reports of one year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimelineYear {
    /// The year; null for reports of no year shown.
    pub year: Option<u16>,
    /// Its reports; none where the year is missing.
    pub reports: Vec<Listed>,
}

/// A report as a line of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Listed {
    /// Report id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Address of its page.
    pub url: String,
    /// Report year, or null.
    pub year: Option<u16>,
    /// What sort of document it is.
    pub kind: Kind,
    /// Reporting body, or null.
    pub agency: Option<ListedAgency>,
    /// Name of its region, or null.
    pub region: Option<String>,
    /// Date it was put online, ISO 8601, or null.
    pub published: Option<String>,
    /// Findings by severity.
    pub findings: Counts,
}

/// The agency of a listed report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedAgency {
    /// Name.
    pub name: String,
    /// Address of its page, or null.
    pub url: Option<String>,
}

/// Indicators of one theme, each over the years.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndicatorGroup {
    /// The theme.
    pub name: String,
    /// Its indicators that any report gives.
    pub rows: Vec<IndicatorRow>,
}

/// One indicator of an agency over the years.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndicatorRow {
    /// The indicator.
    pub indicator: IndicatorLink,
    /// The row as a small chart.
    pub spark: Spark,
    /// One for each of the page's years, null where the report gives no such figure.
    pub cells: Vec<Option<LinkedFigure>>,
}

/// An indicator and where its page is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndicatorLink {
    /// Indicator id.
    pub id: Id,
    /// Name.
    pub label: String,
    /// Unit.
    pub unit: String,
    /// Theme.
    pub group: String,
    /// Address of its page.
    pub url: String,
}

/// A comparable figure as listings show it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedFigure {
    /// The value, in the unit of its indicator.
    pub value: Decimal,
    /// How we know it.
    pub standing: Standing,
    /// How exact the words around it are.
    pub approx: Approx,
    /// Where it was read.
    pub from: CoreFrom,
    /// Line in the report, or null.
    pub line: Option<u32>,
    /// How many other values the report also gives.
    pub more: usize,
}

/// A comparable figure and the report it stands in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LinkedFigure {
    /// The figure.
    #[serde(flatten)]
    pub figure: ListedFigure,
    /// Address of the report's page.
    pub url: String,
}

/// A chart of one indicator.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndicatorChart {
    /// Indicator id.
    pub id: Id,
    /// Theme.
    pub group: String,
    /// The chart.
    pub chart: Columns,
}

/// A finding in a report of the agency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgencyFinding {
    /// Finding code.
    pub code: Id,
    /// How serious.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Line in the report, or null.
    pub line: Option<u32>,
    /// Report year, or null.
    pub year: Option<u16>,
    /// Address of the report's page.
    pub url: String,
    /// Both sides of each broken equation.
    pub sides: Vec<Sides>,
}

/// All reports of one year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct YearPage {
    /// The year, as a title.
    pub title: String,
    /// The year.
    pub year: u16,
    /// The form it follows.
    pub regime: &'static str,
    /// Number of reports.
    pub reports: usize,
    /// What the figures of the rows are.
    pub columns: Vec<YearColumn>,
    /// Indicator the rows are sorted by; null: by region and name.
    pub sorted_by: Option<&'static str>,
    /// Address of the page sorted by region and name, where there are others.
    pub base_url: Option<String>,
    /// The reports of this page.
    pub rows: Vec<YearRow>,
    /// Sums over the whole year, one for each column, null where no figure is known.
    pub totals: Vec<Option<Sum>>,
    /// Who is added up in them.
    pub totals_of: SummedBody,
    /// How requests spread over the reports; null for fewer than three.
    pub distribution: Option<Distribution>,
    /// Agencies that reported the year before or after and not in this one: the first two hundred.
    pub missing: Vec<Missing>,
    /// How many such agencies there are.
    pub missing_total: usize,
    /// The next later year of the archive.
    pub later: Option<NearYear>,
    /// The next earlier one.
    pub earlier: Option<NearYear>,
    /// The other pages of the list; null where there is one only.
    pub pages: Option<Pagination>,
}

/// A column of figures.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Column {
    /// Indicator id.
    pub id: &'static str,
    /// Its name at the head of the column.
    pub label: &'static str,
    /// Address of the indicator's page.
    pub url: String,
}

/// A column the list may be sorted by.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct YearColumn {
    /// The column.
    #[serde(flatten)]
    pub column: Column,
    /// Whether the rows are sorted by it.
    pub sorted: bool,
    /// Address of the list sorted by it; null where the page is short.
    pub sort_url: Option<String>,
}

/// A report with the figures of the columns.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct YearRow {
    /// The report.
    #[serde(flatten)]
    pub report: Listed,
    /// Its figures, one for each column, null where it gives none.
    pub figures: Vec<Option<ListedFigure>>,
}

/// A sum, and how many reports went into it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sum {
    /// The sum.
    pub value: Decimal,
    /// Reports that give the figure.
    pub reports: usize,
}

/// Whose figures a sum adds up: a government's report counts its departments already, so levels are never mixed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SummedBody {
    /// Who.
    pub body: Body,
    /// Their reports, one for each agency and year.
    pub reports: usize,
}

/// Who reports: a government of a level, or anything that is no government.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Province, autonomous region, municipality.
    Province,
    /// City with districts, prefecture.
    City,
    /// County, district, county-level city.
    County,
    /// Town, township, subdistrict.
    Township,
    /// A department or any other body.
    Department,
}

/// An agency without a report in a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Missing {
    /// Name.
    pub name: String,
    /// Address of its page.
    pub url: String,
    /// Name of its region, or null.
    pub region: Option<String>,
}

/// A year beside this one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NearYear {
    /// The year.
    pub year: u16,
    /// Address of its page.
    pub url: String,
}

/// Where the other pages of a long list are.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pagination {
    /// Number of this page, from 1.
    pub number: usize,
    /// How many pages.
    pub count: usize,
    /// Address of the page before, or null.
    pub previous: Option<String>,
    /// Address of the page after, or null.
    pub next: Option<String>,
    /// Every page.
    pub all: Vec<PageLink>,
}

/// One page of a long list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageLink {
    /// Its number.
    pub number: usize,
    /// Its address.
    pub url: String,
}

/// One region: what lies in it and what its reports add up to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegionPage {
    /// Its name.
    pub title: String,
    /// The region.
    pub region: Region,
    /// It and those above, the outermost first.
    pub region_path: Vec<Crumb>,
    /// Who in it has reported when.
    pub grid: Grid,
    /// Agencies of the region itself, not of one below.
    pub agencies_total: usize,
    /// Reports of the region whose agency is not known.
    pub unclaimed: Vec<Listed>,
    /// What the sums are of.
    pub columns: Vec<Column>,
    /// Sums by year, for each body with two agencies or more.
    pub aggregates: Vec<Aggregate>,
    /// The other pages of the list of agencies; null where there is one only.
    pub pages: Option<Pagination>,
}

/// Who has reported when.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Grid {
    /// Its columns.
    pub years: Vec<GridYear>,
    /// Which years share a form.
    pub regimes: Vec<Regime>,
    /// Its rows.
    pub groups: Vec<GridGroup>,
}

/// A year of a grid.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GridYear {
    /// The year.
    pub year: u16,
    /// Address of its page; null where the archive has no report of it.
    pub url: Option<String>,
}

/// Rows of one sort.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GridGroup {
    /// `regions` or `agencies`.
    pub of: &'static str,
    /// The rows.
    pub rows: Vec<GridRow>,
}

/// An agency or region in a grid.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GridRow {
    /// Name.
    pub name: String,
    /// Address of its page.
    pub url: String,
    /// One for each year.
    pub cells: Vec<GridCell>,
}

/// An agency or region in a year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GridCell {
    /// The year.
    pub year: u16,
    /// Number of reports.
    pub count: usize,
    /// Address of the report, or of the row's page where there are several; null where there is none.
    pub url: Option<String>,
    /// Errors and warnings in them.
    pub odd: u32,
    /// A report was there and cannot be read any more.
    pub unread: bool,
}

/// Sums over the reports of one body.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Aggregate {
    /// Who.
    pub body: Body,
    /// How many of them ever reported.
    pub agencies: usize,
    /// Year by year.
    pub rows: Vec<AggregateRow>,
}

/// Sums of one year.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AggregateRow {
    /// The year.
    pub year: u16,
    /// Address of the year's page.
    pub url: String,
    /// Reports added up.
    pub reports: usize,
    /// One for each column, null where no figure is known.
    pub sums: Vec<Option<Sum>>,
    /// How many of the body's agencies are not among them.
    pub missing: usize,
    /// Names of the first of those.
    pub missing_names: Vec<String>,
    /// The form of the year.
    pub regime: &'static str,
}

/// One indicator: what it counts, and every agency and year that gives it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndicatorPage {
    /// Its name.
    pub title: String,
    /// The indicator.
    pub indicator: IndicatorLink,
    /// What it counts.
    pub about: String,
    /// Whether it is what there is at a date, and not what happened in a year.
    pub stock: bool,
    /// Words it goes by in texts.
    pub words: Vec<String>,
    /// Where the statutory forms hold it.
    pub form_cells: Vec<FormCell>,
    /// Years of the columns: the newest thirty that give it.
    pub years: Vec<u16>,
    /// Which years share a form.
    pub regimes: Vec<Regime>,
    /// The agencies of this page.
    pub rows: Vec<AgencyRow>,
    /// Reports that give the figure, on all pages.
    pub reports: usize,
    /// How many of them are disputed.
    pub disputed: usize,
    /// How the figures of the newest year spread; null for fewer than three.
    pub distribution: Option<Distribution>,
    /// The newest year; null where nobody gives the figure.
    pub distribution_year: Option<u16>,
    /// Sums by year; null where nothing is known.
    pub sums: Option<Columns>,
    /// Whose figures they add up.
    pub sums_of: Body,
    /// The other pages of the list; null where there is one only.
    pub pages: Option<Pagination>,
}

/// A cell, or one term of a sum of cells, of a statutory form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FormCell {
    /// Form id.
    pub form: String,
    /// Title of the form.
    pub form_title: Option<String>,
    /// The document that prescribes it.
    pub document: Option<String>,
    /// Title of the table.
    pub table: String,
    /// Label of the row, or null.
    pub row: Option<String>,
    /// Label of the column, or null.
    pub column: Option<String>,
}

/// An agency and its figures of one indicator.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgencyRow {
    /// Name.
    pub name: String,
    /// Address of its page; null for reports whose agency is not known.
    pub url: Option<String>,
    /// Name of its region, or null.
    pub region: Option<String>,
    /// One for each year, null where there is none.
    pub cells: Vec<Option<LinkedFigure>>,
}
