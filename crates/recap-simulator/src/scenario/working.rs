//! Videos with something to summarise.

use super::{Expect, Scenario, Source, Track, Twist};

pub(super) const USUAL_TRACKS: &[Track] = &[
    manual("en", "English", ".en"),
    manual("fr", "French", ".fr"),
    automatic("en", "English (auto-generated)", "a.en"),
];

const ENGLISH: &[Track] = &[manual("en", "English", ".en")];
const HEARD: &[Track] = &[automatic("en", "English (auto-generated)", "a.en")];

pub(super) const DEMO: Scenario = Scenario {
    audio_language: Some("en"),
    ..Scenario::new("ok_demo25m1", "25 minutes with chapters and manual captions: the demo")
        .talks_of(&["demo"])
        .tracks(ENGLISH)
};

pub(super) const SCENARIOS: &[Scenario] = &[
    DEMO,
    Scenario::new("ok_manual01", "manual captions in two languages, and automatic ones"),
    Scenario::new("ok_asronly1", "automatic captions only")
        .talks_of(&["tides"])
        .tracks(HEARD)
        .expect(captions("en", Source::Automatic)),
    Scenario::new("ok_short3m1", "three minutes, no chapters, automatic captions only")
        .talks_of(&["tea_short"])
        .tracks(HEARD)
        .expect(captions("en", Source::Automatic)),
    Scenario {
        seconds: Some(3_600),
        title: Some("Four talks in an hour: water, light, bread, queues"),
        audio_language: Some("en"),
        ..Scenario::new("ok_hour0001", "an hour: four talks, one chapter each")
            .talks_of(&["demo", "lighthouses", "bread", "queues"])
            .tracks(ENGLISH)
    },
    Scenario {
        seconds: Some(10_800),
        title: Some("An evening of talks: water, bread, maps and ten more"),
        audio_language: Some("en"),
        ..Scenario::new("ok_long3h01", "three hours: every English talk, one chapter each")
            .talks_of(&[
                "demo",
                "lighthouses",
                "bread",
                "queues",
                "tides",
                "tea_short",
                "bridges",
                "soil",
                "maps",
                "glass",
                "sleep",
                "railways",
                "clouds",
            ])
            .tracks(ENGLISH)
    },
    Scenario::new("ok_bigreal1", "as large as the real thing: page, formats, translations")
        .talks_of(&["bridges", "railways"])
        .twist(Twist::Large),
    Scenario::new("ok_nsig0001", "its formats need a JavaScript runtime, its captions do not")
        .talks_of(&["glass"])
        .twist(Twist::NeedsJavaScript),
    Scenario::new("ok_enGB0001", "manual captions for one region only")
        .talks_of(&["maps"])
        .tracks(&[manual("en-GB", "English (United Kingdom)", ".en-GB")])
        .expect(captions("en-GB", Source::Manual)),
    Scenario::new("ok_named001", "a manual track with a name of its own")
        .talks_of(&["queues"])
        .tracks(&[
            manual("en", "English - Director commentary", ".en.abc123"),
            automatic("en", "English (auto-generated)", "a.en"),
        ])
        .expect(captions("en-abc123", Source::Manual)),
    Scenario::new("ok_nocaps01", "no captions at all")
        .talks_of(&["sleep"])
        .tracks(&[])
        .expect(Expect::NoCaptions),
    // The page offers 157 translations of the automatic track, so yt-dlp finds an `en` there.
    Scenario::new("ok_german01", "German: automatic and manual captions")
        .talks_of(&["de_bienen"])
        .tracks(&[
            automatic("de", "German (auto-generated)", "a.de"),
            manual("de", "German", ".de"),
        ])
        .expect(captions("de", Source::Manual))
        .with_page(captions("en", Source::Translated)),
    foreign(
        "ok_spanish1",
        "Spanish, manual captions",
        &["es_olivo"],
        "es",
        &[manual("es", "Spanish", ".es")],
    ),
    foreign(
        "ok_french01",
        "French, manual captions",
        &["fr_fromage"],
        "fr",
        &[manual("fr", "French", ".fr")],
    ),
    foreign(
        "ok_japanes1",
        "Japanese, manual captions",
        &["ja_washi"],
        "ja",
        &[manual("ja", "Japanese", ".ja")],
    ),
    foreign(
        "ok_chinese1",
        "Chinese in simplified characters, manual captions",
        &["zh_tea"],
        "zh-Hans",
        &[manual("zh-Hans", "Chinese (Simplified)", ".zh-Hans")],
    ),
    foreign(
        "ok_arabic01",
        "Arabic, manual captions",
        &["ar_dates"],
        "ar",
        &[manual("ar", "Arabic", ".ar")],
    ),
    foreign(
        "ok_hindi001",
        "Hindi, manual captions",
        &["hi_monsoon"],
        "hi",
        &[manual("hi", "Hindi", ".hi")],
    ),
    foreign(
        "ok_korean01",
        "Korean, manual captions",
        &["ko_kimchi"],
        "ko",
        &[manual("ko", "Korean", ".ko")],
    ),
];

const fn foreign(
    id: &'static str,
    about: &'static str,
    talks: &'static [&'static str],
    language: &'static str,
    tracks: &'static [Track],
) -> Scenario {
    Scenario {
        audio_language: Some(language),
        ..Scenario::new(id, about)
            .talks_of(talks)
            .tracks(tracks)
            .expect(captions(language, Source::Manual))
    }
}

const fn captions(language: &'static str, source: Source) -> Expect {
    Expect::Captions { language, source }
}

const fn manual(language: &'static str, name: &'static str, id: &'static str) -> Track {
    Track { language, automatic: false, name, id }
}

pub(super) const fn automatic(
    language: &'static str,
    name: &'static str,
    id: &'static str,
) -> Track {
    Track { language, automatic: true, name, id }
}
