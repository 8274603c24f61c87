//! The speed of a build: `cargo run --example bench -- target/release/nianbao [REPORTS …] [--in FOLDER]`. With
//! `--write FOLDER REPORTS` it only writes a generated archive, for other tests to look at.
//!
//! For each number of reports (1,000 and 10,000 unless told otherwise): a clean build of a generated archive, a build after
//! which nothing changed, and one after a single edit, each by the real binary in a folder of its own, with what each stage took; then
//! the size of the site, part by part, and of each data file. Linux only: processor time and memory are read from /proc.

mod generate;

use generate::Generator;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// What one build cost and did.
struct Run {
    wall: Duration,
    processor: Duration,
    peak: u64,
    said: String,
    stages: String,
}

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, folder, reports] = arguments.as_slice()
        && flag == "--write"
    {
        let written = reports.parse().map_err(io::Error::other).and_then(|reports| write(Path::new(folder), reports));
        return match written {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("bench: {folder}: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let stay = arguments.iter().position(|a| a == "--in").map(|at| arguments.drain(at..).nth(1).unwrap_or_default());
    let mut arguments = arguments.into_iter();
    let program = PathBuf::from(arguments.next().unwrap_or_default());
    let sizes: Result<Vec<usize>, _> = arguments.map(|n| n.replace([',', '_'], "").parse()).collect();
    let sizes = match sizes {
        Ok(sizes) if sizes.is_empty() => vec![1_000, 10_000],
        Ok(sizes) => sizes,
        Err(error) => {
            eprintln!("{error}\nusage: bench PROGRAM [REPORTS …] [--in FOLDER]");
            return ExitCode::from(2);
        }
    };
    match sizes.into_iter().try_for_each(|size| measure(&program, size, stay.as_deref().map(Path::new))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Builds an archive of `reports`, in a folder that goes afterwards or in one that stays to be looked at.
fn measure(program: &Path, reports: usize, stay: Option<&Path>) -> io::Result<()> {
    let program = fs::canonicalize(program)?;
    let temporary = tempfile::Builder::new().prefix("nianbao-bench-").tempdir()?;
    let root = &stay.map_or(temporary.path().to_owned(), |folder| folder.join(reports.to_string()));
    let generator = Generator::new();
    println!("\n{reports} reports, {:.1} MiB", mebibytes(write(root, reports)?));
    println!("| build | wall s | reports/s | CPU s | peak MiB | written | stages |\n|---|---|---|---|---|---|---|");
    show("clean", reports, &build(&program, root, &["--clean"])?);
    show("nothing changed", reports, &build(&program, root, &[])?);
    // The build after the first one makes the twin of the published folder; the next one finds it there.
    for (name, index) in [("one edit", reports / 2), ("next edit", reports / 3)] {
        let edited = generator.report(index);
        let text = edited.text.replacen("政府信息公开条例》", "政府信息公开条例》和有关规定", 1);
        fs::write(root.join("content").join(edited.path), text)?;
        show(name, reports, &build(&program, root, &[])?);
    }
    let sizes = sizes(&root.join("public"));
    let (files, bytes) = sizes.values().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    let mut parts: Vec<String> =
        sizes.iter().map(|(name, (files, bytes))| format!("{name} {files} / {:.1} MiB", mebibytes(*bytes))).collect();
    parts.sort();
    println!("output: {files} files, {:.1} MiB ({})", mebibytes(bytes), parts.join(", "));
    let mut data: Vec<(u64, String)> = fs::read_dir(root.join("public/data"))?
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.len(), entry.file_name().into_string().ok()?)))
        .filter(|(bytes, _)| *bytes >= 1 << 16)
        .collect();
    data.sort_unstable_by(|a, b| b.cmp(a));
    let data: Vec<String> = data.iter().map(|(bytes, name)| format!("{name} {:.1}", mebibytes(*bytes))).collect();
    println!("data files, MiB: {}", data.join(", "));
    io::stdout().flush()
}

/// Writes an archive of `reports` below `root`; its bytes.
fn write(root: &Path, reports: usize) -> io::Result<u64> {
    let generator = Generator::new();
    let mut bytes = 0;
    for index in 0..reports {
        let file = generator.report(index);
        let path = root.join("content").join(&file.path);
        fs::create_dir_all(path.parent().expect("below content"))?;
        bytes += file.text.len() as u64;
        fs::write(path, file.text)?;
    }
    fs::write(root.join("site.toml"), "title = \"测速档案\"\nbase_url = \"https://example.org/archive/\"\n")?;
    Ok(bytes)
}

fn show(name: &str, reports: usize, run: &Run) {
    let wall = run.wall.as_secs_f64();
    let written = run.said.split(", ").find_map(|part| part.strip_suffix(" written")).unwrap_or("?");
    println!(
        "| {name} | {wall:.2} | {:.0} | {:.2} | {:.0} | {written} | {} |",
        reports as f64 / wall,
        run.processor.as_secs_f64(),
        mebibytes(run.peak),
        run.stages
    );
}

fn build(program: &Path, root: &Path, arguments: &[&str]) -> io::Result<Run> {
    let before = children()?;
    let started = Instant::now();
    let mut child = Command::new(program)
        .arg("--root")
        .arg(root)
        .args(["build", "--timings"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // The program says a few lines at its end: less than a pipe holds.
    while child.try_wait()?.is_none() {
        peak = peak.max(high_water(&status));
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = started.elapsed();
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(io::Error::other(format!("the build failed: {errors}")));
    }
    let stages = errors.lines().find_map(|line| line.strip_prefix("timings: ")).unwrap_or("").to_owned();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Run { wall, processor: children()? - before, peak, said, stages })
}

/// Processor time of the children that have ended, from /proc/self/stat, in hundredths of a second.
fn children() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u64 = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// The most memory a process has held; zero when it has ended.
fn high_water(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1024)
}

/// Files and bytes of each part of the site.
fn sizes(public: &Path) -> BTreeMap<String, (u64, u64)> {
    let mut sizes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(public).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let below = entry.path().strip_prefix(public).expect("below public");
        let part = if below.components().count() > 1 { below.iter().next() } else { None };
        let part = part.map_or("/".into(), |name| name.to_string_lossy().into_owned());
        let sum = sizes.entry(part).or_default();
        *sum = (sum.0 + 1, sum.1 + entry.metadata().map_or(0, |m| m.len()));
    }
    sizes
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
