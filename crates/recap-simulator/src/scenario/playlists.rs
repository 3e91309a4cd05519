//! The playlists that exist: an id says which videos are in one.

use super::copies;

/// Videos and one that is private between them.
pub const THREE: &str = "PLok_threevideos";
/// Without any video.
pub const EMPTY: &str = "PLok_novideos";
/// Its owner's alone. (Of most such playlists YouTube says that there is none.)
pub const PRIVATE: &str = "PLer_private";

const COPIES: &str = "PLok_copies_";

/// What YouTube tells of a playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playlist {
    /// The ids of its videos, also of those that are private or gone.
    Videos(Vec<String>),
    /// Why it is not shown.
    Refused(&'static str),
}

/// The id of a playlist of so many copies of the demo, at most a million.
pub fn copies_playlist(count: u32) -> String {
    format!("{COPIES}{count}")
}

/// The playlist of this id; there is none of most ids.
pub fn playlist(id: &str) -> Playlist {
    let copied = id.strip_prefix(COPIES).and_then(|it| it.parse::<u32>().ok());
    match (id, copied) {
        (THREE, _) => Playlist::Videos(
            ["ok_short3m1", "er_private1", "ok_demo25m1"].map(str::to_owned).to_vec(),
        ),
        (EMPTY, _) => Playlist::Videos(Vec::new()),
        (PRIVATE, _) => Playlist::Refused("This playlist is private."),
        (_, Some(count)) if count <= 1_000_000 => {
            Playlist::Videos((0..count).map(copies::copy).collect())
        }
        _ => Playlist::Refused("The playlist does not exist."),
    }
}
