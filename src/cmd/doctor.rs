//! `nianbao doctor`: will this archive build, fit and deploy on GitHub Pages. Looks, and changes nothing.
//!
//! `EXAMINATIONS` is the list: each looks at one thing and says what it found, with a remedy where something is wrong.

use super::{DONE, FOUND, Terminal, again, deploy_init};
use crate::config::Config;
use crate::source::{self, Found};
use anyhow::Result;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// GitHub: "Published GitHub Pages sites may be no larger than 1 GB" (docs.github.com, GitHub Pages limits).
const SITE_LIMIT: u64 = 1_000_000_000;
/// Deployments end after ten minutes on GitHub's side; sites of this size have been seen to miss it.
const SLOW: u64 = 400_000_000;
/// Bytes of the largest file a git push takes; only who pushes the site as a branch meets it.
const PUSH_LIMIT: u64 = 100_000_000;

/// How one examination ended.
enum Verdict {
    Good(String),
    /// Works, and could be better: what, and the remedy.
    Doubt(String, String),
    /// Does not work: what, and the remedy.
    Bad(String, String),
}
use Verdict::{Bad, Doubt, Good};

/// What is looked at.
struct Patient<'a> {
    root: &'a Path,
    config: &'a Config,
    found: &'a Found,
    /// Files of the published site: path, bytes, whether they are regular.
    published: &'a [(PathBuf, u64, bool)],
}

type Examination = fn(&Patient) -> Option<Verdict>;

/// Every examination, with the name it is printed under.
const EXAMINATIONS: &[(&str, Examination)] = &[
    ("content", content),
    ("links", not_regular),
    ("address", address),
    ("ids", ids),
    ("size", size),
    ("files", files),
    ("deploy", workflow),
];

/// Examines the archive. Exit code 1 when something does not work.
pub fn run(root: &Path, terminal: &Terminal) -> Result<u8> {
    let config = crate::config::load(root)?;
    crate::normalize::self_test().map_err(|why| anyhow::anyhow!(why))?;
    let found = source::find(&config.content_folder())?;
    let output = config.output_folder();
    let published: Vec<(PathBuf, u64, bool)> = WalkDir::new(&output)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            (entry.path().strip_prefix(&output).unwrap_or(entry.path()).to_owned(), bytes, entry.file_type().is_file())
        })
        .collect();
    let patient = Patient { root, config: &config, found: &found, published: &published };
    let mut out = std::io::stdout().lock();
    let mut bad = false;
    for (name, examine) in EXAMINATIONS {
        match examine(&patient) {
            None => {}
            Some(Good(what)) => writeln!(out, "ok       {name}: {what}")?,
            Some(Doubt(what, remedy)) => writeln!(out, "doubt    {name}: {what}\n         {remedy}")?,
            Some(Bad(what, remedy)) => {
                bad = true;
                writeln!(out, "problem  {name}: {what}\n         {remedy}")?;
            }
        }
    }
    let next = if published.is_empty() || bad { "build" } else { "check" };
    terminal.say(&format!("next: {} {next}", again(root)));
    Ok(if bad { FOUND } else { DONE })
}

fn content(patient: &Patient) -> Option<Verdict> {
    let found = patient.found;
    let reports = super::count(found.files.len(), "report");
    Some(match (found.files.is_empty(), found.ignored.len()) {
        (true, _) => {
            Bad("there is no report".into(), format!("put some into {}/, or use nianbao add", patient.config.content))
        }
        (false, 0) => Good(reports),
        (false, ignored) => Good(format!("{reports}; {ignored} left aside, index.json says why")),
    })
}

/// Symbolic links, pipes, unreadable and oversized files are never published.
fn not_regular(patient: &Patient) -> Option<Verdict> {
    let refused = &patient.found.quarantined;
    let names: Vec<String> = refused.iter().take(5).map(|file| crate::diag::clean(&file.path)).collect();
    (!refused.is_empty()).then(|| {
        let what = format!("{} cannot be read: {}", super::count(refused.len(), "file"), names.join(", "));
        Bad(what, "replace links by the files, and mend permissions".into())
    })
}

fn address(patient: &Patient) -> Option<Verdict> {
    let url = &patient.config.base_url;
    Some(if url.is_empty() {
        Doubt(
            "base_url is not set: no sitemap entries, no absolute addresses in feeds and citations".into(),
            "set it in site.toml, or pass build --base-url, as the workflow does".into(),
        )
    } else {
        Good(url.clone())
    })
}

/// `ids.toml` keeps addresses the same for ever, but only if it is kept.
fn ids(patient: &Patient) -> Option<Verdict> {
    if !patient.root.join("ids.toml").is_file() {
        return Some(Doubt("there is no ids.toml yet".into(), "run nianbao build, and commit ids.toml".into()));
    }
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(patient.root).args(arguments).output().ok().map(|output| output.status.success())
    };
    // Without git, or outside a repository, there is nothing to say.
    if git(&["rev-parse", "--git-dir"]) != Some(true) {
        return Some(Good("ids.toml is there; keep it with the content".into()));
    }
    let kept = git(&["ls-files", "--error-unmatch", "ids.toml"]) == Some(true)
        && git(&["diff", "--quiet", "HEAD", "--", "ids.toml"]) == Some(true);
    Some(if kept {
        Good("ids.toml is committed".into())
    } else {
        Doubt(
            "ids.toml has lines that are not committed".into(),
            "commit it: it keeps addresses the same for ever".into(),
        )
    })
}

fn size(patient: &Patient) -> Option<Verdict> {
    let published = patient.published;
    if published.is_empty() {
        return Some(Doubt(
            format!("nothing is published in {}/ yet", patient.config.output),
            "run nianbao build, then doctor again".into(),
        ));
    }
    let bytes: u64 = published.iter().map(|(_, bytes, _)| bytes).sum();
    let mut what = format!(
        "{:.1} MB in {} files, {:.0} % of the 1 GB of GitHub Pages",
        bytes as f64 / 1e6,
        published.len(),
        bytes as f64 / SITE_LIMIT as f64 * 100.0
    );
    // In a small archive the pages that every archive has outweigh the reports.
    let reports = patient.found.files.len() as u64;
    if reports >= 200 {
        let _ = write!(what, "; room for about {} such reports", SITE_LIMIT / (bytes / reports).max(1));
    }
    let remedy =
        "split the archive into one site per province, switch off [exports] you do not need, or use another host";
    Some(match bytes {
        _ if bytes > SITE_LIMIT => Bad(what, remedy.into()),
        _ if bytes > SITE_LIMIT / 10 * 8 => Doubt(what, remedy.into()),
        _ if bytes > SLOW => {
            Doubt(what, "GitHub ends deployments after ten minutes; sites of this size have missed it".into())
        }
        _ => Good(what),
    })
}

/// The largest files, and what a host would refuse.
fn files(patient: &Patient) -> Option<Verdict> {
    let odd = patient
        .published
        .iter()
        .find(|(path, _, regular)| !regular || path.iter().any(|part| part.to_string_lossy().starts_with('.')));
    if let Some((path, ..)) = odd {
        let what = format!("{} would not be deployed: a link, or hidden", path.display());
        return Some(Bad(what, "remove it from the output folder; nianbao did not write it".into()));
    }
    let mut largest: Vec<&(PathBuf, u64, bool)> = patient.published.iter().collect();
    largest.sort_by_key(|(path, bytes, _)| (std::cmp::Reverse(*bytes), path));
    let told = |(path, bytes, _): &&(PathBuf, u64, bool)| format!("{} {:.1} MB", path.display(), *bytes as f64 / 1e6);
    let what = format!("the largest: {}", largest.iter().take(5).map(told).collect::<Vec<_>>().join(", "));
    let (_, most, _) = largest.first()?;
    Some(if *most > PUSH_LIMIT {
        Doubt(what, "a file over 100 MB cannot be pushed to a gh-pages branch; deploy with GitHub Actions".into())
    } else {
        Good(what)
    })
}

fn workflow(patient: &Patient) -> Option<Verdict> {
    let workflows = std::fs::read_dir(patient.root.join(deploy_init::FOLDER)).into_iter().flatten().flatten();
    let mut ours = workflows.filter(|file| {
        std::fs::read_to_string(file.path()).is_ok_and(|text| text.contains("nianbao") && text.contains("deploy-pages"))
    });
    Some(match ours.next() {
        None => Doubt(
            "no workflow publishes this archive".into(),
            "nianbao deploy-init github writes one; or upload the output folder to any static host".into(),
        ),
        Some(file) if std::fs::read_to_string(file.path()).is_ok_and(|text| text.contains("NIANBAO: OWNER/")) => Bad(
            format!("{} does not say where nianbao comes from", file.path().display()),
            "put the GitHub repository of nianbao after NIANBAO:".into(),
        ),
        Some(file) => Good(format!("{} publishes it", file.path().display())),
    })
}
