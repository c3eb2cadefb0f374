"""Notes which methods of the SDK's resources the tests call themselves."""

import functools
import inspect
import threading

from openai.resources.beta.assistants import Assistants
from openai.resources.beta.threads.messages import Messages
from openai.resources.beta.threads.runs.runs import Runs
from openai.resources.beta.threads.runs.steps import Steps
from openai.resources.beta.threads.threads import Threads
from openai.resources.files import Files

RESOURCES = (Assistants, Threads, Messages, Runs, Steps, Files)
made = set()
_depth = threading.local()


def methods(resource):
    """Returns the names of a resource's public methods."""
    return [name for name, member in vars(resource).items() if inspect.isfunction(member) and name[0] != "_"]


def watch():
    """Lets every method note its name, unless another method of the SDK calls it."""
    for resource in RESOURCES:
        for name in methods(resource):
            setattr(resource, name, _noted(f"{resource.__name__}.{name}", getattr(resource, name)))


def _noted(name, method):
    @functools.wraps(method)
    def noted(*args, **kwargs):
        depth = getattr(_depth, "value", 0)
        if depth == 0:
            made.add(name)
        _depth.value = depth + 1
        try:
            return method(*args, **kwargs)
        finally:
            _depth.value = depth

    return noted
