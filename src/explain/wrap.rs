//! Paragraphs that end before the edge of the terminal.

/// A terminal that is wider is not easier to read.
const WIDTH: usize = 96;

/// A text that grows paragraph by paragraph.
pub(super) struct Page {
    /// As it is printed.
    pub(super) text: String,
    /// How many columns a line has.
    pub(super) width: usize,
}

impl Default for Page {
    fn default() -> Self {
        let text = String::new();
        Self { text, width: WIDTH }
    }
}

impl Page {
    /// Adds a paragraph behind `lead`; its other lines begin below the first word.
    pub(super) fn hang(&mut self, lead: &str, words: &str) {
        let indent = lead.chars().count();
        let mut column = indent;
        self.text.push_str(lead);
        for (number, word) in words.split(' ').filter(|word| !word.is_empty()).enumerate() {
            let length = word.chars().count();
            if number > 0 && column + 1 + length > self.width {
                self.text.push('\n');
                self.text.push_str(&" ".repeat(indent));
                column = indent;
            } else if number > 0 {
                self.text.push(' ');
                column += 1;
            }
            self.text.push_str(word);
            column += length;
        }
        let line = self.text.trim_end().len();
        self.text.truncate(line);
        self.text.push('\n');
    }

    /// Adds a paragraph that is indented so far.
    pub(super) fn paragraph(&mut self, indent: usize, words: &str) {
        self.hang(&" ".repeat(indent), words);
    }

    /// Adds an empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, WIDTH};

    #[test]
    fn lines_end_before_the_edge_and_begin_below_the_first_word() {
        let mut page = Page::default();
        page.hang("  12  ", &"word ".repeat(40));
        let lines: Vec<&str> = page.text.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(lines[0].starts_with("  12  word word"));
        assert!(lines[1].starts_with("      word word"));
        assert_eq!(page.text.matches("word").count(), 40);
    }

    #[test]
    fn a_word_that_is_too_long_has_a_line_of_its_own() {
        let mut page = Page::default();
        page.paragraph(2, &format!("a {} b", "x".repeat(200)));
        assert_eq!(page.text, format!("  a\n  {}\n  b\n", "x".repeat(200)));
    }
}
