"""Landing pages: form submissions of Tilda and other builders read into records."""
