//! The content folder: which files are reports, and their bytes.
//!
//! In: a folder. Out: [`Found`], everything in it accounted for and sorted by path, then one [`Source`] per report on demand.
//! Must never follow a link, open anything but a regular file, read more than [`MAX_BYTES`], or write.

use crate::model::archive::{Ignored, Quarantined};
use crate::model::diagnostic::Finding;
use crate::model::source::{Sidecar, Source};
use anyhow::{Context, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Larger files are named, not read: a scan or an archive under a report's name would take the memory of a thousand reports.
pub const MAX_BYTES: u64 = 64 << 20;
/// Notes and pages are written by hand; nobody writes a megabyte.
const MAX_NOTE_BYTES: u64 = 1 << 20;
/// Extensions of reports, compared without regard to case.
const REPORTS: [&str; 4] = ["txt", "md", "html", "htm"];
/// The publisher's corrections and takedowns.
const REGISTER: &str = "_corrections.toml";
/// The publisher's own pages stand here, at the top of the content folder.
const PAGES: &str = "_pages";

/// Whether a file of this name is read as a report.
pub fn is_report(name: &str) -> bool {
    let extension = Path::new(name).extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| REPORTS.contains(&extension.as_str()))
}

/// Everything in the content folder. A file is in exactly one of the lists, but for sidecars that belong to a report: those are
/// part of their candidate. `candidates + quarantined + ignored` is what the index calls `found`; pages are not reports.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Files to be read as reports.
    pub files: Vec<Candidate>,
    /// Files refused, each with a finding code.
    pub quarantined: Vec<Quarantined>,
    /// Files and folders left aside on purpose, each with a reason.
    pub ignored: Vec<Ignored>,
    /// The publisher's own pages.
    pub pages: Vec<OwnText>,
    /// The register of corrections and takedowns, `_corrections.toml` at the top.
    pub register: Option<Sidecar>,
}

/// A report's file, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Path below the content folder, `/`-separated.
    pub path: String,
    /// Where it stands on disk.
    pub file: PathBuf,
    /// Its size when it was found.
    pub bytes: u64,
    /// `NAME.toml` beside it: path below the content folder, and on disk.
    pub sidecar: Option<(String, PathBuf)>,
}

/// The source of one of the publisher's own pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnText {
    /// File name without `.md`, `[a-z0-9-]+`; also its address.
    pub slug: String,
    /// Path below the content folder.
    pub path: String,
    /// CommonMark.
    pub text: String,
}

/// Looks through the content folder. `Err` only when the folder itself cannot be read.
pub fn find(content: &Path) -> anyhow::Result<Found> {
    let folder = std::fs::metadata(content).with_context(|| {
        format!("cannot read the content folder {}; create it, or set `content` in site.toml", content.display())
    })?;
    if !folder.is_dir() {
        bail!("{} is not a folder; `content` in site.toml must name one", content.display());
    }
    let mut found = Found::default();
    let mut notes: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut walk = WalkDir::new(content).min_depth(1).into_iter();
    while let Some(entry) = walk.next() {
        match entry {
            Err(error) if error.depth() == 0 => {
                return Err(error).with_context(|| format!("cannot read the content folder {}", content.display()));
            }
            Err(error) => {
                let path = error.path().map(|p| below(content, p).0).unwrap_or_default();
                found.refuse("file-unreadable", path, &format!("系统拒绝读取：{error}"));
            }
            Ok(entry) => match found.take(content, &entry, &mut notes) {
                Next::Go => {}
                Next::SkipFolder => walk.skip_current_dir(),
                Next::Stop(why) => {
                    bail!("{why}\n  = help: it says what must not be published, so nothing is published without it")
                }
            },
        }
    }
    found.attach(notes);
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    found.quarantined.sort_by(|a, b| a.path.cmp(&b.path));
    found.ignored.sort_by(|a, b| a.path.cmp(&b.path));
    found.pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Reads a report and its sidecar. `Err` quarantines it: a report whose sidecar cannot be read is not published without it, for
/// the sidecar may call it a draft.
pub fn load(candidate: &Candidate) -> Result<Source, Finding> {
    let bytes = read_regular(&candidate.file, MAX_BYTES).map_err(|refusal| refusal.finding("文件"))?;
    let sidecar = match &candidate.sidecar {
        None => None,
        Some((path, file)) => {
            let bytes = read_regular(file, MAX_NOTE_BYTES)
                .map_err(|refusal| refusal.finding(&format!("附带信息 {}", printable(path))))?;
            // A sidecar that is not UTF-8 keeps a replacement character, by which `read` knows and says so.
            Some(Sidecar { path: path.clone(), text: String::from_utf8_lossy(&bytes).into_owned() })
        }
    };
    Ok(Source { path: candidate.path.clone(), bytes: bytes.into(), sidecar })
}

#[derive(PartialEq, Eq)]
enum Next {
    Go,
    SkipFolder,
    /// The site cannot be built: why.
    Stop(String),
}

impl Found {
    fn refuse(&mut self, code: &'static str, path: String, message: &str) {
        self.quarantined.push(Quarantined { path, code: code.into(), message: message.to_owned(), report: None });
    }

    fn ignore(&mut self, path: String, reason: &str) {
        self.ignored.push(Ignored { path, reason: reason.to_owned() });
    }

    fn take(&mut self, content: &Path, entry: &DirEntry, notes: &mut BTreeMap<String, PathBuf>) -> Next {
        let (path, exact) = below(content, entry.path());
        let kind = entry.file_type();
        let name = entry.file_name().to_string_lossy();
        if kind.is_dir() && path == PAGES {
            return Next::Go;
        }
        if path == REGISTER {
            return match read_regular(entry.path(), MAX_NOTE_BYTES) {
                Ok(bytes) => {
                    self.register = Some(Sidecar { path, text: String::from_utf8_lossy(&bytes).into_owned() });
                    Next::Go
                }
                Err(refusal) => Next::Stop(refusal.message(&format!("{REGISTER} "))),
            };
        }
        if name.starts_with(['_', '.']) {
            let what = if kind.is_dir() { "文件夹" } else { "文件" };
            let mark = if name.starts_with('_') { '_' } else { '.' };
            self.ignore(path, &format!("{what}名以“{mark}”开头"));
            return if kind.is_dir() { Next::SkipFolder } else { Next::Go };
        }
        if kind.is_dir() {
            return Next::Go;
        }
        // A sidecar that is a link or a pipe stays with its report, and `load` refuses both.
        let extension = Path::new(&path).extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        let extension = extension.unwrap_or_default();
        if !exact {
            self.refuse("file-name-unusable", path, "文件名不是 UTF-8。请改名后重新加入");
        } else if extension == "toml" && !path.starts_with("_pages/") {
            notes.insert(path, entry.path().to_owned());
        } else if !kind.is_file() {
            let what = if kind.is_symlink() { "链接" } else { "管道、设备或套接字" };
            self.refuse("not-a-regular-file", path, &format!("是{what}，未读取。请改为普通文件"));
        } else if path.starts_with("_pages/") {
            self.page(path, entry.path());
        } else if !is_report(&path) {
            self.ignore(path, "扩展名不是 txt、md、html、htm");
        } else {
            match entry.metadata().map(|m| m.len()) {
                Err(error) => self.refuse("file-unreadable", path, &format!("系统拒绝读取：{error}")),
                Ok(bytes) if bytes > MAX_BYTES => {
                    let refusal = Refusal::TooLarge(bytes, MAX_BYTES);
                    self.refuse(refusal.code(), path, &refusal.message("文件"));
                }
                Ok(bytes) => {
                    self.files.push(Candidate { path, file: entry.path().to_owned(), bytes, sidecar: None });
                }
            }
        }
        Next::Go
    }

    fn page(&mut self, path: String, file: &Path) {
        let slug = path.strip_prefix("_pages/").and_then(|p| p.strip_suffix(".md")).unwrap_or_default();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if slug.is_empty() || !slug.bytes().all(plain) {
            return self.ignore(path, "页面的文件名须为小写字母、数字和连字符加 .md，直接放在 _pages 下");
        }
        match read_regular(file, MAX_NOTE_BYTES) {
            Err(refusal) => self.refuse(refusal.code(), path, &refusal.message("页面")),
            Ok(bytes) => match String::from_utf8(bytes) {
                Err(_) => self.refuse("encoding-unknown", path, "页面不是 UTF-8。请转存为 UTF-8"),
                Ok(text) => {
                    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                    self.pages.push(OwnText { slug: slug.to_owned(), path, text });
                }
            },
        }
    }

    /// Gives each `NAME.toml` to the reports called NAME beside it.
    fn attach(&mut self, notes: BTreeMap<String, PathBuf>) {
        let mut used = BTreeSet::new();
        for candidate in &mut self.files {
            let stem = candidate.path.rsplit_once('.').map_or(candidate.path.as_str(), |(stem, _)| stem);
            let note = format!("{stem}.toml");
            if let Some(file) = notes.get(&note) {
                candidate.sidecar = Some((note.clone(), file.clone()));
                used.insert(note);
            }
        }
        for path in notes.into_keys().filter(|path| !used.contains(path)) {
            self.ignore(path, "旁边没有同名的报告");
        }
    }
}

/// Why a file was not read.
enum Refusal {
    NotRegular,
    TooLarge(u64, u64),
    Unreadable(io::Error),
}

impl Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::NotRegular => "not-a-regular-file",
            Refusal::TooLarge(..) => "file-too-large",
            Refusal::Unreadable(_) => "file-unreadable",
        }
    }

    fn message(&self, what: &str) -> String {
        match self {
            Refusal::NotRegular => format!("{what}不是普通文件，未读取"),
            Refusal::TooLarge(bytes, cap) => {
                format!("{what}有 {:.1} MiB，超过 {} MiB 的上限", *bytes as f64 / 1_048_576.0, cap >> 20)
            }
            Refusal::Unreadable(error) => format!("{what}读不出：{error}"),
        }
    }

    fn finding(&self, what: &str) -> Finding {
        Finding::new(self.code(), None, self.message(what))
    }
}

/// Reads a regular file of at most `cap` bytes. It is asked again after opening, for it may have been exchanged since it was found.
fn read_regular(path: &Path, cap: u64) -> Result<Vec<u8>, Refusal> {
    let file = open(path)?;
    let metadata = file.metadata().map_err(Refusal::Unreadable)?;
    if !metadata.is_file() {
        return Err(Refusal::NotRegular);
    }
    if metadata.len() > cap {
        return Err(Refusal::TooLarge(metadata.len(), cap));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(cap + 1).read_to_end(&mut bytes).map_err(Refusal::Unreadable)?;
    if bytes.len() as u64 > cap {
        return Err(Refusal::TooLarge(bytes.len() as u64, cap));
    }
    Ok(bytes)
}

/// Opens without following a link and without waiting for the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> Result<File, Refusal> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(descriptor) => Ok(File::from(descriptor)),
        // ELOOP is a link; ENXIO is a socket.
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => Err(Refusal::NotRegular),
        Err(error) => Err(Refusal::Unreadable(error.into())),
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, Refusal> {
    let metadata = std::fs::symlink_metadata(path).map_err(Refusal::Unreadable)?;
    if !metadata.is_file() {
        return Err(Refusal::NotRegular);
    }
    File::open(path).map_err(Refusal::Unreadable)
}

/// The path below the content folder with `/`, and whether it is exact rather than a lossy rendering.
fn below(content: &Path, path: &Path) -> (String, bool) {
    let path = path.strip_prefix(content).unwrap_or(path);
    let mut exact = true;
    let parts: Vec<_> = path
        .components()
        .map(|part| {
            exact &= part.as_os_str().to_str().is_some();
            part.as_os_str().to_string_lossy()
        })
        .collect();
    (parts.join("/"), exact)
}

/// A name that cannot steer a terminal.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        root
    }

    fn paths(found: &Found) -> Vec<&str> {
        found.files.iter().map(|f| f.path.as_str()).collect()
    }

    #[test]
    fn every_file_is_accounted_for_in_path_order() {
        let root = folder(&[
            ("b.txt", "二"),
            ("a/c.HTML", "一"),
            ("a.md", "三"),
            ("a/scan.pdf", "%PDF"),
            (".git/config", ""),
            ("_drafts/x.txt", ""),
            ("_x.txt", ""),
            ("orphan.toml", ""),
            ("b.toml", "year = 2019"),
            ("_pages/about.md", "\u{feff}# 关于"),
            ("_pages/关于.md", ""),
            ("_pages/logo.png", ""),
        ]);
        let found = find(root.path()).unwrap();
        assert_eq!(paths(&found), ["a.md", "a/c.HTML", "b.txt"]);
        assert_eq!(found.files[2].sidecar.as_ref().unwrap().0, "b.toml");
        assert_eq!(load(&found.files[2]).unwrap().sidecar.unwrap().text, "year = 2019");
        let ignored: Vec<_> = found.ignored.iter().map(|i| i.path.as_str()).collect();
        let expected = [".git", "_drafts", "_pages/logo.png", "_pages/关于.md", "_x.txt", "a/scan.pdf", "orphan.toml"];
        assert_eq!(ignored, expected);
        assert!(found.ignored.iter().all(|i| !i.reason.is_empty()));
        assert_eq!(found.quarantined, []);
        let page = OwnText { slug: "about".into(), path: "_pages/about.md".into(), text: "# 关于".into() };
        assert_eq!(found.pages, [page]);
    }

    #[test]
    fn a_sidecar_belongs_to_every_report_of_its_name_in_its_folder_only() {
        let root = folder(&[("a/x.txt", "1"), ("a/x.html", "1"), ("b/x.txt", "1"), ("a/x.toml", "")]);
        let found = find(root.path()).unwrap();
        let with: Vec<_> = found.files.iter().filter(|f| f.sidecar.is_some()).map(|f| f.path.as_str()).collect();
        assert_eq!(with, ["a/x.html", "a/x.txt"]);
        assert_eq!(found.ignored, []);
    }

    #[test]
    fn a_missing_folder_is_an_error_with_a_remedy() {
        let root = tempfile::tempdir().unwrap();
        let error = find(&root.path().join("content")).unwrap_err();
        assert!(error.to_string().contains("site.toml"), "{error}");
        std::fs::write(root.path().join("file"), "").unwrap();
        assert!(find(&root.path().join("file")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_giants_are_named_and_never_opened() {
        use std::os::unix::fs::symlink;
        let root = folder(&[("good.txt", "好"), ("dir/in.txt", "里")]);
        let at = |name: &str| root.path().join(name);
        symlink("/dev/zero", at("zero.txt")).unwrap();
        symlink(root.path(), at("loop")).unwrap();
        symlink(at("good.txt"), at("again.txt")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at("pipe.txt"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
            .unwrap();
        std::os::unix::net::UnixListener::bind(at("socket.txt")).unwrap();
        File::create(at("giant.txt")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        let found = find(root.path()).unwrap();
        assert_eq!(paths(&found), ["dir/in.txt", "good.txt"]);
        let refused: Vec<_> = found.quarantined.iter().map(|q| (q.path.as_str(), q.code.as_ref())).collect();
        let expected = [
            ("again.txt", "not-a-regular-file"),
            ("giant.txt", "file-too-large"),
            ("loop", "not-a-regular-file"),
            ("pipe.txt", "not-a-regular-file"),
            ("socket.txt", "not-a-regular-file"),
            ("zero.txt", "not-a-regular-file"),
        ];
        assert_eq!(refused, expected);
        // Even if the walk had been deceived, the reading is not.
        for (name, code) in expected {
            let candidate = Candidate { path: name.into(), file: at(name), bytes: 1, sidecar: None };
            let code = if name == "loop" { "not-a-regular-file" } else { code };
            assert_eq!(load(&candidate).unwrap_err().code, code, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_report_is_not_published_without_the_sidecar_that_stands_beside_it() {
        let root = folder(&[("a.txt", "甲")]);
        std::os::unix::fs::symlink("/etc/hostname", root.path().join("a.toml")).unwrap();
        let found = find(root.path()).unwrap();
        let finding = load(&found.files[0]).unwrap_err();
        assert_eq!(finding.code, "not-a-regular-file");
        assert!(finding.message.contains("a.toml"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_not_utf8_is_named_as_well_as_can_be() {
        use std::os::unix::ffi::OsStrExt;
        let root = folder(&[("e\u{301}.txt", "分解"), ("\u{e9}.txt", "合成"), ("A.txt", "1"), ("a.txt", "1")]);
        let name = std::ffi::OsStr::from_bytes(b"\xb1\xa8\xb8\xe6.txt");
        std::fs::write(root.path().join(name), "报告").unwrap();
        let found = find(root.path()).unwrap();
        assert_eq!(paths(&found), ["A.txt", "a.txt", "e\u{301}.txt", "\u{e9}.txt"]);
        assert_eq!(found.quarantined[0].code, "file-name-unusable");
        assert!(found.quarantined[0].path.ends_with(".txt"));
    }
}
