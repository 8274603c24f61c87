//! `nianbao init`: a complete demonstration archive that builds at once.

use super::{DONE, Terminal, again};
use anyhow::{Context, Result, bail};
use include_dir::{Dir, include_dir};
use std::io::Write;
use std::path::Path;

/// The demonstration archive, as it stands in the repository.
static CONTENT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/content");
static SITE: &str = include_str!("../../site.toml");
const IGNORE: &str = "/public\n/.nianbao\n";

/// Writes the demonstration archive into `dir`, which must be empty or not exist.
pub fn run(dir: &Path, terminal: &Terminal) -> Result<u8> {
    if dir.exists() {
        let mut inside =
            std::fs::read_dir(dir).with_context(|| format!("{} is not a folder one can read", dir.display()))?;
        if inside.next().is_some() {
            bail!(
                "{} is not empty; nothing was written\n  = help: name a folder that does not exist yet",
                dir.display()
            );
        }
    }
    let write = |path: &Path, bytes: &[u8]| -> Result<()> {
        let target = dir.join(path);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        std::fs::write(&target, bytes).with_context(|| format!("writing {}", target.display()))
    };
    let mut reports = 0;
    let mut folders = vec![&CONTENT];
    while let Some(folder) = folders.pop() {
        for file in folder.files() {
            write(&Path::new("content").join(file.path()), file.contents())?;
            let name = file.path().to_string_lossy();
            reports += usize::from(!name.starts_with('_') && !name.ends_with(".toml"));
        }
        folders.extend(folder.dirs());
    }
    write(Path::new("site.toml"), SITE.as_bytes())?;
    write(Path::new(".gitignore"), IGNORE.as_bytes())?;
    writeln!(std::io::stdout(), "made {} with {reports} made-up reports to try things on", dir.display())?;
    terminal.say(&format!("next: {} serve --open", again(dir)));
    Ok(DONE)
}
