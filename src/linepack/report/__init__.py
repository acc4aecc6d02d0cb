"""What a reader gets: text, CSV, JSON and Markdown from stored runs."""
