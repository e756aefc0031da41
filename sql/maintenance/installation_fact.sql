-- One fact about this database. :key
SELECT value FROM installation WHERE key = :key
