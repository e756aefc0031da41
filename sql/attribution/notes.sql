-- The notes of the aliases.
SELECT id, note FROM team_aliases
