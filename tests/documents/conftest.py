import pytest

from tests.documents.fakes import TEMPLATES, fake
from tongban.documents import gateways


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Files and keys of each test in a folder of its own."""
    settings.DOCUMENT_STORE = fake(gateways.FolderStore, folder=tmp_path / "files")
    settings.DOCUMENT_SEALS = fake(gateways.LocalSeals, folder=tmp_path / "seals")
    settings.DOCUMENT_RENDERER = fake(gateways.TypstRenderer, templates=TEMPLATES)
    return tmp_path
