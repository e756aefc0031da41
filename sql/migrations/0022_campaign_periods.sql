-- The team of a campaign's spend by day, for campaigns that dated rules (a binding handed on, an alias that ended) give
-- to different teams: the periods of one campaign are all of time, without gap or overlap. A campaign of one verdict
-- has none, and ad_campaigns says its team; there stands also the verdict of today. A locked campaign is not asked.
CREATE TABLE ad_campaign_periods (
    campaign_id         uuid NOT NULL REFERENCES ad_campaigns (id) ON DELETE CASCADE,
    first_day           date NOT NULL,
    last_day            date NOT NULL,              -- included
    team_id             uuid REFERENCES traffic_teams (id),
    attribution_method  text,
    rule_id             text,
    reason              text,
    candidates          text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (campaign_id, first_day),
    CHECK (first_day <= last_day)
);
CREATE INDEX ad_campaign_periods_team_idx ON ad_campaign_periods (team_id);

-- Whether a campaign has periods. A team sees its own periods only, so without this it could not tell a campaign that is
-- its own for all of time from one whose other periods it may not see.
ALTER TABLE ad_campaigns ADD COLUMN is_split boolean NOT NULL DEFAULT false;

-- The team of a campaign on a day, with the rights of the caller.
CREATE FUNCTION campaign_team(campaign uuid, team_of_today uuid, is_split boolean, day date)
    RETURNS TABLE (team_id uuid) LANGUAGE sql STABLE AS $$
    SELECT team_of_today WHERE NOT is_split
    UNION ALL
    SELECT p.team_id FROM ad_campaign_periods p
    WHERE is_split AND p.campaign_id = campaign AND day BETWEEN p.first_day AND p.last_day
$$;
