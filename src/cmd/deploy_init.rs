//! `nianbao deploy-init github`: the workflow that builds and publishes an archive. Never overwrites one.

use super::{DONE, Terminal, again};
use crate::cli::DeployInit;
use anyhow::{Context, Result, bail};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// Where GitHub looks for workflows.
pub const FOLDER: &str = ".github/workflows";
const WORKFLOW: &str = include_str!("deploy_init.yml");

/// Writes the workflow.
pub fn run(root: &Path, arguments: &DeployInit, terminal: &Terminal) -> Result<u8> {
    let config = crate::config::load(root)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let parts: Vec<&str> = arguments.program.split('/').collect();
    if parts.len() != 2 || parts.iter().any(|part| part.is_empty() || !part.bytes().all(plain)) {
        bail!("--program {}: write it as OWNER/REPOSITORY", arguments.program);
    }
    // It stands in a shell command of the workflow.
    let output = config.output.trim_end_matches('/');
    if !output.bytes().all(|byte| plain(byte) || byte == b'/')
        || output.starts_with(['/', '-'])
        || output.contains("..")
    {
        bail!(
            "site.toml: output = \"{output}\" cannot stand in a workflow\n  = help: name a plain folder inside the archive"
        );
    }
    let path = root.join(FOLDER).join("site.yml");
    if path.symlink_metadata().is_ok() {
        bail!("{} is there already; nothing was written\n  = help: remove it to have it made anew", path.display());
    }
    let workflow = WORKFLOW.replace("OWNER/nianbao", &arguments.program).replace("FOLDER", output);
    std::fs::create_dir_all(root.join(FOLDER)).with_context(|| format!("making {}", root.join(FOLDER).display()))?;
    let new = OpenOptions::new().write(true).create_new(true).open(&path);
    new.and_then(|mut file| file.write_all(workflow.as_bytes()))
        .with_context(|| format!("writing {}", path.display()))?;
    writeln!(std::io::stdout(), "wrote {}", path.display())?;
    if arguments.program.starts_with("OWNER/") {
        terminal.say("put the GitHub repository of nianbao after NIANBAO: in it, or call this again with --program");
    }
    terminal.say("choose “GitHub Actions” under Settings → Pages of your repository, commit, push");
    terminal.say(&format!("next: {} doctor", again(root)));
    Ok(DONE)
}
