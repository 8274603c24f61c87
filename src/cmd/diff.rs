//! `nianbao diff`: what changed between two published sites.

use super::{DONE, count};
use crate::changes::{compare, publish};
use crate::cli::{Diff, DiffFormat};
use crate::model::changes::{ChangeSet, Why};
use crate::model::value::Decimal;
use crate::pipeline::GENERATOR;
use crate::previous::Previous;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::Write as _;

/// Compares two publications.
pub fn run(arguments: &Diff) -> Result<u8> {
    let (old, new) = (Previous::open(&arguments.old)?, Previous::open(&arguments.new)?);
    let set = compare(&old.edition, &new.edition, &|id| old.body(id), &|id| new.body(id));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        DiffFormat::Json => {
            let changes = publish(GENERATOR, set, None, &[], &|line| line);
            serde_json::to_writer_pretty(&mut out, &changes)?;
            writeln!(out)?;
        }
        DiffFormat::Text => out.write_all(crate::diag::clean(&told(&set, &old, &new)).as_bytes())?,
    }
    out.flush()?;
    Ok(DONE)
}

/// The changes for people.
fn told(set: &ChangeSet, old: &Previous, new: &Previous) -> String {
    let mut story = format!(
        "{} added, {} removed, {} edited at the source, {} changed\n",
        count(set.added.len(), "report"),
        set.removed.len(),
        set.edited.len(),
        count(set.figures.len(), "figure")
    );
    for (head, ids, of) in [("added", &set.added, new), ("removed", &set.removed, old)] {
        if !ids.is_empty() {
            let _ = writeln!(story, "\n{head}");
        }
        for id in ids {
            let title = of.edition.cards.get(id).map_or("", |card| card.title.as_str());
            let _ = writeln!(story, "  {id}  {title}");
        }
    }
    if !set.edited.is_empty() {
        story.push_str("\nedited at the source\n");
    }
    for edited in &set.edited {
        let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        let _ = writeln!(story, "  {}  sha256 {} → {}", edited.id, short(&edited.was), short(&edited.now));
        for passage in &edited.passages {
            let _ = writeln!(story, "    @@ line {} → {}", passage.old_line, passage.new_line);
            for (sign, lines) in [('-', &passage.removed), ('+', &passage.added)] {
                for line in lines {
                    let _ = writeln!(story, "    {sign} {line}");
                }
            }
        }
        if edited.more {
            story.push_str("    … and more\n");
        }
    }
    if !set.figures.is_empty() {
        story.push_str("\nfigures\n");
    }
    for changed in &set.figures {
        let shown = |value: Option<Decimal>| value.map_or("none".to_owned(), |value| value.to_string());
        let why = match changed.why {
            Why::Source => "the agency's text changed",
            Why::Curation => "corrected by the publisher",
            Why::Reading => "read differently",
        };
        let _ = writeln!(
            story,
            "  {} {}: {} → {} ({why})",
            changed.id,
            changed.what,
            shown(changed.was),
            shown(changed.now)
        );
    }
    story
}
