-- Where things stand in the bodies of the sources that say so.
SELECT slug, mapping FROM landing_sources WHERE mapping <> '{}'
