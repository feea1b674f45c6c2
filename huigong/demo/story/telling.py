"""All stories of the demo scale, told together."""

from huigong.demo.story import (
    activities,
    applications,
    campaigns,
    complaints,
    conversations,
    founding,
    funds,
    news,
    notices,
    online,
    partners,
    policies,
    requests,
)
from huigong.demo.story.stage import Stage


def tell(passwords: dict[str, str]) -> Stage:
    """Fill an empty database. `passwords` are those of the cast, by role. Call it inside a transaction."""
    stage = Stage(passwords)
    stage.clock.tell(
        [
            founding.founding(stage),
            founding.claims(stage),
            founding.retirement(stage),
            *requests.joinings(stage),
            *requests.claimings(stage),
            *requests.movings(stage),
            *requests.foundings(stage),
            requests.standings(stage),
            requests.reading(stage),
            requests.reminders(stage),
            *activities.past(stage),
            *activities.present(stage),
            *activities.desk(stage),
            *online.online(stage),
            *campaigns.campaigns(stage),
            *partners.partners(stage),
            *notices.notices_of_the_year(stage),
            *news.articles_of_the_year(stage),
            *policies.policies_of_the_county(stage),
            *applications.applications(stage),
            complaints.complaints(stage),
            *conversations.letters(stage),
            *funds.accounts(stage),
        ]
    )
    return stage
