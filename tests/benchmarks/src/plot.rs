//! Plots as SVG.

use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const LABELS: f64 = 250.0;
const BAR: f64 = 22.0;
const COLOURS: [&str; 4] = ["#2563eb", "#d97706", "#059669", "#7c3aed"];

/// Bars from left to right, each with its name and value.
pub fn bars(title: &str, unit: &str, values: &[(String, f64)]) -> String {
    let most = values.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let mut body = String::new();
    for ((name, value), row) in values.iter().zip(0_u32..) {
        let (top, length) = (40.0 + f64::from(row) * BAR, value / most * (WIDTH - LABELS - 90.0));
        let middle = top + BAR * 0.65;
        write(
            &mut body,
            format_args!(
                "<text x=\"{}\" y=\"{middle:.0}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LABELS}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"{:.0}\" fill=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{middle:.0}\">{value:.2} {unit}</text>\n",
                LABELS - 8.0,
                escaped(name),
                top + 3.0,
                BAR - 6.0,
                COLOURS[0],
                LABELS + length + 6.0,
            ),
        );
    }
    let rows = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    framed(title, 52.0 + rows * BAR, &body)
}

/// A line of a plot: its name and its points.
pub type Line = (String, Vec<(f64, f64)>);

/// Lines over a horizontal axis whose marks are doubled each time.
pub fn lines(title: &str, across: &str, up: &str, lines: &[Line]) -> String {
    const LEFT: f64 = 70.0;
    const RIGHT: f64 = 620.0;
    const TOP: f64 = 50.0;
    const BOTTOM: f64 = 330.0;
    let points = || lines.iter().flat_map(|(_, points)| points);
    let most_up = points().map(|point| point.1).fold(f64::MIN_POSITIVE, f64::max);
    let most_across = points().map(|point| point.0.log2()).fold(1.0, f64::max);
    let x = |value: f64| LEFT + value.log2() / most_across * (RIGHT - LEFT);
    let y = |value: f64| BOTTOM - value / most_up * (BOTTOM - TOP);
    let mut body = format!(
        "<path d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\" fill=\"none\" stroke=\"#888\"/>\
         <text x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\">{}</text><text x=\"8\" y=\"{}\">{}</text>\n",
        BOTTOM + 36.0,
        escaped(across),
        TOP - 12.0,
        escaped(up),
    );
    let mut marks: Vec<f64> = points().map(|point| point.0).collect();
    marks.sort_by(f64::total_cmp);
    marks.dedup();
    for mark in marks {
        write(
            &mut body,
            format_args!(
                "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{mark}</text>\n",
                x(mark),
                BOTTOM + 18.0
            ),
        );
    }
    for quarter in [0.5, 1.0] {
        let value = most_up * quarter;
        write(
            &mut body,
            format_args!(
                "<text x=\"{}\" y=\"{:.0}\" text-anchor=\"end\">{value:.0}</text>\n",
                LEFT - 6.0,
                y(value) + 4.0
            ),
        );
    }
    for (((name, points), colour), row) in lines.iter().zip(COLOURS.iter().cycle()).zip(0_u32..) {
        let path: Vec<String> = points.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
        let at = TOP + f64::from(row) * 20.0;
        write(
            &mut body,
            format_args!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <rect x=\"{}\" y=\"{}\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{}\" y=\"{}\">{}</text>\n",
                path.join(" "),
                RIGHT + 12.0,
                at,
                RIGHT + 30.0,
                at + 11.0,
                escaped(name),
            ),
        );
    }
    framed(title, 380.0, &body)
}

fn framed(title: &str, height: f64, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"8\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{}</text>\n{body}</svg>\n",
        escaped(title)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn write(into: &mut String, text: std::fmt::Arguments<'_>) {
    let _never_fails = into.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_that_of_the_most() {
        let plot = bars("t", "ms", &[("a<b".to_owned(), 1.0), ("c".to_owned(), 2.0)]);
        assert!(plot.contains("width=\"210.0\"") && plot.contains("width=\"420.0\""), "{plot}");
        assert!(plot.contains("a&lt;b") && !plot.contains("a<b"));
    }

    #[test]
    fn each_doubling_is_as_wide_as_another() {
        let plot = lines("t", "x", "y", &[("l".to_owned(), vec![(1.0, 1.0), (2.0, 2.0), (4.0, 4.0)])]);
        assert!(plot.contains("70.0,260.0 345.0,190.0 620.0,50.0"), "{plot}");
    }
}
