"""An audience rule as a condition of the database, so that a list of thousands of rules is read with one call each."""

from django.db import migrations

MAKE = """
CREATE FUNCTION membership_means(
    rule jsonb, state text, sex text, age int, work_form text, tags text[], roles text[], joined_on text
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN rule->'states' IS NULL THEN state = 'active' ELSE rule->'states' ? state END
       AND (rule->'sex' IS NULL OR rule->>'sex' = sex)
       AND (rule->'min_age' IS NULL OR (rule->>'min_age')::int <= age)
       AND (rule->'max_age' IS NULL OR (rule->>'max_age')::int >= age)
       AND (rule->'work_forms' IS NULL OR rule->'work_forms' ? work_form)
       AND (rule->'tags' IS NULL OR rule->'tags' ?| tags)
       AND (rule->'roles' IS NULL OR rule->'roles' ?| roles)
       AND (rule->'joined_by' IS NULL OR rule->>'joined_by' >= joined_on)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("membership", "0005_marks_on_returned_applications")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION membership_means")]
