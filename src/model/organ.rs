//! Codes of organs in index numbers (索引号), with their check digits.
//!
//! In: an index number. Out: the organ's nine characters and the region of its credit code, or that the check digit fails. A code
//! that fails is a slip and never an id; a prefix of another shape says nothing.

/// What the prefix of an index number is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// A code that holds: the organ's nine characters (GB 11714), and the six digits of its region from a credit code (GB 32100).
    Organ(String, Option<String>),
    /// It has the shape of such a code, and its check digit does not hold.
    Broken(String),
    /// Anything else.
    Other,
}

/// Reads the prefix of an index number.
pub fn prefix(index: &str) -> Prefix {
    let plain = index.trim().to_ascii_uppercase();
    let code: String = plain.chars().take_while(char::is_ascii_alphanumeric).collect();
    // The sequence number behind it parts the code from any other row of digits.
    let parted = plain[code.len()..].starts_with(['/', '-', '—', '_']);
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let broken = || Prefix::Broken(code.clone());
    match code.len() {
        9 if parted && digits >= 7 => match holds_organ(&code) {
            true => Prefix::Organ(code, None),
            false => broken(),
        },
        18 if digits >= 14 => match holds_credit(&code) && holds_organ(&code[8..17]) {
            true => Prefix::Organ(code[8..17].to_owned(), Some(code[2..8].to_owned())),
            false => broken(),
        },
        _ => Prefix::Other,
    }
}

/// GB 11714: eight characters weighted, the ninth makes the sum a multiple of eleven.
fn holds_organ(code: &str) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: Option<u32> = code.chars().zip(WEIGHTS).map(|(c, weight)| Some(c.to_digit(36)? * weight)).sum();
    let last = code.chars().last().and_then(|c| if c == 'X' { Some(10) } else { c.to_digit(10) });
    matches!((sum, last), (Some(sum), Some(last)) if (sum + last) % 11 == 0)
}

/// GB 32100: seventeen characters weighted by powers of three, the eighteenth makes the sum a multiple of thirty-one.
fn holds_credit(code: &str) -> bool {
    const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<usize>> = code.chars().map(|c| LETTERS.find(c)).collect();
    values.is_some_and(|values| {
        let sum = values[..17].iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31)).0;
        (sum + values[17]) % 31 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_whose_check_digits_hold_are_those_of_organs() {
        let organ = |code: &str| Prefix::Organ(code.to_owned(), None);
        assert_eq!(prefix("000014349/2019-01298"), organ("000014349"));
        assert_eq!(prefix(" 002668899/2012-00012"), organ("002668899"));
        let jinhua = Prefix::Organ("002592724".to_owned(), Some("330700".to_owned()));
        assert_eq!(prefix("113307000025927244/2020-06370"), jinhua);
    }

    #[test]
    fn one_wrong_character_is_found() {
        for code in ["000014348/2019-01298", "000041349/2019-01298", "113307000025927254/2020-06370"] {
            assert!(matches!(prefix(code), Prefix::Broken(_)), "{code}");
        }
    }

    #[test]
    fn what_has_another_shape_says_nothing() {
        for index in ["", "FZ0010", "tanchengzjjj", "2019-00012", "201900012", "530000-2019-00012-3", "某字〔2019〕3号"]
        {
            assert_eq!(prefix(index), Prefix::Other, "{index}");
        }
    }
}
