from django.db import migrations

# The last line behind the actions: whatever program writes, a published version stays what it
# was. Only the end of its validity moves, and never to a later day than it was set to.
KEEP = """
CREATE FUNCTION catalogue_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published version is never deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'valid') IS DISTINCT FROM (to_jsonb(OLD) - 'valid') THEN
        RAISE EXCEPTION 'a published version never changes; publish a new one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT isempty(NEW.valid) AND (isempty(OLD.valid) OR lower(NEW.valid) <> lower(OLD.valid)
            OR coalesce(upper(NEW.valid) > upper(OLD.valid), upper_inf(NEW.valid)
            AND NOT upper_inf(OLD.valid))) THEN
        RAISE EXCEPTION 'the validity of a published version can only be shortened'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalogue_version_stays BEFORE UPDATE OR DELETE ON catalogue_version
    FOR EACH ROW EXECUTE FUNCTION catalogue_version_stays();
"""

UNDO = "DROP TRIGGER catalogue_version_stays ON catalogue_version; DROP FUNCTION catalogue_version_stays();"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, UNDO)]
