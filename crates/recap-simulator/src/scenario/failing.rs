//! Videos for which one endpoint does not work.
//!
//! `S` asks `next`, `player` and the captions; `W` asks the watch page instead of
//! `next`. So a broken page is invisible in S, and a broken `next` in W.

use super::Endpoint::{Captions, Media, Next, Player, Watch};
use super::{Endpoint, Expect, Scenario, Source, Trouble, Twist};

const FINE: Expect = Expect::Captions { language: "en", source: Source::Manual };

pub(super) const SCENARIOS: &[Scenario] = &[
    trouble("er_wat42901", "the page answers 429", Watch, Trouble::Status(429), FINE),
    trouble("er_wat50001", "the page answers 500", Watch, Trouble::Status(500), FINE),
    trouble("er_hangwat1", "the page never answers", Watch, Trouble::Hang, FINE)
        .with_page(Expect::Hangs(Watch)),
    trouble("er_dripwat1", "the page sends a byte a second", Watch, Trouble::Drip, FINE)
        .with_page(Expect::Drips(Watch)),
    trouble("er_hangnxt1", "`next` never answers", Next, Trouble::Hang, Expect::Hangs(Next))
        .with_page(FINE),
    trouble(
        "er_dripnxt1",
        "`next` sends a byte a second",
        Next,
        Trouble::Drip,
        Expect::Drips(Next),
    )
    .with_page(FINE),
    player("er_ply42901", "the player API answers 429", Trouble::Status(429), "HTTP Error 429"),
    player("er_ply40301", "the player API answers 403", Trouble::Status(403), "HTTP Error 403"),
    player("er_ply40001", "the player API answers 400", Trouble::Status(400), "HTTP Error 400"),
    player("er_ply50001", "the player API answers 503", Trouble::Status(503), "HTTP Error 503"),
    player(
        "er_badjson1",
        "the player API sends half an answer",
        Trouble::Truncated,
        "Failed to parse JSON",
    ),
    player(
        "er_reset001",
        "the player API hangs up",
        Trouble::Reset,
        "Remote end closed connection",
    ),
    trouble(
        "er_hangplr1",
        "the player API never answers",
        Player,
        Trouble::Hang,
        Expect::Hangs(Player),
    ),
    trouble(
        "er_dripplr1",
        "the player API sends a byte a second",
        Player,
        Trouble::Drip,
        Expect::Drips(Player),
    ),
    captions(
        "er_cap42901",
        "the captions answer 429",
        Trouble::Status(429),
        "Unable to download video subtitles for 'en': HTTP Error 429",
    ),
    // The manual track still comes: only who asks for the automatic one meets the 429.
    trouble(
        "er_asr42901",
        "the automatic captions answer 429",
        Captions,
        Trouble::AutomaticStatus(429),
        FINE,
    ),
    captions(
        "er_cap40401",
        "the captions answer 404",
        Trouble::Status(404),
        "Unable to download video subtitles for 'en': HTTP Error 404",
    ),
    captions(
        "er_capempty",
        "the captions are an empty 200",
        Trouble::Empty,
        "Did not get any data blocks",
    ),
    trouble(
        "er_hangcap1",
        "the captions never answer",
        Captions,
        Trouble::Hang,
        Expect::Hangs(Captions),
    ),
    trouble(
        "er_dripcap1",
        "the captions send a byte a second",
        Captions,
        Trouble::Drip,
        Expect::Drips(Captions),
    ),
    trouble("er_med40301", "the media answers 403", Media, Trouble::Status(403), FINE),
    trouble("er_hangmed1", "the media never answers", Media, Trouble::Hang, FINE),
];

const fn trouble(
    id: &'static str,
    about: &'static str,
    at: Endpoint,
    trouble: Trouble,
    expect: Expect,
) -> Scenario {
    Scenario::new(id, about).twist(Twist::Trouble(at, trouble)).expect(expect)
}

const fn player(
    id: &'static str,
    about: &'static str,
    what: Trouble,
    text: &'static str,
) -> Scenario {
    trouble(id, about, Player, what, Expect::Says { text, exit: 1 })
        .with_page(Expect::Says { text, exit: 0 })
}

const fn captions(
    id: &'static str,
    about: &'static str,
    what: Trouble,
    text: &'static str,
) -> Scenario {
    trouble(id, about, Captions, what, Expect::Says { text, exit: 1 })
}
