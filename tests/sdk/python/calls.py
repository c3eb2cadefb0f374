"""Notes which methods of the SDK's resources the tests call themselves."""

import contextvars
import functools
import inspect

from openai.resources.beta.assistants import Assistants
from openai.resources.beta.threads.messages import Messages
from openai.resources.beta.threads.runs.runs import AsyncRuns, Runs
from openai.resources.beta.threads.runs.steps import Steps
from openai.resources.beta.threads.threads import AsyncThreads, Threads
from openai.resources.conversations import Conversations, Items
from openai.resources.files import Files
from openai.resources.uploads import Parts, Uploads
from openai.resources.vector_stores import VectorStores
from openai.resources.vector_stores.file_batches import FileBatches
from openai.resources.vector_stores.files import Files as StoreFiles

STORES = (VectorStores, StoreFiles, FileBatches)
RESOURCES = (Assistants, Threads, Messages, Runs, Steps, Files, Uploads, Parts, Conversations, Items, *STORES)
# Of these it is the helpers that count, which are written a second time for asyncio.
ASYNC = (AsyncThreads, AsyncRuns)
made = set()
_inside = contextvars.ContextVar("inside", default=False)


def methods(resource):
    """Returns the names of a resource's public methods; of one for asyncio, of its helpers."""
    names = [name for name, member in vars(resource).items() if inspect.isfunction(member) and name[0] != "_"]
    return [name for name in names if resource not in ASYNC or "poll" in name or "stream" in name]


def title(resource):
    """Returns the name of a resource. Files of the API and of vector stores are different resources."""
    return "StoreFiles" if resource is StoreFiles else resource.__name__


def known():
    """Returns all that is to be called."""
    return {f"{title(resource)}.{name}" for resource in (*RESOURCES, *ASYNC) for name in methods(resource)}


def watch():
    """Lets every method note its name, unless another method of the SDK calls it."""
    for resource in (*RESOURCES, *ASYNC):
        for name in methods(resource):
            setattr(resource, name, _noted(f"{title(resource)}.{name}", getattr(resource, name)))


def _noted(name, method):
    @functools.wraps(method)
    def noted(*args, **kwargs):
        if not _inside.get():
            made.add(name)
        before = _inside.set(True)
        try:
            returned = method(*args, **kwargs)
        finally:
            _inside.reset(before)
        return _awaited(returned) if inspect.iscoroutine(returned) else returned

    return noted


async def _awaited(coroutine):
    before = _inside.set(True)
    try:
        return await coroutine
    finally:
        _inside.reset(before)
