//! `nianbao extract`: reports to NDJSON, one line per input, in the same order. A pure filter for other people's pipelines.

use super::{DONE, normalize::config_or_default};
use crate::assemble;
use crate::model::source::{Sidecar, Source};
use crate::pipeline::{Read, Reader};
use crate::source::MAX_BYTES;
use anyhow::{Context, Result};
use base64::Engine;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Inputs worked on at a time: enough for all cores, few enough to stay small.
const BATCH: usize = 256;

#[derive(Deserialize)]
struct Input {
    path: String,
    text: Option<String>,
    bytes_b64: Option<String>,
}

/// Extracts reports.
pub fn run(root: &Path, files: &[PathBuf]) -> Result<u8> {
    crate::normalize::self_test().map_err(|why| anyhow::anyhow!(why))?;
    let reader = Reader::new(&config_or_default(root)?);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut flush = |batch: &mut Vec<(String, Result<Source, String>)>| -> Result<()> {
        let lines: Vec<String> = batch.par_drain(..).map(|(path, source)| line(&reader, &path, source)).collect();
        for line in lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    };
    if let Some(gone) = files.iter().find(|file| file.as_os_str() != "-" && !file.exists()) {
        anyhow::bail!(
            "there is no file {}; nothing was extracted\n  = help: check the path, or pass - for NDJSON",
            gone.display()
        );
    }
    let mut batch = Vec::new();
    for file in files {
        if file.as_os_str() == "-" {
            for row in std::io::stdin().lock().lines() {
                let row = row.context("reading standard input")?;
                batch.push(input(&row));
                if batch.len() == BATCH {
                    flush(&mut batch)?;
                }
            }
        } else {
            batch.push((file.to_string_lossy().into_owned(), on_disk(file)));
            if batch.len() == BATCH {
                flush(&mut batch)?;
            }
        }
    }
    flush(&mut batch)?;
    out.flush()?;
    Ok(DONE)
}

fn line(reader: &Reader, path: &str, source: Result<Source, String>) -> String {
    let failed = |code: &str, why: String| json!({ "path": path, "error": why, "code": code }).to_string();
    let source = match source {
        Ok(source) => source,
        Err(why) => return failed("input", why),
    };
    match reader.report(&source) {
        Ok(Read::Report(_, Some(order))) => failed("taken-down", format!("已撤下：{}", order.reason)),
        Ok(Read::Report(mut report, None)) => {
            assemble::mint_alone(&mut report, &reader.notes);
            serde_json::to_string(&report).expect("plain data serializes")
        }
        Ok(Read::Draft) => failed("draft", "草稿（draft = true）".into()),
        Err(finding) => failed(&finding.code, finding.message),
    }
}

fn input(row: &str) -> (String, Result<Source, String>) {
    let input: Input = match serde_json::from_str(row) {
        Ok(input) => input,
        Err(error) => {
            return (String::new(), Err(format!("not a line of {{\"path\",\"text\"|\"bytes_b64\"}}: {error}")));
        }
    };
    let bytes = match (input.text, input.bytes_b64) {
        (Some(text), None) => Ok(text.into_bytes()),
        (None, Some(coded)) => {
            base64::engine::general_purpose::STANDARD.decode(coded).map_err(|error| format!("bytes_b64: {error}"))
        }
        _ => Err("exactly one of \"text\" and \"bytes_b64\" is needed".into()),
    };
    let path = input.path.clone();
    (input.path, bytes.map(|bytes| Source { path, bytes: bytes.into(), sidecar: None }))
}

fn on_disk(file: &Path) -> Result<Source, String> {
    let meta = std::fs::metadata(file).map_err(|error| error.to_string())?;
    if !meta.is_file() || meta.len() > MAX_BYTES {
        return Err("not a regular file of at most 64 MiB".into());
    }
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let beside = file.with_extension("toml");
    let path = |file: &Path| file.to_string_lossy().into_owned();
    let sidecar = std::fs::read_to_string(&beside).ok().map(|text| Sidecar { path: path(&beside), text });
    Ok(Source { path: path(file), bytes: bytes.into(), sidecar })
}
