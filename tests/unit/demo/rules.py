"""The rules a database would hold after seeding a world, for the attribution engine."""

from core.attribution import Alias, Binding, CampaignRef, Rules, attribute_campaign
from core.records import Team
from demo.world import World


def rules_of(world: World) -> Rules:
    """Teams, aliases, bindings and campaigns of a world; campaigns carry the team the engine gives their spend."""
    seeds = world.seed_rows()
    teams = tuple(Team(one.slug, one.slug, one.name, one.color, one.emoji, one.utm_source) for one in seeds.teams)
    aliases = tuple(
        Alias(
            f"alias-{place}", seed.team_slug, seed.utm_source, seed.utm_medium, seed.campaign_token, seed.funnel,
            seed.priority, seed.valid_from, seed.valid_to,
        )
        for place, seed in enumerate(seeds.aliases)
    )  # fmt: skip
    bindings = tuple(
        Binding(f"binding-{place}", seed.team_slug, seed.kind, seed.external_id)
        for place, seed in enumerate(seeds.bindings)
    )
    bare = [
        CampaignRef(f"uuid-{plan.id}", plan.id, plan.record.account_id, plan.record.name) for plan in world.campaigns
    ]
    rules = Rules(teams, aliases, bindings, tuple(bare))
    owned = tuple(
        CampaignRef(ref.id, ref.external_id, ref.account_id, ref.name, attribute_campaign(ref, None, rules).team_slug)
        for ref in bare
    )
    return Rules(teams, aliases, bindings, owned)
