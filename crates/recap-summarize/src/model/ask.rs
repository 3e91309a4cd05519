//! From an answer to a value: validate, and ask once more where that helps.

use recap_core::ports::SummarizerError;

use super::prompt::Amendments;
use super::{Budget, Generation, Model, Prompt, Verdict};

/// Why there is no value.
#[derive(Debug)]
pub(super) enum Problem {
    /// Two answers were cut; half the input may do.
    Cut,
    /// The model takes less input.
    TooLong,
    Summarizer(SummarizerError),
}

impl Problem {
    /// Whether less of it, or another question, may fare better.
    pub(super) fn is_of_this_question(&self) -> bool {
        match self {
            Self::Cut | Self::TooLong => true,
            Self::Summarizer(error) => {
                matches!(error, SummarizerError::Blocked | SummarizerError::InvalidAnswer)
            }
        }
    }
}

impl From<Problem> for SummarizerError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Cut | Problem::TooLong => Self::InvalidAnswer,
            Problem::Summarizer(error) => error,
        }
    }
}

/// A value, and the model it came from.
#[derive(Debug)]
pub(super) struct Asked<T> {
    pub(super) value: T,
    pub(super) model: String,
}

/// Asks for a value. Each amendment is tried once, so there are at most four
/// answers: as asked, shorter, paraphrased, repaired.
pub(super) async fn ask<T: Send>(
    model: &impl Model,
    generation: Generation,
    budget: &mut Budget<'_>,
    mut amendments: Amendments,
    prompt: impl Fn(Amendments) -> Prompt + Send,
    parse: impl Fn(&str) -> Option<T> + Send,
) -> Result<Asked<T>, Problem> {
    loop {
        let prompt = prompt(amendments);
        let reply = model.ask(&prompt, generation, budget).await.map_err(Problem::Summarizer)?;
        let (again, problem) = match reply.verdict {
            Verdict::Complete(text) => match parse(&text) {
                Some(value) => return Ok(Asked { value, model: reply.model }),
                None => (&mut amendments.repair, SummarizerError::InvalidAnswer.into()),
            },
            Verdict::Unusable => (&mut amendments.repair, SummarizerError::InvalidAnswer.into()),
            Verdict::Cut => (&mut amendments.shorter, Problem::Cut),
            Verdict::TooLong => return Err(Problem::TooLong),
            Verdict::Recitation => (&mut amendments.paraphrase, SummarizerError::Blocked.into()),
            Verdict::Blocked => return Err(SummarizerError::Blocked.into()),
        };
        if std::mem::replace(again, true) {
            return Err(problem);
        }
    }
}

impl From<SummarizerError> for Problem {
    fn from(error: SummarizerError) -> Self {
        Self::Summarizer(error)
    }
}
