"""What this program calls itself."""

VERSION = "1.0.0"
