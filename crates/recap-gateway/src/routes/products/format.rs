//! The formats that products come in.

use strum::{Display, EnumString, VariantNames};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Fields, FromQuery};

/// How a summary is written.
#[derive(Clone, Copy, Default, Display, EnumString, VariantNames, ToSchema)]
#[strum(serialize_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub(crate) enum SummaryFormat {
    #[default]
    Json,
    Md,
    Txt,
}

impl SummaryFormat {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Md => "text/markdown; charset=utf-8",
            Self::Txt => "text/plain; charset=utf-8",
        }
    }
}

/// How a transcript is written.
#[derive(Clone, Copy, Default, Display, EnumString, VariantNames, ToSchema)]
#[strum(serialize_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub(crate) enum TranscriptFormat {
    #[default]
    Json,
    Txt,
    Srt,
    Vtt,
}

impl TranscriptFormat {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Srt => "application/x-subrip; charset=utf-8",
            Self::Vtt => "text/vtt; charset=utf-8",
        }
    }
}

/// How the summary is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryQuery {
    /// How the summary is written.
    #[param(value_type = Option<SummaryFormat>, inline, default = "json")]
    pub(super) format: SummaryFormat,
}

impl FromQuery for SummaryQuery {
    fn from_query(fields: &mut Fields) -> Self {
        Self { format: fields.take("format", "json, md or txt").unwrap_or_default() }
    }
}

/// How the transcript is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TranscriptQuery {
    /// How the transcript is written.
    #[param(value_type = Option<TranscriptFormat>, inline, default = "json")]
    pub(super) format: TranscriptFormat,
}

impl FromQuery for TranscriptQuery {
    fn from_query(fields: &mut Fields) -> Self {
        Self { format: fields.take("format", "json, txt, srt or vtt").unwrap_or_default() }
    }
}
