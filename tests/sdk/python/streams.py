"""What the tests of streams share: handlers that count, and the order of events."""

import collections
import inspect
import os

from openai import AssistantEventHandler, AsyncAssistantEventHandler
from openai.types.beta.threads import MessageDeltaEvent
from openai.types.beta.threads.runs import RunStepDeltaEvent

import answers
from support import Case, client

SCRIPT_URL = os.environ["ASST_SDK_SCRIPT_URL"]
# Where the ids of what streams tell of are written, for whoever records this.
MADE = os.environ.get("ASST_SDK_MADE")
CALLBACKS = [name for name in vars(AssistantEventHandler) if name.startswith("on_")]

BEGIN = ["thread.run.created", "thread.run.queued", "thread.run.in_progress"]
STEP = ["thread.run.step.created", "thread.run.step.in_progress"]
SAYING = [*STEP, "thread.message.created", "thread.message.in_progress", "thread.message.delta"]
SAID = [*SAYING, "thread.message.completed", "thread.run.step.completed"]
PLAIN = [*BEGIN, *SAID, "thread.run.completed"]
CALLING = [*STEP, "thread.run.step.delta", "thread.run.requires_action"]
GOES_ON = ["thread.run.step.completed", "thread.run.queued", "thread.run.in_progress"]
BROKEN_OFF = ["thread.message.incomplete", "thread.run.step.completed", "thread.run.incomplete"]
ENDLESS = "pace 1s\n" + "word " * 600


def hold(event):
    """Holds an event against the SDK's own models, strictly; an event that only the SDK would forgive fails."""
    if event.event is None:
        # What the SDK makes of a flat `error` event, which it does not know as one.
        assert {**event.to_dict()}.keys() == answers.ERROR, event
        return event
    data = event.data.to_dict()
    if MADE and event.event in ("thread.created", "thread.run.created"):
        with open(MADE, "a") as made:
            made.write(f"{data['id']}\n")
    if event.event == "thread.message.delta":
        answers.known(MessageDeltaEvent.model_validate(data, strict=True))
    elif event.event == "thread.run.step.delta":
        answers.known(RunStepDeltaEvent.model_validate(data, strict=True))
    else:
        answers.check(200, data)
    return event


def names(events):
    """Returns the names of events; deltas that follow each other count as one."""
    told = []
    for name in (event.event or "error" for event in events):
        if name not in told[-1:] or not name.endswith(".delta"):
            told.append(name)
    return told


def _noted(name):
    def note(self, *args):
        self.calls[name] += 1
        if name == "on_event":
            self.events.append(hold(args[0]))
        elif name == "on_text_delta":
            self.text += args[0].value
            assert args[1].value.endswith(args[0].value)
        elif name == "on_tool_call_delta":
            self.arguments[args[0].index] += args[0].function.arguments
            assert args[1].function.arguments == self.arguments[args[0].index]
        elif name == "on_exception":
            self.exception = args[0]
        elif name.endswith("_done"):
            self.done.append(args[0])

    return note


def _noted_async(name):
    note = _noted(name)

    async def noted(self, *args):
        note(self, *args)

    return noted


def _init(self):
    super(type(self), self).__init__()
    self.calls = collections.Counter()
    self.arguments = collections.defaultdict(str)
    self.events, self.done, self.text, self.exception = [], [], "", None


Counted = type("Counted", (AssistantEventHandler,), {"__init__": _init, **{name: _noted(name) for name in CALLBACKS}})
CountedAsync = type(
    "CountedAsync",
    (AsyncAssistantEventHandler,),
    {"__init__": _init, **{name: _noted_async(name) for name in CALLBACKS}},
)
assert all(inspect.iscoroutinefunction(getattr(AsyncAssistantEventHandler, name)) for name in CALLBACKS)


def counts(**expected):
    """Returns how often each callback is called; what is not named never is."""
    return {**dict.fromkeys(CALLBACKS, 0), **{f"on_{name}": number for name, number in expected.items()}}


def counted(handler):
    """Returns how often each callback was called."""
    return {name: handler.calls[name] for name in CALLBACKS}


def calls_of(run):
    """Returns what a run waits for."""
    return run.required_action.submit_tool_outputs.tool_calls


def outputs(run, *texts):
    """Returns an output for each call that a run waits for."""
    texts = texts or [f"of {call.function.name}" for call in calls_of(run)]
    return [{"tool_call_id": call.id, "output": text} for call, text in zip(calls_of(run), texts, strict=True)]


class StreamCase(Case):
    """A test of streams."""

    def prepared(self, text, *functions):
        """Makes an assistant with functions and a thread with one message; returns what a run of them takes."""
        thread = self.threads.create(messages=[{"role": "user", "content": text}])
        return {"thread_id": thread.id, "assistant_id": self.assistant(*functions).id}

    def of(self, run):
        """Returns what names a run."""
        return {"run_id": run.id, "thread_id": run.thread_id}

    def said(self, run):
        """Returns the texts that a run left on its thread, oldest first."""
        listed = self.messages.list(run.thread_id, run_id=run.id, order="asc").data
        return [message.content[0].text.value for message in listed]

    def same(self, run, stream):
        """Asserts that what a stream put together is what the server has."""
        self.assertEqual(stream.get_final_run(), self.runs.retrieve(run.id, thread_id=run.thread_id))
        steps = {step.id: step.step_details for step in self.steps(run)}
        # The SDK takes a step as it was created, and the pieces of its calls; not how it ended.
        for step in stream.get_final_run_steps():
            self.assertEqual(essence(step.step_details), essence(steps[step.id]))


def essence(details):
    """Returns what a step is about, without outputs."""
    if details.type == "message_creation":
        return details.message_creation.message_id
    return [(call.id, call.type, call.function.name, call.function.arguments) for call in details.tool_calls]


class ScriptCase(StreamCase):
    """A test of streams with the model that says what a file says."""

    @classmethod
    def setUpClass(cls):
        cls.on(client(SCRIPT_URL))
