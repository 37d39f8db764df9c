"""The component kit that every page is built from: tags, words for states, charts, styles and scripts."""
