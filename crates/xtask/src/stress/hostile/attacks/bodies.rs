//! Bodies that are too big, or too deep.

use super::{FROM, Target, WIDTH, spread};
use crate::stress::hostile::tally::Tally;
use crate::stress::wire::Wire;

pub(super) const BIG: usize = 200;
pub(super) const DEEP: usize = 100;

/// A body of 10 MB is so many pieces.
const PIECES: usize = 160;
const PIECE: usize = 64 << 10;

/// How deep.
const LEVELS: usize = 100_000;

/// Half of them say how long they are, and half do not.
pub(super) async fn big(target: Target) -> Tally {
    spread(target, BIG, WIDTH, |target, number| async move {
        let wire = Wire::connect(target.server, FROM).await?;
        let piece = vec![b'x'; PIECE];
        let (length, piece) = if number % 2 == 0 {
            (format!("content-length: {}", PIECE * PIECES), piece)
        } else {
            let chunk = [format!("{PIECE:x}\r\n").as_bytes(), &piece, b"\r\n"].concat();
            ("transfer-encoding: chunked".to_owned(), chunk)
        };
        let lines = ["content-type: application/json", &length];
        let head = wire.head("POST", "/v1/summaries", &lines);
        Ok(wire.upload(head.as_bytes(), &piece, PIECES).await?.status)
    })
    .await
}

/// In a body that may be as large as a transcript.
pub(super) async fn deep(target: Target) -> Tally {
    spread(target, DEEP, WIDTH, |target, number| async move {
        let wire = Wire::connect(target.server, FROM).await?;
        let (open, close) = if number % 2 == 0 { ("[", "]") } else { ("{\"a\":", "}") };
        let (open, close) = (open.repeat(LEVELS), close.repeat(LEVELS));
        let body = format!("{{\"transcript\":{open}1{close}}}");
        let length = format!("content-length: {}", body.len());
        let head = wire.head("POST", "/v1/summaries", &["content-type: application/json", &length]);
        Ok(wire.upload(head.as_bytes(), body.as_bytes(), 1).await?.status)
    })
    .await
}
