"""History of comprehensive licences is written once; its paper is added once."""

from django.db import migrations

FORWARD = """
create function licences_comprehensive_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE'
        and old.file_id is null and new.file_id is not null
        and to_jsonb(old) - 'file_id' = to_jsonb(new) - 'file_id'
    then
        return new;
    end if;
    raise exception 'versions of comprehensive licences are never changed (version %)', old.id
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger licences_comprehensive_guard
    before update or delete on licences_comprehensiveversion
    for each row execute function licences_comprehensive_guard();
"""
BACKWARD = """
drop trigger licences_comprehensive_guard on licences_comprehensiveversion;
drop function licences_comprehensive_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("licences", "0004_comprehensive")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
