//! Where finished files go: a folder that is exchanged whole, or memory.
//!
//! The published folder and its twin take turns. A build brings the twin up to date, writing only what differs (what the
//! published folder already has is hard-linked), puts the manifest into it last, and exchanges the two in one system call. A
//! kill, a full disk or a failing theme at any moment leaves the published site whole; a twin without a manifest is made anew.
//! Must never write into the published folder, follow a link, or touch a folder that is not ours.

use crate::model::page::{Artifact, LargeFile, Place, Sink, hex};
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The manifest, in the form `sha256sum -c` reads; its presence says that a folder is ours and whole.
pub const MANIFEST: &str = "manifest-sha256.txt";

/// A site in memory, for `serve`, `check` and the tests.
#[derive(Debug, Default)]
pub struct Memory {
    /// Path → bytes.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Sink for Memory {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        self.files.insert(artifact.path, artifact.bytes);
        Ok(())
    }
}

impl Memory {
    /// Adds the manifest, as a published folder has it.
    pub fn seal(&mut self) {
        let hashes = self.files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes))).collect();
        self.files.insert(MANIFEST.into(), manifest(&hashes).into_bytes());
    }
}

/// Where a build goes.
pub enum Target {
    /// To disk.
    Folder(Folder),
    /// To memory.
    Memory(Memory),
}

impl Target {
    /// Takes over a file as it was published before, if it is still there. False: it has to be made again.
    pub fn keep(&mut self, path: &str, hash: &str) -> bool {
        match self {
            Target::Folder(folder) => folder.keep(path, hash),
            Target::Memory(_) => false,
        }
    }

    /// Takes a finished file whose SHA-256 is known.
    pub fn put_hashed(&mut self, artifact: Artifact, sha256: String) -> io::Result<()> {
        match self {
            Target::Folder(folder) => folder.put_hashed(artifact, sha256),
            Target::Memory(memory) => memory.put(artifact),
        }
    }

    /// SHA-256 of the manifest of the published site, if there is one.
    pub fn standing(&self) -> Option<String> {
        match self {
            Target::Folder(folder) if !folder.published.is_empty() => {
                Some(sha256(manifest(&folder.published).as_bytes()))
            }
            _ => None,
        }
    }

    /// SHA-256 of the manifest the new site will have.
    pub fn coming(&self) -> Option<String> {
        match self {
            Target::Folder(folder) => Some(sha256(manifest(&folder.wanted).as_bytes())),
            Target::Memory(_) => None,
        }
    }

    /// Whether the new site has a file at `path`.
    pub fn has(&self, path: &str) -> bool {
        match self {
            Target::Folder(folder) => folder.wanted.contains_key(path),
            Target::Memory(memory) => memory.files.contains_key(path),
        }
    }
}

impl Sink for Target {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        match self {
            Target::Folder(folder) => folder.put(artifact),
            Target::Memory(memory) => memory.put(artifact),
        }
    }

    fn large(&mut self, path: &str) -> io::Result<LargeFile> {
        match self {
            Target::Folder(folder) => folder.large(path),
            Target::Memory(memory) => memory.large(path),
        }
    }

    fn put_large(&mut self, file: LargeFile) -> io::Result<(u64, String)> {
        match self {
            Target::Folder(folder) => folder.put_large(file),
            Target::Memory(memory) => memory.put_large(file),
        }
    }

    fn keep(&mut self, path: &str, sha256: &str) -> bool {
        Target::keep(self, path, sha256)
    }

    fn database(&mut self, path: &str) -> io::Result<Connection> {
        match self {
            Target::Folder(folder) => folder.database(path),
            Target::Memory(memory) => memory.database(path),
        }
    }

    fn put_database(&mut self, path: &str, database: Connection) -> io::Result<(u64, String)> {
        match self {
            Target::Folder(folder) => folder.put_database(path, database),
            Target::Memory(memory) => memory.put_database(path, database),
        }
    }
}

/// A site on disk, under construction.
pub struct Folder {
    live: PathBuf,
    twin: PathBuf,
    /// What the published folder holds.
    published: BTreeMap<String, String>,
    /// What the twin held when the build began.
    stale: BTreeMap<String, String>,
    /// What the new site holds.
    wanted: BTreeMap<String, String>,
    written: usize,
}

/// What a publication did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Files of the site.
    pub files: usize,
    /// Files that were written because they are new or differ.
    pub written: usize,
    /// Files of the site before that are gone.
    pub removed: usize,
}

impl Folder {
    /// Prepares the twin of `output` inside `state` (or beside `output` when that is another file system). `clean` starts from nothing.
    pub fn open(output: &Path, root: &Path, state: &Path, clean: bool) -> Result<Folder> {
        refuse_foreign(output, root)?;
        let twin = twin_of(output, state)?;
        // A file that somebody took out of the published folder is no longer published.
        let there = |(path, _): &(String, String)| output.join(path).is_file();
        let published =
            if clean { BTreeMap::new() } else { read_manifest(output).into_par_iter().filter(there).collect() };
        // The twin belongs to one output; after a build to another folder it is made anew.
        let owner = twin.with_extension("for");
        let ours = fs::read_to_string(&owner).is_ok_and(|name| name == output.to_string_lossy());
        let mut stale = if ours && !clean { read_manifest(&twin) } else { BTreeMap::new() };
        if stale.is_empty() {
            remove_tree(&twin)?;
            stale = BTreeMap::new();
        } else {
            // From here on the twin is in flux: without its manifest the next build does not trust it.
            fs::remove_file(twin.join(MANIFEST)).with_context(|| format!("opening {}", twin.display()))?;
        }
        fs::create_dir_all(&twin).with_context(|| format!("making {}", twin.display()))?;
        fs::write(&owner, output.to_string_lossy().as_bytes())
            .with_context(|| format!("writing {}", owner.display()))?;
        Ok(Folder { live: output.to_owned(), twin, published, stale, wanted: BTreeMap::new(), written: 0 })
    }

    /// Ends a build that found nothing to do.
    pub fn leave(self) -> Result<Outcome> {
        if !self.stale.is_empty() {
            fs::write(self.twin.join(MANIFEST), manifest(&self.stale)).context("writing the manifest")?;
        }
        Ok(Outcome { files: self.published.len() + 1, ..Outcome::default() })
    }

    /// Takes over a file as it was published before, if it still has that SHA-256. False: it has to be made again.
    pub fn keep(&mut self, path: &str, hash: &str) -> bool {
        let there = self.stale.get(path).is_some_and(|h| h == hash) && self.twin.join(path).is_file();
        if !there && !(self.published.get(path).is_some_and(|h| h == hash) && self.link(path).is_ok()) {
            return false;
        }
        self.wanted.insert(path.to_owned(), hash.to_owned());
        true
    }

    fn link(&self, path: &str) -> io::Result<()> {
        let target = self.place(path)?;
        fs::hard_link(self.live.join(path), target)
    }

    /// Where a file goes in the twin; its folder exists and nothing stands in its place (it may share its inode with the published one).
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let target = self.twin.join(path);
        match fs::remove_file(&target) {
            Ok(()) => return Ok(target),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => fs::remove_dir_all(&target)?,
        }
        if let Some(folder) = target.parent()
            && fs::create_dir_all(folder).is_err()
        {
            // A file stands where a folder has to be: it is from an older site.
            for above in folder.ancestors().take_while(|a| a.starts_with(&self.twin)) {
                if above.is_file() {
                    fs::remove_file(above)?;
                }
            }
            fs::create_dir_all(folder)?;
        }
        Ok(target)
    }

    fn put_hashed(&mut self, Artifact { path, bytes }: Artifact, hash: String) -> io::Result<()> {
        check_path(&path)?;
        if !self.keep(&path, &hash) {
            self.written += 1;
            let target = self.place(&path)?;
            fs::write(&target, &bytes).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", target.display())))?;
            self.wanted.insert(path, hash);
        }
        Ok(())
    }

    /// Takes note of a file that grew in its place in the twin.
    fn grown(&mut self, path: String, hash: &str) {
        self.written += usize::from(self.published.get(&path).is_none_or(|published| published != hash));
        self.wanted.insert(path, hash.to_owned());
    }

    /// Puts the new site in place. Nothing is touched when it equals the published one.
    pub fn finish(mut self) -> Result<Outcome> {
        let gone: Vec<String> = self.stale.keys().filter(|path| !self.wanted.contains_key(*path)).cloned().collect();
        for path in &gone {
            let _ = fs::remove_file(self.twin.join(path));
        }
        remove_empty_folders(&self.twin, &gone);
        let removed = self.published.keys().filter(|path| !self.wanted.contains_key(*path)).count();
        let outcome = Outcome { files: self.wanted.len() + 1, written: self.written, removed };
        fs::write(self.twin.join(MANIFEST), manifest(&self.wanted)).context("writing the manifest")?;
        if self.wanted == self.published && self.written == 0 {
            return Ok(Outcome { written: 0, ..outcome });
        }
        flush(&self.twin);
        if self.live.exists() {
            exchange(&self.twin, &self.live)
        } else {
            if let Some(parent) = self.live.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(&self.twin, &self.live)
        }
        .with_context(|| format!("putting the new site in place at {}", self.live.display()))?;
        self.published = std::mem::take(&mut self.wanted);
        Ok(outcome)
    }
}

impl Sink for Folder {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        let hash = sha256(&artifact.bytes);
        self.put_hashed(artifact, hash)
    }

    /// A large file grows in its place in the twin.
    fn large(&mut self, path: &str) -> io::Result<LargeFile> {
        check_path(path)?;
        let target = self.place(path)?;
        let file =
            fs::File::create(&target).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", target.display())))?;
        Ok(LargeFile::new(path, Place::Elsewhere(Box::new(io::BufWriter::new(file)))))
    }

    fn put_large(&mut self, file: LargeFile) -> io::Result<(u64, String)> {
        let (path, bytes, sha256, _) = file.close()?;
        self.grown(path, &sha256);
        Ok((bytes, sha256))
    }

    fn keep(&mut self, path: &str, sha256: &str) -> bool {
        Folder::keep(self, path, sha256)
    }

    /// The database grows in its place in the twin: a large archive's does not fit into memory.
    fn database(&mut self, path: &str) -> io::Result<Connection> {
        check_path(path)?;
        Connection::open(self.place(path)?).map_err(io::Error::other)
    }

    fn put_database(&mut self, path: &str, database: Connection) -> io::Result<(u64, String)> {
        database.close().map_err(|(_, error)| io::Error::other(error))?;
        let (mut file, mut hash) = (fs::File::open(self.twin.join(path))?, Sha256::new());
        let mut piece = vec![0; 1 << 20];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => hash.update(&piece[..read]),
            }
        }
        let bytes = file.metadata()?.len();
        let sha256 = hex(&hash.finalize());
        self.grown(path.to_owned(), &sha256);
        Ok((bytes, sha256))
    }
}

/// Finished pages only: minifying a template would unquote attributes that later receive values.
pub fn minified(html: &str) -> Vec<u8> {
    let settings =
        minify_html::Cfg { keep_closing_tags: true, keep_html_and_head_opening_tags: true, ..minify_html::Cfg::new() };
    with_plain_ampersands(&minify_html::minify(html.as_bytes(), &settings))
}

/// The minifier turns `&amp;B;` into `&B;` since no character has that name. Browsers show it; the standard forbids it.
fn with_plain_ampersands(html: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(html.len());
    for (at, part) in html.split(|&byte| byte == b'&').enumerate() {
        if at > 0 {
            let name = part.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            // What the minifier writes itself: escapes, and the two names that are shorter than their characters.
            let known = [b"amp".as_slice(), b"lt", b"gt", b"quot", b"apos", b"nGt", b"nLt"];
            let odd = name > 0
                && part.get(name) == Some(&b';')
                && !known.iter().any(|own| own.eq_ignore_ascii_case(&part[..name]));
            out.extend_from_slice(if odd { b"&amp;" } else { b"&" });
        }
        out.extend_from_slice(part);
    }
    out
}

/// Lower-case hex of the SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn manifest(hashes: &BTreeMap<String, String>) -> String {
    hashes.iter().flat_map(|(path, hash)| [hash, "  ", path, "\n"]).collect()
}

/// The manifest of a folder; empty when there is none.
pub fn read_manifest(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, path)| (path.to_owned(), hash.to_owned()))
        .collect()
}

fn check_path(path: &str) -> io::Result<()> {
    let sound = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':']);
    if path.split('/').all(sound) { Ok(()) } else { Err(io::Error::other(format!("not a path we publish: {path:?}"))) }
}

/// An output folder that is neither empty nor ours is refused: other generators have wiped people's projects.
pub fn refuse_foreign(output: &Path, root: &Path) -> Result<()> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if real(root).starts_with(real(output)) {
        bail!(
            "the output folder {} is the site's root or lies above it\n  = help: name a folder of its own, such as --output public",
            output.display()
        );
    }
    let Ok(meta) = fs::symlink_metadata(output) else { return Ok(()) };
    if !meta.is_dir() {
        bail!(
            "the output {} is not a folder\n  = help: remove it, or name another one with --output",
            output.display()
        );
    }
    let empty = fs::read_dir(output).with_context(|| format!("reading {}", output.display()))?.next().is_none();
    if !empty && !output.join(MANIFEST).is_file() {
        bail!(
            "the output folder {} is not empty and was not made by nianbao (it has no {MANIFEST})\n  = help: empty it yourself, or name another one with --output",
            output.display()
        );
    }
    Ok(())
}

/// The twin has to be on the file system of the output, or the two cannot be exchanged.
fn twin_of(output: &Path, state: &Path) -> Result<PathBuf> {
    fs::create_dir_all(state).with_context(|| format!("making {}", state.display()))?;
    let above = output.ancestors().skip(1).find(|p| p.is_dir()).unwrap_or(Path::new("."));
    if same_file_system(state, above) {
        return Ok(state.join("next"));
    }
    let name = output.file_name().map_or_else(|| "site".into(), |n| n.to_string_lossy().into_owned());
    fs::create_dir_all(output.parent().unwrap_or(Path::new(".")))?;
    Ok(output.with_file_name(format!(".{name}.nianbao-next")))
}

#[cfg(unix)]
fn same_file_system(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if a.dev() == b.dev())
}

#[cfg(not(unix))]
fn same_file_system(a: &Path, b: &Path) -> bool {
    a.components().next() == b.components().next()
}

/// Exchanges two folders in one system call where the system has one; elsewhere in two renames.
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let aside = one.with_extension("old");
    remove_tree(&aside).map_err(io::Error::other)?;
    fs::rename(other, &aside)?;
    fs::rename(one, other)?;
    fs::rename(&aside, one)
}

/// Asks the system to write the new site to disk before it is put in place, so that a power cut finds either site whole.
fn flush(folder: &Path) {
    #[cfg(target_os = "linux")]
    if let Ok(handle) = fs::File::open(folder) {
        let _ = rustix::fs::syncfs(&handle);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}

fn remove_tree(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn remove_empty_folders(root: &Path, gone: &[String]) {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for path in gone {
        folders.extend(Path::new(path).ancestors().skip(1).filter(|p| !p.as_os_str().is_empty()).map(Path::to_owned));
    }
    // Deepest first; a folder that still holds something refuses to go.
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(root.join(folder));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(root: &Path, files: &[(&str, &str)]) -> Result<Outcome> {
        let mut folder = Folder::open(&root.join("public"), root, &root.join(".nianbao"), false)?;
        for (path, text) in files {
            folder.put(Artifact { path: (*path).into(), bytes: text.as_bytes().to_vec() })?;
        }
        folder.finish()
    }

    fn tree(root: &Path) -> Vec<(String, String)> {
        let files = walkdir::WalkDir::new(root.join("public")).sort_by_file_name().into_iter().flatten();
        files
            .filter(|e| e.file_type().is_file())
            .map(|e| {
                (e.path().strip_prefix(root).unwrap().to_string_lossy().into(), fs::read_to_string(e.path()).unwrap())
            })
            .collect()
    }

    #[test]
    fn builds_take_turns_and_leave_exactly_what_was_put() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        build(root, &[("a/index.html", "1"), ("b.txt", "1")]).unwrap();
        build(root, &[("a/index.html", "2"), ("b.txt", "1"), ("c.txt", "1")]).unwrap();
        let third = build(root, &[("a", "3"), ("b.txt", "1")]).unwrap();
        assert_eq!((third.files, third.written, third.removed), (3, 1, 2));
        let names: Vec<String> = tree(root).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["public/a", "public/b.txt", "public/manifest-sha256.txt"]);
        build(root, &[("a/index.html", "2"), ("b.txt", "1")]).unwrap();
        assert_eq!(tree(root)[0], ("public/a/index.html".into(), "2".into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_build_that_changes_nothing_touches_nothing() {
        use std::os::unix::fs::MetadataExt;
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let files = [("a/index.html", "1"), ("b.txt", "1")];
        build(root, &files).unwrap();
        let before = fs::metadata(root.join("public")).unwrap().ino();
        assert_eq!(build(root, &files).unwrap().written, 0);
        assert_eq!(build(root, &files).unwrap().written, 0);
        assert_eq!(fs::metadata(root.join("public")).unwrap().ino(), before);
    }

    #[test]
    fn a_large_file_grows_beside_the_published_one_and_is_written_only_where_it_differs() {
        use std::io::Write;
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let grow = |pieces: &[&str]| {
            let mut folder = Folder::open(&root.join("public"), root, &root.join(".nianbao"), false).unwrap();
            let mut file = folder.large("data/a.csv").unwrap();
            pieces.iter().for_each(|piece| file.write_all(piece.as_bytes()).unwrap());
            let before = fs::read_to_string(root.join("public/data/a.csv")).ok();
            assert_eq!(folder.put_large(file).unwrap(), (2, sha256(pieces.concat().as_bytes())));
            (before, folder.finish().unwrap().written)
        };
        assert_eq!(grow(&["1", "2"]), (None, 1));
        assert_eq!(grow(&["12"]), (Some("12".into()), 0));
        assert_eq!(grow(&["1", "3"]), (Some("12".into()), 1));
        assert_eq!(grow(&["", "12"]), (Some("13".into()), 1));
        assert_eq!(tree(root)[0], ("public/data/a.csv".into(), "12".into()));
        assert!(
            Folder::open(&root.join("public"), root, &root.join(".nianbao"), false).unwrap().large("../a").is_err()
        );
    }

    #[test]
    fn an_interrupted_build_leaves_the_site_whole_and_the_next_one_repairs() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        build(root, &[("a.txt", "1"), ("b.txt", "1")]).unwrap();
        build(root, &[("a.txt", "2"), ("b.txt", "1")]).unwrap();
        let before = tree(root);
        let mut folder = Folder::open(&root.join("public"), root, &root.join(".nianbao"), false).unwrap();
        folder.put(Artifact { path: "a.txt".into(), bytes: b"half".to_vec() }).unwrap();
        drop(folder);
        assert_eq!(tree(root), before);
        build(root, &[("a.txt", "3"), ("b.txt", "1")]).unwrap();
        assert_eq!(tree(root)[0].1, "3");
    }

    #[test]
    fn a_folder_that_is_not_ours_is_refused_untouched() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(root.join("public")).unwrap();
        fs::write(root.join("public/thesis.doc"), "years of work").unwrap();
        assert!(build(root, &[("a.txt", "1")]).unwrap_err().to_string().contains("not made by nianbao"));
        assert_eq!(fs::read_dir(root.join("public")).unwrap().count(), 1);
        assert!(Folder::open(root, root, &root.join(".nianbao"), false).is_err());
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["../x", "/etc/x", "a//b", ".hidden", "a/.b", ""] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
