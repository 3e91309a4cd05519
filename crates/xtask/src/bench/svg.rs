//! A plot of a few series, as SVG.

use std::fmt::Write as _;

/// What is plotted. Both axes are logarithmic.
pub(super) struct Plot<'a> {
    pub(super) title: &'a str,
    pub(super) x: &'a str,
    pub(super) y: &'a str,
    pub(super) series: &'a [Series],
}

/// Points that are joined, in order of x; all numbers are above zero.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 60.0;

/// Colours that are told apart by those who see few.
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

/// Powers of ten that an axis goes from and to.
#[derive(Clone, Copy)]
struct Axis {
    from: i32,
    to: i32,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).log10().floor();
        let most = values.fold(f64::NEG_INFINITY, f64::max).log10().ceil();
        #[expect(clippy::cast_possible_truncation, reason = "powers of ten of what is measured")]
        let (from, to) = (least as i32, most as i32);
        Self { from, to: to.max(from + 1) }
    }

    /// 0 to 1.
    fn place(self, value: f64) -> f64 {
        (value.log10() - f64::from(self.from)) / f64::from(self.to - self.from)
    }

    fn ticks(self) -> impl Iterator<Item = f64> {
        (self.from..=self.to).map(|it| 10_f64.powi(it))
    }
}

impl Plot<'_> {
    pub(super) fn draw(&self) -> String {
        let points = self.series.iter().flat_map(|it| it.points.iter().copied());
        let (x, y) = (Axis::of(points.clone().map(|it| it.0)), Axis::of(points.map(|it| it.1)));
        let across = |value: f64| LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
        let up = |value: f64| HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"13\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
        );
        text(&mut svg, (WIDTH / 2.0, 24.0), "middle", &format!("{} — {}", self.title, self.y));
        text(&mut svg, (WIDTH / 2.0, HEIGHT - 14.0), "middle", self.x);
        for tick in x.ticks() {
            line(&mut svg, (across(tick), TOP), (across(tick), HEIGHT - BOTTOM));
            text(&mut svg, (across(tick), HEIGHT - BOTTOM + 20.0), "middle", &tick.to_string());
        }
        for tick in y.ticks() {
            line(&mut svg, (LEFT, up(tick)), (WIDTH - RIGHT, up(tick)));
            text(&mut svg, (LEFT - 8.0, up(tick) + 4.0), "end", &tick.to_string());
        }
        for (number, series) in self.series.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            let at = |it: &(f64, f64)| format!("{:.1},{:.1}", across(it.0), up(it.1));
            let places: Vec<String> = series.points.iter().map(at).collect();
            let joined = places.join(" ");
            let _ = writeln!(
                svg,
                "<polyline points=\"{joined}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
            );
            for (a, b) in places.iter().filter_map(|it| it.split_once(',')) {
                let _ = writeln!(svg, "<circle cx=\"{a}\" cy=\"{b}\" r=\"4\" fill=\"{colour}\"/>");
            }
            let row = TOP + 18.0 + 18.0 * f64::from(u8::try_from(number).unwrap_or(u8::MAX));
            let name = format!("<tspan fill=\"{colour}\">{}</tspan>", series.name);
            text(&mut svg, (LEFT + 12.0, row), "start", &name);
        }
        svg + "</svg>\n"
    }
}

fn line(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#ddd\"/>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let _ =
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_between_powers_of_ten() {
        let points = vec![(1000.0, 20.0), (100_000.0, 40.0)];
        let series = [Series { name: "polls".to_owned(), points }];
        let svg = Plot { title: "A poll", x: "jobs", y: "µs", series: &series }.draw();
        assert!(svg.contains(r#"cx="80.0""#) && svg.contains(r#"cx="696.0""#), "{svg}");
        for tick in [">1000<", ">10000<", ">100000<", ">10<", ">100<"] {
            assert!(svg.contains(tick), "{tick}: {svg}");
        }
        assert!(svg.ends_with("</svg>\n"));
    }
}
