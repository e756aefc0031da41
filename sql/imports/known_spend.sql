-- Rows whose day of spend stands already, by the id or the name of the campaign: the platform reported it, or another
-- import brought it under another name.
SELECT given.place
FROM unnest(CAST(:places AS integer[]), CAST(:keys AS text[]), CAST(:channels AS text[]),
            CAST(:campaign_ids AS text[]), CAST(:names AS text[]), CAST(:days AS date[]))
     AS given (place, key, channel, campaign_id, name, day)
WHERE EXISTS (SELECT FROM ad_statistics a
              JOIN ad_campaigns c ON c.platform = a.platform AND c.campaign_id = a.object_id
              LEFT JOIN import_records r ON r.id = a.import_record_id
              WHERE a.platform = given.channel AND a.level = 'campaign' AND a.stat_date = given.day
                AND r.row_key IS DISTINCT FROM given.key
                AND CASE WHEN given.campaign_id IS NOT NULL THEN c.campaign_id = given.campaign_id
                         ELSE lower(c.name) = lower(given.name) END)
