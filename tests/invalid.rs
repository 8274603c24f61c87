//! Sites that must complain: each folder of `tests/invalid/` is one, and `expected.snap` in it is all that `nianbao check` says there.

use std::path::{Path, PathBuf};
use std::process::Command;

fn sites() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let mut sites: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("tests/invalid is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    sites.sort();
    sites
}

/// Runs `nianbao check` in a folder: exit code, stdout, stderr.
fn check(root: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .arg("check")
        .current_dir(root)
        .env("NO_COLOR", "1")
        .output()
        .expect("it runs");
    let code = output.status.code().expect("it ends by itself");
    let (out, talk) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // Paths are shown as the system writes them.
    format!("exit {code}\n\nstdout\n{out}\nstderr\n{talk}").replace('\\', "/")
}

#[test]
fn every_invalid_site_says_what_is_wrong_and_what_to_do() {
    let mut failed = Vec::new();
    for site in sites() {
        let said = check(&site);
        let run = std::panic::catch_unwind(|| {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(&site);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!("expected", &said));
        });
        if run.is_err() || site.join(".nianbao").exists() || said.starts_with("exit 0\n\nstdout\n\n") {
            failed.push(site.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    assert!(failed.is_empty(), "{} sites differ: {failed:?}", failed.len());
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_named_and_never_opened() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let content = root.path().join("content");
    std::fs::create_dir(&content).expect("writable");
    std::fs::write(root.path().join("site.toml"), "").expect("writable");
    std::os::unix::fs::symlink("/etc/passwd", content.join("link.txt")).expect("writable");
    std::os::unix::fs::symlink("/dev/zero", content.join("zero.txt")).expect("writable");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        content.join("pipe.txt"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("writable");
    let said = check(root.path());
    assert!(said.starts_with("exit 1\n"), "{said}");
    for name in ["link.txt", "pipe.txt", "zero.txt"] {
        assert!(said.contains(&format!("content/{name}")), "{said}");
    }
    assert_eq!(said.matches("error[not-a-regular-file]").count(), 3, "{said}");
    assert!(!said.contains("root:"), "a link was followed: {said}");
}
