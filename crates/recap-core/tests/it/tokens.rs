//! The estimate of tokens, by script.

use proptest::prelude::*;
use recap_core::tokens::estimate;

#[track_caller]
fn check(text: &str, expected: usize) {
    assert_eq!(estimate(text), expected, "{text}");
}

/// They hold the estimate where it is meant to be: above the words of a text in
/// Latin letters, and at the characters of one in Chinese.
#[test]
fn scripts_cost_what_they_are_said_to() {
    check("", 0);
    check(" ", 0);
    check("the", 1);
    check("understanding", 4);
    check("The bees leave the hive as soon as it is warm.", 13);
    check("Die Bienen verlassen den Stock, sobald es wärmer wird.", 15);
    check("Пчёлы покидают улей, как только становится теплее.", 23);
    check("Οι μέλισσες αφήνουν την κυψέλη μόλις ζεστάνει.", 21);
    check("يترك النحل الخلية عندما يصبح الجو دافئا.", 18);
    check("मौसम गर्म होते ही मधुमक्खियाँ छत्ता छोड़ देती हैं।", 32);
    check("ผึ้งออกจากรังทันทีที่อากาศอุ่น", 23);
    check("暖かくなるとすぐに蜂は巣を離れます。", 18);
    check("天气一暖和，蜜蜂就离开蜂巢。", 14);
    check("날씨가 따뜻해지면 벌들은 벌집을 떠난다.", 18);
    check("🐝🍯👩\u{200d}🌾", 13);
    check("fn main() {\n    println!(\"{}\", 1 + 41);\n}\n", 22);
    check("2026-11-21 08:30", 15);
}

#[test]
fn very_long_texts_are_counted() {
    check(&"bee ".repeat(100_000), 100_000);
    check(&"蜂".repeat(100_000), 100_000);
    check(&" ".repeat(100_000), 25_000);
}

proptest! {
    #[test]
    fn a_text_costs_no_less_than_its_beginning(text in any::<String>(), at in any::<prop::sample::Index>()) {
        let ends: Vec<usize> = text.char_indices().map(|(it, _)| it).chain([text.len()]).collect();
        prop_assert!(estimate(&text[..ends[at.index(ends.len())]]) <= estimate(&text));
    }

    #[test]
    fn two_texts_together_cost_about_their_sum(
        first in "[a-zé文ب. \n\t0-9]{0,30}", second in "[a-zé文ب. \n\t0-9]{0,30}"
    ) {
        let (sum, together) = (estimate(&first) + estimate(&second), estimate(&format!("{first}{second}")));
        prop_assert!(together <= sum + 1, "{together} > {sum} + 1");
        // Two beginnings of a word, or of anything, may become one.
        prop_assert!(together + 2 >= sum, "{together} + 2 < {sum}");
    }

    #[test]
    fn no_character_is_free_but_a_single_space(text in r"\PC{1,30}") {
        let letters = text.chars().filter(|it| !it.is_whitespace()).count();
        prop_assert!(estimate(&text) >= letters.div_ceil(4));
        prop_assert!(estimate(&text) <= text.len() * 3);
    }
}
