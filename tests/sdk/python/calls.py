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
from openai.resources.vector_stores import FileBatches, VectorStores
from openai.resources.vector_stores import Files as VectorStoreFiles

RESOURCES = (
    *(Assistants, Threads, Messages, Runs, Steps, Files, Uploads, Parts, Conversations, Items),
    *(VectorStores, VectorStoreFiles, FileBatches),
)
# Of these it is the helpers that count, which are written a second time for asyncio.
ASYNC = (AsyncThreads, AsyncRuns)
made = set()
_inside = contextvars.ContextVar("inside", default=False)


def methods(resource):
    """Returns the names of a resource's public methods; of one for asyncio, of its helpers."""
    names = [name for name, member in vars(resource).items() if inspect.isfunction(member) and name[0] != "_"]
    return [name for name in names if resource not in ASYNC or "poll" in name or "stream" in name]


def _name(resource):
    """Returns the name of a resource with its module, because two resources are called `Files`."""
    return f"{resource.__module__.removeprefix('openai.resources.')}.{resource.__name__}"


def known():
    """Returns all that is to be called."""
    return {f"{_name(resource)}.{name}" for resource in (*RESOURCES, *ASYNC) for name in methods(resource)}


def watch():
    """Lets every method note its name, unless another method of the SDK calls it."""
    for resource in (*RESOURCES, *ASYNC):
        for name in methods(resource):
            setattr(resource, name, _noted(f"{_name(resource)}.{name}", getattr(resource, name)))


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
