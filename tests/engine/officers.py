"""Reviewers of the invented club: real accounts and posts, as the assignment reads them."""

from tongban.people.models import Account, Department, Leave, Post, Region

CLUB = "club"
ROLE = "reviewer"  # the house knows a fixed list of roles; the club's own is not in it


def club():
    region, _ = Region.objects.get_or_create(
        code="650100", defaults={"level": 3, "name": {"zh": "市"}}
    )
    Region.objects.get_or_create(
        code="650102", defaults={"level": 4, "name": {"zh": "东区"}, "parent": region}
    )
    Region.objects.get_or_create(code="653100", defaults={"level": 3, "name": {"zh": "邻市"}})
    Department.objects.get_or_create(
        code=CLUB,
        defaults={"name": {"zh": "俱乐部"}, "uscc": "11650100MB0U001T1C", "region": region},
    )


def new_reviewer(login, *, region="650100", is_active=True):
    """The account id of a reviewer with one post."""
    club()
    account = Account.objects.create(
        login=login, kind="staff", name=login, password="!", is_active=is_active,
        created_at="2026-01-05T09:00+08:00",
    )  # fmt: skip
    Post.objects.create(account=account, department_id=CLUB, role=ROLE, region_id=region)
    return account.pk


def on_leave(account_id, first_on, last_on):
    Leave.objects.create(account_id=account_id, first_on=first_on, last_on=last_on)
