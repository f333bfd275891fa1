//! Amounts with their unit: "256 MiB", "90 s".

use std::time::Duration;

const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// In milliseconds.
const TIMES: &[(&str, u64)] =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Bytes. The error says what is wrong with the text.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    amount(text, SIZES, "a size", "\"256 MiB\"")
}

/// A length of time, to the millisecond. The error says what is wrong with the text.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    amount(text, TIMES, "a length of time", "\"90 s\" or \"2 h\"").map(Duration::from_millis)
}

fn amount(text: &str, units: &[(&str, u64)], what: &str, example: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (digits, unit) = (text[..split].replace('_', ""), text[split..].trim());
    let known = || units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if digits.is_empty() {
        return Err(format!("expected {what}, such as {example}"));
    }
    if unit.is_empty() {
        return Err(format!("expected {what} with its unit ({}), such as {example}", known()));
    }
    let Some((_, factor)) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) else {
        return Err(format!("unknown unit `{unit}`: expected one of {}", known()));
    };
    let whole = match digits.parse::<u64>() {
        Ok(number) => number.checked_mul(*factor),
        // "1.5 GiB": exact enough, since a fraction of these units is far below 2^53.
        Err(_) => match digits.parse::<f64>() {
            Ok(number) if number * *factor as f64 <= 2f64.powi(53) => Some((number * *factor as f64) as u64),
            Ok(_) => None,
            Err(_) => return Err(format!("`{digits}` is no number")),
        },
    };
    match whole {
        Some(0) => Err(format!("expected {what} above zero")),
        Some(whole) => Ok(whole),
        None => Err(format!("`{text}` is too large")),
    }
}

/// Bytes as people read them: `256 MiB`.
pub(crate) fn bytes_shown(bytes: u64) -> String {
    let (name, factor) = match bytes {
        0..1_024 => return format!("{bytes} B"),
        1_024..1_048_576 => ("KiB", 1_u64 << 10),
        1_048_576..1_073_741_824 => ("MiB", 1 << 20),
        _ => ("GiB", 1 << 30),
    };
    if bytes.is_multiple_of(factor) {
        return format!("{} {name}", bytes / factor);
    }
    format!("{:.1} {name}", bytes as f64 / factor as f64)
}

/// A length of time as people read it: `1.2 s`, `4 min 10 s`, `2 h`.
pub(crate) fn duration_shown(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 if time.is_zero() => "0 s".to_owned(),
        0 => format!("{} ms", time.as_millis().max(1)),
        1..10 if time.subsec_millis() >= 50 => format!("{:.1} s", time.as_secs_f64()),
        1..60 => format!("{seconds} s"),
        60..3_600 => pair(seconds / 60, "min", seconds % 60, "s"),
        _ => pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
    }
}

fn pair(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        assert_eq!(size("256 MiB"), Ok(256 << 20));
        assert_eq!(size("1.5GiB"), Ok(3 << 29));
        assert_eq!(size("20_000 b"), Ok(20_000));
        assert_eq!(duration("60 s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        assert_eq!(duration("250 ms"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn an_amount_that_makes_no_sense_is_told_with_an_example() {
        let told = |text| size(text).unwrap_err();
        assert_eq!(told("lots"), "expected a size, such as \"256 MiB\"");
        assert!(told("256").contains("with its unit (B, KiB, MiB"), "{}", told("256"));
        assert!(told("256 MeB").starts_with("unknown unit `MeB`"));
        assert_eq!(told("0 MiB"), "expected a size above zero");
        assert_eq!(told("99999999999 GiB"), "`99999999999 GiB` is too large");
        assert_eq!(told("1.2.3 MiB"), "`1.2.3` is no number");
        assert!(duration("2 weeks").is_err() && duration("").is_err() && duration("-1 s").is_err());
        assert!(size("99999999999999999999999 B").is_err());
    }

    #[test]
    fn amounts_are_shown_as_people_read_them() {
        assert_eq!(
            [0, 512, 2_048, 256 << 20, 3 << 29].map(bytes_shown),
            ["0 B", "512 B", "2 KiB", "256 MiB", "1.5 GiB"]
        );
        let shown = |ms| duration_shown(Duration::from_millis(ms));
        assert_eq!(
            [0, 20, 1_240, 42_900, 250_000, 7_200_000].map(shown),
            ["0 s", "20 ms", "1.2 s", "42 s", "4 min 10 s", "2 h"]
        );
    }
}
