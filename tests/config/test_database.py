from django.db import connection


def test_the_tests_run_on_the_embedded_server_as_the_runtime_role(db):
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_setting('server_version_num')::int")
        user, version = cursor.fetchone()

    assert user == "tongban_app"
    assert version >= 150000
