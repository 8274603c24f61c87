//! nianbao (年报): a folder of Chinese government annual reports in, a public archive with proved figures out.
//!
//! ```text
//! bytes ─ read ─▶ Draft ─ normalize ─▶ Draft ─ understand ─▶ Report ─ assemble ─▶ Archive ─ views/search/export ─▶ files
//! ```
//!
//! [`model`] holds the nouns. The verbs (`read`, `privacy`, `normalize`, `understand`, `curate`, `assemble`, `similarity`, `changes`, `views`, `search`, `export`) are pure
//! functions of their arguments and know only the nouns. The edges (`source`, `config`, `cache`, `theme`, `publish`, `previous`, `diag`)
//! touch disk and terminal. `pipeline` joins them, `cmd` calls `pipeline`, `main` calls `cmd`.

pub mod assemble;
pub mod cache;
pub mod changes;
pub mod cli;
pub mod cmd;
pub mod config;
pub mod curate;
pub mod diag;
pub mod export;
pub mod links;
pub mod model;
pub mod normalize;
pub mod pipeline;
pub mod previous;
pub mod privacy;
pub mod publish;
pub mod read;
pub mod search;
pub mod similarity;
pub mod source;
pub mod theme;
pub mod understand;
pub mod views;
