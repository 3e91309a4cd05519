//! Figures as rows of one table.

pub(super) const HEAD: &str = "\
| figure | measured | must be | again |
| --- | --- | --- | --- |";

/// Something that was measured, and what it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    name: String,
    measured: String,
    /// Empty if nothing was promised.
    promised: String,
    held: bool,
}

impl Figure {
    /// A figure that may be what it is.
    pub(super) fn told(name: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { promised: String::new(), ..Self::held(name, measured, "", true) }
    }

    pub(super) fn held(
        name: impl Into<String>,
        measured: impl Into<String>,
        promised: &str,
        held: bool,
    ) -> Self {
        let (name, measured) = (name.into(), measured.into());
        Self { name, measured, promised: promised.to_owned(), held }
    }

    /// The case could not be brought to its end.
    pub(super) fn broken(problem: &str) -> Self {
        Self::held("the case itself", problem.replace(['\n', '|'], " "), "run", false)
    }

    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    pub(super) fn row(&self, case: &str) -> String {
        let Self { name, measured, promised, held } = self;
        let verdict = if *held { "" } else { "**not held**: " };
        format!("| {name} | {verdict}{measured} | {promised} | `--only {case}` |")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(figure: &Figure, held: bool, row: &str) {
        assert_eq!((figure.is_held(), figure.row("polls").as_str()), (held, row));
        let cells = |it: &str| it.matches('|').count();
        assert_eq!(cells(row), cells(HEAD) / 2);
    }

    #[test]
    fn a_figure_is_a_row() {
        check(&Figure::told("p50", "1.0 ms"), true, "| p50 | 1.0 ms |  | `--only polls` |");
        let few = |held| Figure::held("questions", "7", "at most 10", held);
        check(&few(true), true, "| questions | 7 | at most 10 | `--only polls` |");
        let row = "| questions | **not held**: 7 | at most 10 | `--only polls` |";
        check(&few(false), false, row);
    }

    #[test]
    fn a_problem_stays_in_its_row() {
        let row = "| the case itself | **not held**: a b c | run | `--only polls` |";
        check(&Figure::broken("a\nb|c"), false, row);
    }
}
