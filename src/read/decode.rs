//! Bytes to text: UTF-8, UTF-16 with a mark, or GB18030 where that can be shown.
//!
//! In: the bytes of a file, and what an HTML page says of itself. Out: text without its mark and the encoding, or the finding
//! that quarantines the file. Must never replace a byte by a guess: almost any bytes decode as GB18030, so decoding without an
//! error proves nothing; the result has to be Chinese.

use crate::model::diagnostic::Finding;
use crate::model::source::Encoding;
use encoding_rs::{BIG5, GB18030, UTF_16BE, UTF_16LE};

/// First bytes of formats that are not text, some of which would decode.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"PK\x03\x04", "ZIP 压缩包（docx、xlsx 也是）"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"{\\rtf", "RTF 文档"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x7fELF", "可执行文件"),
    (b"SQLite format 3\0", "SQLite 数据库"),
    (b"II*\0", "TIFF 图片"),
    (b"MM\0*", "TIFF 图片"),
];

/// The five hundred most frequent characters of modern Chinese. They are four fifths of an administrative report, half of one in
/// Traditional script, a seventh of Korean bytes read as GB18030 and a hundredth of UTF-8 bytes read so.
const FREQUENT: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严";

/// Decodes a file.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Result<(String, Encoding), Finding> {
    if bytes.is_empty() {
        return Err(Finding::new("file-empty", None, "文件是空的（0 字节）"));
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Finding::new("binary-content", None, format!("文件是 {name}，不是文本")));
    }
    let (text, encoding) = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(unknown("UTF-32 不在支持之列")),
        [0xef, 0xbb, 0xbf, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => (text.to_owned(), Encoding::Utf8Bom),
            Err(error) => {
                let at = place(rest, error.valid_up_to(), 3);
                return Err(unknown(&format!("带 UTF-8 标记，但{at}不是 UTF-8")));
            }
        },
        [0xff, 0xfe, rest @ ..] => (utf16(UTF_16LE, rest)?, Encoding::Utf16Le),
        [0xfe, 0xff, rest @ ..] => (utf16(UTF_16BE, rest)?, Encoding::Utf16Be),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), Encoding::Utf8),
            Err(error) => (gb18030(bytes, error.valid_up_to(), declared)?, Encoding::Gb18030),
        },
    };
    let (mut characters, mut controls) = (0usize, 0usize);
    let mut blank = true;
    for c in text.chars() {
        characters += 1;
        controls += usize::from(is_control(c));
        blank &= c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}') || c.is_control();
    }
    // A stray control character is dirt; more than one in fifty is not a text.
    if controls > 3 && controls * 50 > characters {
        return Err(Finding::new(
            "binary-content",
            None,
            format!("{characters} 个字符中有 {controls} 个控制字符，不是文本"),
        ));
    }
    if blank {
        return Err(Finding::new("file-empty", None, "文件里只有空白，没有文字"));
    }
    Ok((text, encoding))
}

/// The way back, mark included.
pub fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Gb18030 => GB18030.encode(text).0.into_owned(),
        Encoding::Utf16Le => utf16([0xff, 0xfe], u16::to_le_bytes),
        Encoding::Utf16Be => utf16([0xfe, 0xff], u16::to_be_bytes),
    }
}

fn unknown(why: &str) -> Finding {
    let mut finding = Finding::new("encoding-unknown", None, format!("编码无法证明：{why}"));
    finding.help = Some("请用编辑器转存为 UTF-8 后重新加入".to_owned());
    finding
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}')
}

fn utf16(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Result<String, Finding> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| text.into_owned())
        .ok_or_else(|| unknown("带 UTF-16 标记，但有不成对的代理或半个字符"))
}

/// Where a byte stands, for people.
fn place(bytes: &[u8], at: usize, offset: usize) -> String {
    let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let byte = bytes.get(at).map_or(String::new(), |b| format!("（{b:02X}）"));
    format!("第 {line} 行、第 {} 字节{byte}起", at + offset + 1)
}

fn gb18030(bytes: &[u8], utf8_until: usize, declared: Option<&str>) -> Result<String, Finding> {
    let at = place(bytes, utf8_until, 0);
    if bytes.len() - utf8_until < 4 && bytes[..utf8_until].iter().any(|b| *b >= 0x80) {
        return Err(unknown(&format!("像是被截断的 UTF-8，{at}缺字节")));
    }
    if mixed(bytes) {
        return Err(unknown(&format!("UTF-8 与其他编码混杂，{at}不是 UTF-8")));
    }
    let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) else {
        return Err(unknown(&format!("{at}不是 UTF-8，全文也不是 GB18030{}", hint(bytes))));
    };
    let declares_gb = declared.is_some_and(|label| {
        ["gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80"].contains(&label.to_ascii_lowercase().as_str())
    });
    match evidence(bytes, &text) {
        Evidence::Chinese => Ok(text.into_owned()),
        Evidence::Open if declares_gb => Ok(text.into_owned()),
        Evidence::Open => Err(unknown(&format!("{at}不是 UTF-8；按 GB18030 能解，但读出的不像中文{}", hint(bytes)))),
        Evidence::Against(c) => Err(unknown(&format!(
            "{at}不是 UTF-8；按 GB18030 会读出中文文本不用的字符 U+{:04X}{}",
            u32::from(c),
            hint(bytes)
        ))),
    }
}

/// Four Han characters of UTF-8 in a row do not occur in GB18030 by chance: such bytes would pair up as rare characters throughout.
fn mixed(bytes: &[u8]) -> bool {
    let (mut run, mut at) = (0, 0);
    while at < bytes.len() {
        let han = matches!(bytes[at..], [0xe3..=0xe9, 0x80..=0xbf, 0x80..=0xbf, ..]);
        run = if han { run + 1 } else { 0 };
        if run == 4 {
            return true;
        }
        at += if han { 3 } else { 1 };
    }
    false
}

fn hint(bytes: &[u8]) -> &'static str {
    let zeros = bytes.iter().filter(|b| **b == 0).count();
    if zeros * 20 > bytes.len() {
        "；像是没有标记的 UTF-16 或二进制文件"
    } else if BIG5.decode_without_bom_handling_and_without_replacement(bytes).is_some() {
        "；可能是 Big5"
    } else {
        ""
    }
}

enum Evidence {
    /// Mostly frequent Han characters, and nothing that Chinese text does not have.
    Chinese,
    /// Nothing against it, too little for it.
    Open,
    /// A character that no Chinese text has.
    Against(char),
}

/// Weighs text decoded from GB18030.
fn evidence(bytes: &[u8], text: &str) -> Evidence {
    let place_of = |c: char| u32::from(c) as usize - 0x4e00;
    let mut frequent = vec![false; 0x5200];
    for c in FREQUENT.chars() {
        frequent[place_of(c)] = true;
    }
    let (mut han, mut known, mut kana, mut foreign, mut controls) = (0usize, 0usize, 0usize, 0usize, 0usize);
    for c in text.chars().filter(|c| !c.is_ascii() || c.is_ascii_control()) {
        match c {
            '\u{4e00}'..='\u{9fff}' => {
                han += 1;
                known += usize::from(frequent[place_of(c)]);
            }
            '\0' | '\u{80}'..='\u{9f}' => return Evidence::Against(c),
            '\u{3040}'..='\u{30ff}' => kana += 1,
            // Signs, Latin with and without tone marks, Greek, Cyrillic, full-width forms, Han of the supplements.
            '\u{a0}'..='\u{52f}'
            | '\u{1e00}'..='\u{1fff}'
            | '\u{2000}'..='\u{303f}'
            | '\u{3100}'..='\u{4dff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe10}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ffef}'
            | '\u{1f000}'..='\u{1faff}'
            | '\u{20000}'..='\u{323af}' => foreign += usize::from(u32::from(c) < 0x530 && c > '\u{ff}'),
            c if is_control(c) => controls += 1,
            c if c.is_ascii() => {}
            c => return Evidence::Against(c),
        }
    }
    // Characters of the first level of GB 2312, which holds what is in daily use.
    let mut common = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at..] {
            [0x81..=0xfe, 0x30..=0x39, ..] => at += 4,
            [0xb0..=0xd7, 0xa1..=0xfe, ..] => {
                common += 1;
                at += 2;
            }
            [0x81..=0xfe, ..] => at += 2,
            _ => at += 1,
        }
    }
    let chinese = han > 0
        && known * 10 >= han * 3
        && common * 2 >= han
        && kana * 10 <= han
        && foreign * 2 <= han
        && controls * 1000 <= text.len();
    if chinese { Evidence::Chinese } else { Evidence::Open }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{EUC_JP, EUC_KR, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    const REPORT: &str = "某市水利局2019年政府信息公开工作年度报告\n本机关全年主动公开政府信息1234条，收到申请56件。\n";
    const TRADITIONAL: &str =
        "某市水利局政府信息公開工作年度報告\n本機關全年主動公開政府資訊1234條，其中依申請公開的有56件，均已答復。\n";

    #[track_caller]
    fn code(bytes: &[u8]) -> String {
        decode(bytes, None).expect_err("must be refused").code.into_owned()
    }

    fn utf16_bytes(text: &str, mark: [u8; 2], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(order)).collect()
    }

    #[test]
    fn the_five_encodings_are_read() {
        let marked = [b"\xef\xbb\xbf", REPORT.as_bytes()].concat();
        let gb = GB18030.encode(REPORT).0;
        for (bytes, encoding) in [
            (REPORT.as_bytes().to_vec(), Encoding::Utf8),
            (marked, Encoding::Utf8Bom),
            (gb.to_vec(), Encoding::Gb18030),
            (utf16_bytes(REPORT, [0xff, 0xfe], u16::to_le_bytes), Encoding::Utf16Le),
            (utf16_bytes(REPORT, [0xfe, 0xff], u16::to_be_bytes), Encoding::Utf16Be),
        ] {
            assert_eq!(decode(&bytes, None).unwrap(), (REPORT.to_owned(), encoding));
        }
    }

    #[test]
    fn gb18030_is_proved_for_short_traditional_and_rare_text() {
        for text in ["年度报告", "政府信息公开", TRADITIONAL, "本市㐂字街道办事处公开的信息（𠀀）共12条"]
        {
            let bytes = GB18030.encode(text).0;
            assert_eq!(decode(&bytes, None).unwrap(), (text.to_owned(), Encoding::Gb18030));
        }
    }

    #[test]
    fn other_encodings_that_decode_by_chance_are_refused() {
        let korean = "정보공개 제도는 공공기관이 직무상 작성하여 관리하고 있는 정보를 국민에게 공개하는 제도이다";
        let japanese = "情報公開制度とは、行政機関が保有する情報を国民の請求に応じて開示する制度である";
        let russian = "Доклад о раскрытии информации правительства за год";
        for (name, bytes) in [
            ("big5", BIG5.encode(TRADITIONAL).0),
            ("euc-kr", EUC_KR.encode(korean).0),
            ("euc-jp", EUC_JP.encode(japanese).0),
            ("shift_jis", SHIFT_JIS.encode(japanese).0),
            ("koi8-r", KOI8_R.encode(russian).0),
            ("windows-1251", WINDOWS_1251.encode(russian).0),
            ("windows-1252", WINDOWS_1252.encode("Rapport annuel déposé à l’été").0),
        ] {
            assert_eq!(code(&bytes), "encoding-unknown", "{name}");
        }
        assert!(decode(&BIG5.encode(TRADITIONAL).0, None).unwrap_err().message.contains("Big5"));
    }

    #[test]
    fn broken_and_mixed_bytes_are_refused() {
        let gb = GB18030.encode(REPORT).0.into_owned();
        let utf8 = REPORT.as_bytes();
        let cut = REPORT.trim_end().as_bytes();
        for (name, bytes) in [
            ("cut utf-8", cut[..cut.len() - 1].to_vec()),
            ("utf-8 then gb", [utf8, &gb].concat()),
            ("gb then utf-8", [&gb, utf8].concat()),
            ("mostly gb", [gb.repeat(20).as_slice(), "主动公开".as_bytes()].concat()),
            ("overlong", [utf8, b"\xc0\xaf"].concat()),
            ("lone surrogate", [utf8, b"\xed\xa0\x80"].concat()),
            ("utf-8 mark over gb", [b"\xef\xbb\xbf".as_slice(), &gb].concat()),
            ("odd utf-16", [b"\xff\xfe".as_slice(), b"\x2d\x4e\x00"].concat()),
            ("lone surrogate in utf-16", b"\xff\xfe\x2d\x4e\x00\xd8\x2d\x4e".to_vec()),
            ("utf-32", b"\xff\xfe\0\0\x2d\x4e\0\0".to_vec()),
            ("utf-16 without a mark", utf16_bytes(REPORT, [0xff, 0xfe], u16::to_le_bytes)[2..].to_vec()),
            ("one stray byte", [b"2019 report ".as_slice(), b"\xff"].concat()),
        ] {
            assert_eq!(code(&bytes), "encoding-unknown", "{name}");
        }
        let message = decode(&[b"a\n\xff".as_slice()].concat(), None).unwrap_err().message;
        assert!(message.contains("第 2 行、第 3 字节（FF）"), "{message}");
    }

    #[test]
    fn a_page_that_names_its_encoding_breaks_a_tie_only() {
        let little = GB18030.encode("鑫鑫镇").0;
        assert_eq!(code(&little), "encoding-unknown");
        assert_eq!(decode(&little, Some("GB2312")).unwrap().0, "鑫鑫镇");
        assert_eq!(decode(REPORT.as_bytes(), Some("gb2312")).unwrap().1, Encoding::Utf8);
        let big5 = BIG5.encode(TRADITIONAL).0;
        assert_eq!(decode(&big5, Some("gbk")).unwrap_err().code, "encoding-unknown");
    }

    #[test]
    fn what_is_not_text_is_named_so() {
        assert_eq!(code(b""), "file-empty");
        assert_eq!(code(b"\xef\xbb\xbf"), "file-empty");
        assert_eq!(code(" \n\t\r\n\u{3000}\u{200b}\n".as_bytes()), "file-empty");
        assert_eq!(code(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "binary-content");
        assert_eq!(code(b"%PDF-1.4\n1 0 obj"), "binary-content");
        assert_eq!(code(&[1, 2, 3, 4, 5, b'a', b'b']), "binary-content");
        // One stray NUL in a report is dirt, not a binary.
        assert!(decode("政府信息\0公开工作".as_bytes(), None).is_ok());
    }
}
