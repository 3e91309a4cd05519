//! A value as it lies on the server: a format byte, when it was put (ms since
//! 1970, 8 bytes), how long it is (4 bytes), both big-endian, and the value as
//! one zstd frame.

use bytes::Bytes;
use jiff::Timestamp;

/// Raised when the format changes; values of another format are misses.
const FORMAT: u8 = 1;

const HEADER: usize = 1 + 8 + 4;

/// zstd's own default.
const LEVEL: i32 = 3;

/// Values above it are packed on a thread of their own, in bytes, so that
/// nothing else waits for it.
const LARGE: usize = 64 << 10;

/// `value` as it is kept; `None` if it is too large for the format.
pub(super) async fn pack(value: Bytes, put_at: Timestamp) -> Option<Vec<u8>> {
    let large = value.len() > LARGE;
    aside(large, move || {
        let length = u32::try_from(value.len()).ok()?;
        let frame = zstd::bulk::compress(&value, LEVEL).ok()?;
        let mut packed = Vec::with_capacity(HEADER + frame.len());
        packed.push(FORMAT);
        packed.extend_from_slice(&put_at.as_millisecond().to_be_bytes());
        packed.extend_from_slice(&length.to_be_bytes());
        packed.extend_from_slice(&frame);
        Some(packed)
    })
    .await
}

/// The value and when it was put; `None` if it is not of this format, damaged,
/// or of more than `most` bytes.
pub(super) async fn unpack(packed: Vec<u8>, most: usize) -> Option<(Bytes, Timestamp)> {
    let (header, _) = packed.split_first_chunk::<HEADER>()?;
    let [format, put_at @ .., a, b, c, d] = *header;
    let put_at = Timestamp::from_millisecond(i64::from_be_bytes(put_at)).ok()?;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
    if format != FORMAT || length > most {
        return None;
    }
    let value = aside(length > LARGE, move || {
        // Never more than `length`, whatever the frame says of itself.
        zstd::bulk::decompress(&packed[HEADER..], length).ok()
    });
    let value = value.await.filter(|it| it.len() == length)?;
    Some((value.into(), put_at))
}

/// Does `work` here if it is small, else on a thread that may take its time.
async fn aside<T: Send + 'static>(
    large: bool,
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Option<T> {
    if large { tokio::task::spawn_blocking(work).await.ok().flatten() } else { work() }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;

    use super::{FORMAT, pack, unpack};

    fn put_at() -> Timestamp {
        "2026-01-01T00:00:00.123Z".parse().unwrap()
    }

    async fn check(value: Bytes) {
        let packed = pack(value.clone(), put_at()).await.unwrap();
        let length = value.len();
        assert_eq!(unpack(packed.clone(), length).await, Some((value, put_at())));
        if length > 0 {
            assert_eq!(unpack(packed, length - 1).await, None);
        }
    }

    #[tokio::test]
    async fn what_is_packed_is_unpacked() {
        check(Bytes::new()).await;
        check(Bytes::from_static(b"short")).await;
        check("long ".repeat(1 << 16).into()).await;
    }

    #[tokio::test]
    async fn what_is_not_of_this_format_is_a_miss() {
        let packed = pack(Bytes::from_static(b"a value"), put_at()).await.unwrap();
        for length in 0..packed.len() {
            assert_eq!(unpack(packed[..length].to_vec(), 100).await, None, "{length}");
        }
        let mut unknown = packed.clone();
        unknown[0] = FORMAT + 1;
        assert_eq!(unpack(unknown, 100).await, None);
        let mut longer = packed.clone();
        longer[12] -= 1;
        assert_eq!(unpack(longer, 100).await, None);
        let mut never = packed;
        never[1] = 0x7f;
        assert_eq!(unpack(never, 100).await, None);
    }

    #[tokio::test]
    async fn a_bomb_does_not_go_off() {
        let mut packed = pack(vec![0; 1 << 20].into(), put_at()).await.unwrap();
        assert!(packed.len() < 1000);
        packed[9..13].copy_from_slice(&10_u32.to_be_bytes());
        assert_eq!(unpack(packed, 1 << 30).await, None);
    }
}
