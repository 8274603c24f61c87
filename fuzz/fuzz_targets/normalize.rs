//! Bytes to edits: the first byte chooses whether a script is forced, the rest is a file.

#![no_main]

#[path = "../../tests/normalize/law.rs"]
mod law;

use libfuzzer_sys::fuzz_target;
use nianbao::model::source::Script;

fuzz_target!(|bytes: &[u8]| {
    if let Some((first, file)) = bytes.split_first() {
        law::holds(file, [None, Some(Script::Hans), Some(Script::Hant)][usize::from(*first) % 3]);
    }
});
