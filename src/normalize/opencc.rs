//! Conversion to Simplified by OpenCC, opened once.
//!
//! In: text. Out: the same text in Simplified characters, never other words. OpenCC reads its dictionaries from files, so this is the
//! one place of the verbs that touches the disk: the embedded dictionaries go to a cache folder named by version and configuration,
//! written aside and renamed, so that processes do not disturb each other. Nothing else is read or written.

use opencc_rust::{DefaultConfig, OpenCC, generate_static_dictionary};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, process};

/// Debian's OpenCC 1.1.6 refuses the newer `t2s.json`; this configuration does the same on every version.
const CONFIG: &str = r#"{"name": "Traditional to Simplified",
"segmentation": {"type": "mmseg", "dict": {"type": "ocd2", "file": "TSPhrases.ocd2"}},
"conversion_chain": [{"dict": {"type": "group", "dicts": [{"type": "ocd2", "file": "TSPhrases.ocd2"},
{"type": "ocd2", "file": "TSCharactersExt.ocd2"}, {"type": "ocd2", "file": "TSCharacters.ocd2"}]}}]}
"#;

/// Phrases every working converter gets right, old and damaged dictionaries do not.
const PHRASES: &[(&str, &str)] = &[
    ("政務公開工作的意見", "政务公开工作的意见"),
    ("乾安縣、乾淨的幹部、乾隆年間", "乾安县、干净的干部、乾隆年间"),
    ("陳昇", "陈昇"),
    ("裏裏外外、公里、鄰里", "里里外外、公里、邻里"),
    ("鐘錶與表格", "钟表与表格"),
    ("複製檔案、製定制度", "复制档案、制定制度"),
    ("關係、聯繫、係統", "关系、联系、系统"),
    ("業餘時間清點餘額", "业余时间清点余额"),
    ("皇后與後勤", "皇后与后勤"),
    ("頭髮、發展", "头发、发展"),
    ("瞭解、瞭望", "了解、瞭望"),
    ("政府資訊公開法", "政府资讯公开法"),
];

/// Converts text that holds no NUL; the message says what is wrong and what to do.
pub(super) fn convert(text: &str) -> Result<String, String> {
    static CONVERTER: OnceLock<Result<OpenCC, String>> = OnceLock::new();
    let converter = CONVERTER.get_or_init(open).as_ref().map_err(Clone::clone)?;
    converter.convert(text).map_err(|error| error.to_string())
}

fn open() -> Result<OpenCC, String> {
    let folder = format!("nianbao-opencc-2.0.2-{:08x}", fingerprint(CONFIG));
    let home = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .filter(|path| path.is_absolute());
    let mut trouble = String::new();
    // A folder that is incomplete or stale fails the self-test; then a fresh one of this process alone is tried.
    for base in home.into_iter().chain([env::temp_dir()]) {
        for path in [base.join(&folder), base.join(format!("{folder}-{}", process::id()))] {
            match install(&path)
                .and_then(|()| OpenCC::new(path.join("nianbao.json")).map_err(|error| error.to_string()))
            {
                Ok(converter) => match examine(&converter) {
                    Ok(()) => return Ok(converter),
                    Err(message) => trouble = message,
                },
                Err(message) => trouble = message,
            }
        }
    }
    Err(format!(
        "OpenCC 不能使用：{trouble}。请安装 libopencc（Debian：apt-get install libopencc-dev），并确认缓存目录或临时目录可写。"
    ))
}

fn install(path: &Path) -> Result<(), String> {
    if path.is_dir() {
        return Ok(());
    }
    let aside = path.with_extension(format!("{}.new", process::id()));
    let written = fs::create_dir_all(&aside)
        .map_err(|error| error.to_string())
        .and_then(|()| generate_static_dictionary(&aside, DefaultConfig::T2S).map_err(str::to_owned))
        .and_then(|()| fs::write(aside.join("nianbao.json"), CONFIG).map_err(|error| error.to_string()));
    let moved = written.and_then(|()| match fs::rename(&aside, path) {
        // Another process was quicker: its folder is as good as ours.
        Err(_) if path.is_dir() => Ok(()),
        other => other.map_err(|error| error.to_string()),
    });
    if aside.exists() {
        // Best effort: a leftover folder costs space, nothing else.
        let _ = fs::remove_dir_all(&aside);
    }
    moved.map_err(|error| format!("{}：{error}", path.display()))
}

fn examine(converter: &OpenCC) -> Result<(), String> {
    for (from, to) in PHRASES {
        let got = converter.convert(from).map_err(|error| error.to_string())?;
        if got != *to {
            return Err(format!("自检未通过，“{from}”应为“{to}”，得到“{got}”"));
        }
    }
    Ok(())
}

fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_self_test_passes_here() {
        assert_eq!(super::convert("政務公開"), Ok("政务公开".to_owned()));
    }
}
