//! Names in Latin letters, for addresses.
//!
//! In: a name. Out: pinyin without tones, joined by hyphens, in ASCII. An address is minted once, so a reading may be added here, but
//! no id that was minted changes.

/// What is read otherwise in names of bodies and places than alone, the longer first where one begins another. Common readings,
/// written down by hand: the names of counties and above on which dictionaries of single characters go wrong.
const READINGS: &str = "长子县 zhang-zi-xian, 调兵山 diao-bing-shan, 大箐山 da-qing-shan, 茄子河 qie-zi-he, 重庆 chong-qing, \
    六安 lu-an, 六合区 lu-he-qu, 乐清 yue-qing, 乐亭 lao-ting, 番禺 pan-yu, 蚌埠 beng-bu, 枞阳 zong-yang, \
    铅山 yan-shan, 犍为 qian-wei, 泌阳 bi-yang, 涡阳 guo-yang, 黄陂 huang-pi, 歙县 she-xian, 蔚县 yu-xian, \
    尉犁 yu-li, 浚县 xun-xian, 单县 shan-xian, 洪洞 hong-tong, 繁峙 fan-shi, 什邡 shi-fang, 宕昌 tan-chang, \
    吴堡 wu-bu, 大埔 da-bu, 大城县 dai-cheng-xian, 喀什 ka-shi, 中牟 zhong-mu, 牟平 mu-ping, \
    荥经 ying-jing, 覃塘 qin-tang, 崆峒 kong-tong, 宝坻 bao-di, 龙圩 long-xu, 伽师 jia-shi, 东阿 dong-e, \
    泊头 bo-tou, 银行 yin-hang, 会计 kuai-ji, 调查 diao-cha, 调研 diao-yan, 调度 diao-du, 大厦 da-sha, \
    收藏 shou-cang, 长 chang, 都 du, 藏 zang, 厦 xia, 佛 fo, 勒 le";

/// Pinyin without tones, one syllable per character: 南通市 → `nan-tong-shi`. At most 80 bytes, cut with a digest of the name.
pub(super) fn romanize(name: &str) -> String {
    use pinyin::ToPinyin;
    let mut syllables: Vec<String> = Vec::new();
    let mut open = false;
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        if let Some((words, reading)) =
            READINGS.split(", ").filter_map(|entry| entry.split_once(' ')).find(|(words, _)| rest.starts_with(words))
        {
            syllables.push((*reading).to_owned());
            (rest, open) = (&rest[words.len()..], false);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if c.is_ascii_alphanumeric() {
            if !open {
                syllables.push(String::new());
            }
            open = true;
            syllables.last_mut().expect("pushed above").push(c.to_ascii_lowercase());
            continue;
        }
        open = false;
        match c.to_pinyin() {
            Some(reading) => syllables.push(reading.plain().replace('ü', "v")),
            // A letter no table reads keeps its code point, so that two such names stay apart.
            None if c.is_alphanumeric() => syllables.push(format!("u{:x}", u32::from(c))),
            None => {}
        }
    }
    let whole: String = syllables.join("-").chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if whole.is_empty() {
        return format!("agency-{}", &blake3::hash(name.as_bytes()).to_hex()[..8]);
    }
    if whole.len() <= 80 {
        return whole;
    }
    let cut = whole[..70].rfind('-').unwrap_or(70);
    format!("{}-{}", &whole[..cut], &blake3::hash(name.as_bytes()).to_hex()[..8])
}

#[cfg(test)]
mod tests {
    use super::romanize;

    #[test]
    fn names_are_read_as_they_are_said() {
        for (name, id) in [
            ("长沙市长沙县教育局", "chang-sha-shi-chang-sha-xian-jiao-yu-ju"),
            ("长子县人民政府", "zhang-zi-xian-ren-min-zheng-fu"),
            ("重庆市重点项目办公室", "chong-qing-shi-zhong-dian-xiang-mu-ban-gong-shi"),
            ("厦门市", "xia-men-shi"),
            ("西藏自治区", "xi-zang-zi-zhi-qu"),
            ("成都市行政审批局", "cheng-du-shi-xing-zheng-shen-pi-ju"),
            ("绿园区4S中心", "lv-yuan-qu-4s-zhong-xin"),
        ] {
            assert_eq!(romanize(name), id);
        }
    }
}
