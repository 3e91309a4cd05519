//! Figures of several rounds as cells of a Markdown table.

use crate::lab::figures::median;

/// A row of cells.
pub(super) fn row(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// The head of a table whose first column is text and all others are numbers.
pub(super) fn head(names: &[&str]) -> String {
    let rules: Vec<&str> =
        (0..names.len()).map(|it| if it == 0 { "---" } else { "---:" }).collect();
    format!("| {} |\n| {} |", names.join(" | "), rules.join(" | "))
}

/// The median, and of several values the least and the largest.
pub(super) fn spread(values: &[f64]) -> String {
    let middle = figure(median(values.to_vec()));
    match values {
        [] => "–".to_owned(),
        [_] => middle,
        _ => {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{middle} ({}–{})", figure(least), figure(most))
        }
    }
}

/// A whole number with commas.
pub(super) fn whole(value: u32) -> String {
    grouped(&value.to_string())
}

/// Three digits; of nothing, one.
pub(super) fn figure(value: f64) -> String {
    let digits = match value.abs() {
        it if it >= 100.0 => 0,
        it if it >= 10.0 => 1,
        it if it >= 1.0 => 2,
        it if it >= 0.1 => 3,
        it if it >= 0.01 => 4,
        0.0 => 0,
        _ => 5,
    };
    let text = format!("{value:.digits$}");
    if digits == 0 { grouped(&text) } else { text }
}

/// Digits with commas.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |it| ("-", it));
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let cases = [
            (0.0, "0"),
            (0.001_234, "0.00123"),
            (0.0123, "0.0123"),
            (0.456, "0.456"),
            (1.234, "1.23"),
            (56.78, "56.8"),
            (789.4, "789"),
            (-1_234_567.0, "-1,234,567"),
        ];
        for (value, text) in cases {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn several_values_have_a_spread() {
        assert_eq!(spread(&[]), "–");
        assert_eq!(spread(&[2.0]), "2.00");
        assert_eq!(spread(&[3.0, 1.0, 2.0]), "2.00 (1.00–3.00)");
    }

    #[test]
    fn a_table_has_as_many_columns_everywhere() {
        assert_eq!(whole(1_000_000), "1,000,000");
        assert_eq!(head(&["a", "b"]), "| a | b |\n| --- | ---: |");
        assert_eq!(row(&["1".to_owned(), "2".to_owned()]), "| 1 | 2 |");
    }
}
