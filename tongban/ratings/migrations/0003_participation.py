"""Whoever spoke counts with those who were asked: invitations of before are added up once."""

from django.db import migrations

# 4 is the first bad level (content/ratings.yaml): a good review that is held has an open flag.
_HEARD = """
INSERT INTO ratings_change (day, department, item, "window", channel, level, n, held, unprompted)
SELECT (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date, i.department, i.item, i."window", '', 0,
    0, count(*), 0
FROM ratings_invitation i
WHERE EXISTS (SELECT 1 FROM ratings_review r WHERE r.invitation_id = i.id AND (r.weight = 1
    OR (r.has_flag AND NOT r.is_excluded AND r.level < 4
        AND NOT EXISTS (SELECT 1 FROM ratings_review l
            WHERE l.invitation_id = r.invitation_id AND l.turn > r.turn)
        AND EXISTS (SELECT 1 FROM ratings_flag f
            WHERE f.review_id = r.id AND f.settled_at IS NULL))))
GROUP BY 1, 2, 3, 4
"""
# What was found to be forged stood among what waits.
_FORGED = """
INSERT INTO ratings_change (day, department, item, "window", channel, level, n, held, unprompted)
SELECT r.day, r.department, r.item, r."window", r.channel, r.level, 0, -count(*), 0
FROM ratings_review r
WHERE r.weight = 0 AND r.has_flag AND NOT r.is_excluded AND r.level < 4
    AND NOT EXISTS (SELECT 1 FROM ratings_review l
        WHERE l.invitation_id = r.invitation_id AND l.turn > r.turn)
    AND NOT EXISTS (SELECT 1 FROM ratings_flag f
        WHERE f.review_id = r.id AND f.settled_at IS NULL)
GROUP BY 1, 2, 3, 4, 5, 6
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0002_links")]

    operations = [
        migrations.RunSQL(_HEARD, migrations.RunSQL.noop),
        migrations.RunSQL(_FORGED, migrations.RunSQL.noop),
    ]
