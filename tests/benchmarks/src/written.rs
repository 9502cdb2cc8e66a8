//! The results: printed as they come, and written into `README.md` and its plots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// What follows this line in `README.md` is replaced.
const MARK: &str = "<!-- What follows is written by `tests/benchmarks/run --write`. -->";

/// The parts of a run, in their order.
#[derive(Debug, Default)]
pub struct Results {
    lead: String,
    first: String,
    parts: String,
    plots: Vec<(String, String)>,
}

impl Results {
    /// Says something about the whole run.
    pub fn say(&mut self, text: &str) {
        println!("{text}\n");
        self.lead = format!("{text}\n\n");
    }

    /// Adds a part.
    pub fn part(&mut self, title: &str, text: &str) {
        println!("## {title}\n\n{text}");
        let _never_fails = write!(self.parts, "## {title}\n\n{text}\n");
    }

    /// The part that comes before all others, known last.
    pub fn first(&mut self, title: &str, text: &str) {
        println!("## {title}\n\n{text}");
        self.first = format!("## {title}\n\n{text}\n");
    }

    /// Adds a plot in SVG.
    pub fn plot(&mut self, name: &str, svg: &str) {
        self.plots.push((name.to_owned(), svg.to_owned()));
    }

    /// Writes everything behind the mark of `readme`, and the plots beside it.
    ///
    /// # Errors
    /// If the mark is missing, or a file cannot be written.
    pub fn write(&self, readme: &Path) -> Result<()> {
        let text = fs::read_to_string(readme).with_context(|| readme.display().to_string())?;
        let (method, _) = text.split_once(MARK).context("README.md has lost its mark")?;
        let folder = readme.parent().context("README.md lies nowhere")?.join("plots");
        fs::create_dir_all(&folder)?;
        let mut images = String::new();
        for (name, svg) in &self.plots {
            fs::write(folder.join(format!("{name}.svg")), svg)?;
            let _never_fails = writeln!(images, "![{}](plots/{name}.svg)", name.replace('-', " "));
        }
        let (lead, first, parts) = (&self.lead, &self.first, self.parts.trim_end());
        fs::write(readme, format!("{method}{MARK}\n\n{lead}{first}{images}\n{parts}\n"))?;
        Ok(())
    }
}
