"""Writing in the documents room: files, materials, papers.

One verb, one transaction. Rendering and sealing happen outside of any transaction.
"""

from tongban.documents.actions.files import StorageFull, store_file, sweep_store
from tongban.documents.actions.materials import (
    MaterialNotReusable,
    attach,
    bind_materials,
    check_original,
    reject_material,
    reuse_material,
    withdraw_material,
)
from tongban.documents.actions.papers import (
    Paper,
    PaperFault,
    documents_due,
    issue_document,
    keep_paper,
    make_paper,
    print_copy,
    print_guide,
    print_translated,
    produce_document,
)

__all__ = [
    "MaterialNotReusable",
    "Paper",
    "PaperFault",
    "StorageFull",
    "attach",
    "bind_materials",
    "check_original",
    "documents_due",
    "issue_document",
    "keep_paper",
    "make_paper",
    "print_copy",
    "print_guide",
    "print_translated",
    "produce_document",
    "reject_material",
    "reuse_material",
    "store_file",
    "sweep_store",
    "withdraw_material",
]
