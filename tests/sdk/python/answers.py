"""Holds every JSON answer against the SDK's own models, strictly.

The SDK itself takes whatever comes: what is missing becomes None, what is wrong stays as it is.
"""

from openai.types import FileDeleted, FileObject, Upload, VectorStore, VectorStoreDeleted, VectorStoreSearchResponse
from openai.types.beta import Assistant, AssistantDeleted, Thread, ThreadDeleted
from openai.types.beta.threads import Message, MessageDeleted, Run
from openai.types.beta.threads.runs import RunStep
from openai.types.conversations import Conversation, ConversationDeletedResource, ConversationItem
from openai.types.uploads import UploadPart
from openai.types.vector_stores import (
    FileContentResponse,
    VectorStoreFile,
    VectorStoreFileBatch,
    VectorStoreFileDeleted,
)
from pydantic import BaseModel, TypeAdapter

MODELS = {
    "assistant": Assistant,
    "assistant.deleted": AssistantDeleted,
    "thread": Thread,
    "thread.deleted": ThreadDeleted,
    "thread.message": Message,
    "thread.message.deleted": MessageDeleted,
    "thread.run": Run,
    "thread.run.step": RunStep,
    "file": FileObject,
    "upload": Upload,
    "upload.part": UploadPart,
    "conversation": Conversation,
    "conversation.deleted": ConversationDeletedResource,
    "vector_store": VectorStore,
    "vector_store.deleted": VectorStoreDeleted,
    "vector_store.file": VectorStoreFile,
    "vector_store.file.deleted": VectorStoreFileDeleted,
}
# Pages without cursors, and the models of what is on them.
PAGES = {
    "vector_store.search_results.page": VectorStoreSearchResponse,
    "vector_store.file_content.page": FileContentResponse,
}
ITEM = TypeAdapter(ConversationItem)
# Only some files have these.
MAY_MISS = {"FileObject": {"expires_at", "status_details"}, "VectorStore": {"expires_after", "expires_at"}}
ENVELOPE = {"object", "data", "first_id", "last_id", "has_more"}
ERROR = {"message", "type", "param", "code"}


def check(status, body):
    """Raises AssertionError where an answer is not what the SDK declares."""
    if status >= 400:
        assert set(body) == {"error"} and set(body["error"]) == ERROR, body
    elif body.get("object") == "list":
        _list(body)
    elif body.get("object") in PAGES:
        assert body["has_more"] is False and body["next_page"] is None, body
        for item in body["data"]:
            known(PAGES[body["object"]].model_validate(item, strict=True))
    else:
        _object(body)


def _list(body):
    assert set(body) == ENVELOPE, body
    ids = [item["id"] for item in body["data"]]
    assert [body["first_id"], body["last_id"]] == ([ids[0], ids[-1]] if ids else [None, None]), body
    assert type(body["has_more"]) is bool, body
    for item in body["data"]:
        _object(item)


def _object(body):
    # The items of conversations are the only objects without this member. Most of their members are optional.
    if "object" not in body:
        known(ITEM.validate_python(body, strict=True))
        return
    if body["object"] == "vector_store.file_batch":
        VectorStoreFileBatch.model_validate(body | {"object": "vector_store.files_batch"}, strict=True)
        return  # The SDK itself replaces the type, which differs from the one in its model.
    model = FileDeleted if "deleted" in body and body["object"] == "file" else MODELS[body["object"]]
    made = model.model_validate(body, strict=True)
    missing = set(model.model_fields) - made.model_fields_set - MAY_MISS.get(model.__name__, set())
    assert not missing, f"{model.__name__} lacks {missing}: {body}"
    known(made)


def known(value):
    """Raises AssertionError where a model has members that the SDK does not declare."""
    if isinstance(value, BaseModel):
        assert not value.model_extra, f"{type(value).__name__} does not know {value.model_extra}"
        for name in value.model_fields_set:
            known(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            known(item)
