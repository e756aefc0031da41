"""Sending messages by the Telegram Bot API, and hearing who started the bot."""
