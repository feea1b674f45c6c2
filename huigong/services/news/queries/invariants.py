"""What must always hold of articles."""

from huigong.core import verify


@verify.invariant("news: what is reviewed waits for a step of its plan, and nobody decided two of its steps")
def _steps() -> list[str]:
    return verify.rows(
        "SELECT id FROM news_article WHERE state = 'reviewing' AND "
        "(step >= cardinality(steps) OR cardinality(involved) <> "
        "(SELECT count(DISTINCT hand) FROM unnest(involved) AS hand))"
    )


@verify.invariant("news: the unions of a rule stand in the array beside it")
def _unions_agree() -> list[str]:
    return verify.rows(
        "SELECT id FROM news_article WHERE audience->'union_ids' IS DISTINCT FROM to_jsonb(audience_unions)"
    )


@verify.invariant("news: the newest version of an article is its text")
def _versions() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM news_article a LEFT JOIN LATERAL (SELECT title, summary, body FROM news_version v "
        "WHERE v.article_id = a.id ORDER BY number DESC LIMIT 1) v ON true "
        "WHERE (a.title, a.summary, a.body) IS DISTINCT FROM (v.title, v.summary, v.body)"
    )


@verify.invariant("news: nobody has a message about an article that was taken back")
def _messages() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM news_article a JOIN inbox_message m ON m.url = '/news/' || a.id || '/' "
        "WHERE a.state = 'withdrawn'"
    )
