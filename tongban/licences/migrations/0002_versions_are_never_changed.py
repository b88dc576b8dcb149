"""The last line of defence: history of licences is written once."""

from django.db import migrations

FORWARD = """
create function licences_version_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE'
        and old.succeeded_at is null and new.succeeded_at is not null
        and to_jsonb(old) - 'succeeded_at' = to_jsonb(new) - 'succeeded_at'
    then
        return new;
    end if;
    raise exception 'versions of licences are never changed (version %)', old.id
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger licences_version_guard before update or delete on licences_licenceversion
    for each row execute function licences_version_guard();
"""
BACKWARD = """
drop trigger licences_version_guard on licences_licenceversion;
drop function licences_version_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("licences", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
