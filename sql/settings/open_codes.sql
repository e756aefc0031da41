-- Whether anybody may be about to start the bot with a code.
SELECT EXISTS (SELECT FROM contact_confirmations
               WHERE channel = 'telegram' AND used_at IS NULL AND expires_at > now()) AS any_open
