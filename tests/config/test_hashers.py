from django.contrib.auth.hashers import check_password, make_password

from tongban.config.hashers import DrawnPasswordHasher, drawn_passwords


def test_a_drawn_password_is_kept_quickly_and_anew_at_its_first_use():
    with drawn_passwords():
        kept = make_password("drawn")
    renewed = []

    assert kept.startswith(f"{DrawnPasswordHasher.algorithm}$")
    assert check_password("drawn", kept, setter=renewed.append)
    assert renewed == ["drawn"]


def test_outside_the_block_passwords_are_kept_slowly():
    with drawn_passwords():
        pass

    assert make_password("thought up").startswith("pbkdf2_sha256$1000000$")
