//! The list of caption tracks in a player response.

use serde_json::{Value, json};

use crate::scenario::{Scenario, Track, Twist};

/// What YouTube translates automatic captions to.
const TRANSLATIONS: &str = "ab aa af ak sq am ar hy as ay az bn ba eu be bho bs br bg my ca ceb zh-Hans zh-Hant \
    co hr cs da dv nl dz en eo et ee fo fj fil fi fr gaa gl lg ka de el gn gu ht ha haw iw hi hmn hu is ig id iu ga \
    it ja jv kl kn kk kha km rw ko kri ku ky lo la lv ln lt lua luo lb mk mg ms ml mt gv mi mr mn mfe ne new nso no \
    ny oc or om os pam ps fa pl pt pt-PT pa qu ro rn ru sm sg sa gd sr crs sn sd si sk sl so st es su sw ss sv tg ta \
    tt te th bo ti to ts tn tum tr tk uk ur ug uz ve vi war cy fy wo xh yi yo yue zu";

/// `None` if the video has no captions (yet).
pub(super) fn of(video: &str, scenario: &Scenario, on_web: bool) -> Option<Value> {
    if scenario.tracks.is_empty() || matches!(scenario.twist, Twist::LiveNow) {
        return None;
    }
    let tracks: Vec<Value> = scenario.tracks.iter().map(|it| track(video, scenario, it)).collect();
    let indices: Vec<usize> = (0..tracks.len()).collect();
    let mut list = json!({
        "captionTracks": tracks,
        "audioTracks": [{"captionTrackIndices": indices}],
        "defaultAudioTrackIndex": 0,
    });
    if on_web {
        let languages = TRANSLATIONS.split_whitespace();
        let named = languages.map(|it| json!({"languageCode": it, "languageName": {"simpleText": format!("Language {it}")}}));
        list["translationLanguages"] = named.collect();
    }
    Some(json!({"playerCaptionsTracklistRenderer": list}))
}

fn track(video: &str, scenario: &Scenario, track: &Track) -> Value {
    let mut url = format!(
        "https://www.youtube.com/api/timedtext?v={video}&ei=simulated&caps=asr&expire=4102444800\
         &sparams=ip,v&signature=DEADBEEF&key=yt8"
    );
    if track.automatic {
        url.push_str("&kind=asr");
    }
    url.push_str("&lang=");
    url.push_str(track.language);
    if matches!(scenario.twist, Twist::NeedsToken) {
        url.push_str("&exp=xpe");
    }
    let mut entry = json!({
        "baseUrl": url,
        "name": {"simpleText": track.name},
        "vssId": track.id,
        "languageCode": track.language,
        "isTranslatable": true,
        "trackName": "",
    });
    if track.automatic {
        entry["kind"] = json!("asr");
    }
    entry
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_as_many_translations_as_on_youtube() {
        assert_eq!(super::TRANSLATIONS.split_whitespace().count(), 157);
    }
}
