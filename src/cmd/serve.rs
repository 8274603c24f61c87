//! `nianbao serve`: the same build into memory, served on this machine only, rebuilt on every change.
//!
//! The published bytes are served as they are; the only addition is a script tag, from the same origin, that reloads the page.

use super::{DONE, Terminal, build::SILENT, check::shared_cache, count};
use crate::cache::Cache;
use crate::cli::Serve;
use crate::pipeline::{Built, Project};
use crate::publish::{Memory, Target};
use anyhow::{Context, Result, anyhow};
use notify_debouncer_full::notify::{EventKind, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, new_debouncer};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use tiny_http::{Header, Request, Response, Server, StatusCode};

const RELOAD: &str = "/nianbao-reload.js";
const EVENTS: &str = "/nianbao-events";
const SCRIPT: &str = "new EventSource('/nianbao-events').onmessage = () => location.reload();\n";

/// The site of the moment, and how many times it was built.
#[derive(Default)]
struct Stage {
    site: Mutex<(u64, Arc<BTreeMap<String, Vec<u8>>>)>,
    changed: Condvar,
}

/// Serves the site until interrupted.
pub fn run(root: &Path, arguments: &Serve, terminal: &Terminal) -> Result<u8> {
    let cache = Arc::new(shared_cache(root)?);
    let stage = Arc::new(Stage::default());
    let built = rebuild(root, &cache, &stage)?;
    let server = Server::http(("127.0.0.1", arguments.port)).map_err(|error| {
        anyhow!("port {}: {error}\n  = help: choose another with --port, or 0 for any", arguments.port)
    })?;
    let port = server.server_addr().to_ip().map_or(arguments.port, |address| address.port());
    let url = format!("http://127.0.0.1:{port}/");
    writeln!(std::io::stdout(), "{url}")?;
    std::io::stdout().flush()?;
    told(&built, terminal);
    terminal.say("next: edit content/, the page reloads by itself; stop with Ctrl-C");
    if arguments.open {
        open_browser(&url, terminal);
    }
    let (sender, receiver) = std::sync::mpsc::channel::<DebounceEventResult>();
    let mut watcher = new_debouncer(Duration::from_millis(150), None, sender).context("watching the site's folder")?;
    let root = std::path::absolute(root)?;
    watcher.watch(&root, RecursiveMode::Recursive).with_context(|| format!("watching {}", root.display()))?;
    let ours = [root.join(".nianbao"), root.join(".git"), Project::open(&root, None)?.config.output_folder()];
    let server = Arc::new(server);
    for _ in 0..4 {
        let (server, stage) = (Arc::clone(&server), Arc::clone(&stage));
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                answer(request, &stage);
            }
        });
    }
    for events in receiver {
        let Ok(events) = events else { continue };
        let relevant = |path: &std::path::PathBuf| {
            !ours.iter().any(|folder| path.starts_with(folder)) && !path.ends_with(crate::pipeline::IDS)
        };
        let changed = events.iter().any(|e| !matches!(e.kind, EventKind::Access(_)) && e.paths.iter().any(relevant));
        if !changed {
            continue;
        }
        let started = Instant::now();
        match rebuild(&root, &cache, &stage) {
            Ok(built) => {
                terminal.say(&format!("rebuilt in {:.2} s", started.elapsed().as_secs_f64()));
                told(&built, terminal);
            }
            // The site before stays up; the mistake is told where it was made.
            Err(error) => terminal.say(&format!("{}\nthe site before stays up", super::shown(&error, terminal.color))),
        }
    }
    Ok(DONE)
}

fn rebuild(root: &Path, cache: &Arc<Cache>, stage: &Stage) -> Result<Built> {
    let mut project = Project::open(root, Some(""))?;
    let mut target = Target::Memory(Memory::default());
    let built = project.build(cache, &mut target, SILENT)?;
    let Target::Memory(mut memory) = target else { unreachable!("made above") };
    memory.seal();
    let mut site = stage.site.lock().expect("no holder panics");
    *site = (site.0 + 1, Arc::new(memory.files));
    stage.changed.notify_all();
    Ok(built)
}

fn told(built: &Built, terminal: &Terminal) {
    for file in &built.quarantined {
        terminal.say(&format!(
            "quarantined[{}]: {}: {}",
            file.code,
            crate::diag::clean(&file.path),
            crate::diag::clean(&file.message)
        ));
    }
    terminal.say(&format!(
        "{}, {}, {}, {}",
        count(built.inputs.published as usize, "report"),
        count(built.findings.error as usize, "error"),
        count(built.findings.warning as usize, "warning"),
        count(built.findings.note as usize, "note")
    ));
}

fn answer(request: Request, stage: &Arc<Stage>) {
    let url = request.url().split(['?', '#']).next().unwrap_or("/").to_owned();
    if url == EVENTS {
        // Each listener waits in a thread of its own, so that pages are still served.
        let stage = Arc::clone(stage);
        std::thread::spawn(move || wait(request, &stage));
        return;
    }
    let files = Arc::clone(&stage.site.lock().expect("no holder panics").1);
    let path = percent_decoded(url.trim_start_matches('/'));
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
    let result = if url == RELOAD {
        respond(request, 200, "text/javascript; charset=utf-8", SCRIPT.as_bytes().to_vec())
    } else if let Some(bytes) = files.get(&path) {
        respond(request, 200, media(&path), with_reload(&path, bytes))
    } else if files.contains_key(&format!("{path}/index.html")) {
        let header = Header::from_bytes("Location", format!("{url}/")).expect("an address we publish");
        request.respond(Response::empty(StatusCode(301)).with_header(header))
    } else {
        let page = files.get("404.html").map(|bytes| with_reload("404.html", bytes)).unwrap_or_default();
        respond(request, 404, "text/html; charset=utf-8", page)
    };
    // A browser that hangs up is no concern of ours.
    drop(result);
}

fn wait(request: Request, stage: &Stage) {
    let site = stage.site.lock().expect("no holder panics");
    let seen = site.0;
    let (site, _) = stage
        .changed
        .wait_timeout_while(site, Duration::from_secs(25), |site| site.0 == seen)
        .expect("no holder panics");
    let text = if site.0 == seen { ": still here\n\n" } else { "data: reload\n\n" };
    drop(site);
    // The browser asks again by itself.
    let text = format!("retry: 200\n{text}");
    let _ = respond(request, 200, "text/event-stream", text.into_bytes());
}

fn respond(request: Request, status: u16, media: &str, bytes: Vec<u8>) -> std::io::Result<()> {
    let header = |name: &str, value: &str| Header::from_bytes(name, value).expect("constant headers");
    let response = Response::from_data(bytes)
        .with_status_code(status)
        .with_header(header("Content-Type", media))
        .with_header(header("Cache-Control", "no-store"));
    request.respond(response)
}

fn with_reload(path: &str, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if path.ends_with(".html") {
        let tag = format!("<script src=\"{RELOAD}\" defer></script>");
        let end = b"</body>";
        let at = bytes.windows(end.len()).rposition(|w| w == end).unwrap_or(bytes.len());
        bytes.splice(at..at, tag.into_bytes());
    }
    bytes
}

fn media(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "svg" => "image/svg+xml",
        "xml" => "application/xml; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}

fn percent_decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let coded = (bytes[at] == b'%')
            .then(|| path.get(at + 1..at + 3))
            .flatten()
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        decoded.push(coded.unwrap_or(bytes[at]));
        at += if coded.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn open_browser(url: &str, terminal: &Terminal) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    if std::process::Command::new(program).arg(url).spawn().is_err() {
        terminal.say(&format!("no browser could be started with {program}; open {url} yourself"));
    }
}
