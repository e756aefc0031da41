-- A request to delete data, by the hash of its confirmation code.
SELECT requested_at, done_at, connections FROM facebook_deletions WHERE code_hash = :code_hash
