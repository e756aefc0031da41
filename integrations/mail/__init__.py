"""Sending mails by SMTP."""
