//! Every command and flag, with its help.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Heading of the flags that every command takes.
const EVERYWHERE: &str = "With every command";

/// Turns a folder of Chinese government annual reports into a public, searchable archive with proved figures and open data.
#[derive(Debug, Parser)]
#[command(name = "nianbao", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Start with: nianbao init my-archive && nianbao --root my-archive serve")]
pub struct Cli {
    /// The folder that holds site.toml and content/
    #[arg(long, global = true, value_name = "DIR", default_value = ".", help_heading = EVERYWHERE)]
    pub root: PathBuf,
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Color of messages
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "auto|always|never")]
    #[arg(hide_possible_values = true, help_heading = EVERYWHERE)]
    pub color: Color,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When messages are colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a complete demonstration archive that builds at once
    #[command(after_help = "Example: nianbao init my-archive")]
    Init {
        /// A folder that is empty or does not exist
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Copy reports into the content folder, saying what each is and what it lacks
    #[command(
        after_help = "Example: nianbao add downloads/*.html\n\nA sidecar beside a report comes along. Nothing is ever overwritten; where one file cannot be published, none is copied."
    )]
    Add {
        /// Report files: txt, md, html, htm
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Build the site
    #[command(
        after_help = "Example: nianbao build --base-url https://example.org/archive/\n\nThe site published before stays whole until the new one is complete."
    )]
    Build(Build),
    /// Build into memory, serve on this machine, rebuild on every change
    #[command(after_help = "Example: nianbao serve --open")]
    Serve(Serve),
    /// Say what changed between two published sites
    #[command(
        after_help = "Example: nianbao diff old-public public\n\nReports added, removed and edited at the source, with the lines that differ; figures that changed, and why."
    )]
    Diff(Diff),
    /// Report everything that does not add up, in the content and in the emitted site
    #[command(
        after_help = "Example: nianbao check --strict --format github\n\nExit code 1 when errors were found (warnings too with --strict)."
    )]
    Check(Check),
    /// Tell the whole story of a finding code, a rule, a form, a line or a figure
    #[command(
        after_help = "Examples:\n  nianbao explain row-does-not-add-up\n  nianbao explain pinyin\n  nianbao explain 2019\n  nianbao explain content/a.txt:204\n  nianbao explain nan-tong-shi-ren-min-zheng-fu-2019 requests.new_requests.total"
    )]
    Explain {
        /// CODE, RULE, FORM, FILE:LINE, or REPORT-ID TABLE.ROW.COLUMN
        #[arg(value_name = "WHAT", required = true, num_args = 1..=2)]
        what: Vec<String>,
    },
    /// Say whether the archive will build, fit and deploy on GitHub Pages
    #[command(
        after_help = "Example: nianbao doctor                (after nianbao build)\n\nExit code 1 when something would not work."
    )]
    Doctor,
    /// Write the workflow that builds and publishes the archive
    #[command(after_help = "Example: nianbao deploy-init github --program OWNER/nianbao")]
    DeployInit(DeployInit),
    /// Pass one text through the cleaning rules
    #[command(after_help = "Example: nianbao normalize report.txt --format json")]
    Normalize(Normalize),
    /// Reports to NDJSON, one line per input, in the same order
    #[command(
        after_help = "Examples:\n  nianbao extract a.txt b.html\n  nianbao extract - < reports.ndjson     (lines {\"path\",\"text\"} or {\"path\",\"bytes_b64\"})\n\nAn input that cannot be read gives a line with \"error\"."
    )]
    Extract {
        /// Report files, or - for NDJSON on standard input
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

/// Arguments of `build`.
#[derive(Debug, Default, Args)]
pub struct Build {
    /// Where the site goes [default: output of site.toml]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The address the site will have [default: base_url of site.toml]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The publication before this one: what changed since is published in data/changes.json, the feeds and changes/
    #[arg(long, value_name = "DIR")]
    pub previous: Option<PathBuf>,
    /// The day of this publication, for what changed with it; the clock is never asked
    #[arg(long, value_name = "YYYY-MM-DD", requires = "previous")]
    pub date: Option<String>,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Forget what earlier builds remember
    #[arg(long)]
    pub clean: bool,
    /// Exit with 1 when something was published with errors or warnings, or quarantined
    #[arg(long)]
    pub strict: bool,
    /// Print what each stage took
    #[arg(long)]
    pub timings: bool,
}

/// Arguments of `deploy-init`.
#[derive(Debug, Args)]
pub struct DeployInit {
    /// The host
    #[arg(value_enum, value_name = "github")]
    #[arg(hide_possible_values = true)]
    pub host: Host,
    /// The GitHub repository nianbao itself is built from
    #[arg(long, value_name = "OWNER/REPOSITORY", default_value = "OWNER/nianbao")]
    pub program: String,
}

/// Hosts a workflow can be written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Host {
    /// GitHub Pages, by GitHub Actions.
    Github,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The earlier publication: its folder, or its index.json
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The later one
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// For people, or as data/changes.json has it
    #[arg(long, value_enum, default_value_t = DiffFormat::Text, value_name = "text|json")]
    #[arg(hide_possible_values = true)]
    pub format: DiffFormat,
}

/// How `diff` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people.
    Text,
    /// As `data/changes.json` has it.
    Json,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8650)]
    pub port: u16,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// For people, as a JSON array, or as annotations of GitHub Actions
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, value_name = "text|json|github")]
    #[arg(hide_possible_values = true)]
    pub format: CheckFormat,
}

/// How `check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people, with the lines of the source.
    Text,
    /// A JSON array.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

/// Arguments of `normalize`.
#[derive(Debug, Args)]
pub struct Normalize {
    /// A text file, or - for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
    /// Simplified (hans), Traditional (hant), or decided from the text
    #[arg(long, value_enum, default_value_t = ScriptChoice::Auto, value_name = "auto|hans|hant")]
    #[arg(hide_possible_values = true)]
    pub script: ScriptChoice,
    /// The report year, where it is known
    #[arg(long, value_name = "Y")]
    pub year: Option<u16>,
    /// The clean text, or lines, edits and findings as JSON
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "text|json")]
    #[arg(hide_possible_values = true)]
    pub format: TextFormat,
}

/// Script of a text to normalize.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScriptChoice {
    /// Decide from the text.
    Auto,
    /// Simplified.
    Hans,
    /// Traditional.
    Hant,
}

/// How `normalize` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextFormat {
    /// The clean text.
    Text,
    /// Lines, edits and findings.
    Json,
}
