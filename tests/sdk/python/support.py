"""What the tests share: clients, and objects to begin with."""

import os
import unittest

import openai

import answers

URL = os.environ["ASST_SDK_URL"]
STRICT_URL = os.environ["ASST_SDK_STRICT_URL"]
KEY = os.environ["ASST_SDK_KEY"]


def _check(response):
    if response.headers.get("content-type") == "application/json":
        response.read()
        answers.check(response.status_code, response.json())


async def _check_async(response):
    if response.headers.get("content-type") == "application/json":
        await response.aread()
        answers.check(response.status_code, response.json())


def client(url=URL, key=KEY):
    """Returns a client whose answers are all checked, and that tries nothing twice."""
    http = openai.DefaultHttpxClient(event_hooks={"response": [_check]})
    return openai.OpenAI(base_url=url, api_key=key, max_retries=0, http_client=http)


def async_client(url=URL):
    """Returns the same for asyncio."""
    http = openai.DefaultAsyncHttpxClient(event_hooks={"response": [_check_async]})
    return openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0, http_client=http)


def function(name):
    """Returns a tool that the model may call."""
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}


class Case(unittest.TestCase):
    """A test with a client."""

    @classmethod
    def setUpClass(cls):
        cls.on(client())

    @classmethod
    def on(cls, client):
        """Lets the test speak with a server."""
        cls.client = client
        cls.addClassCleanup(cls.client.close)
        cls.assistants, cls.threads, cls.files = cls.client.beta.assistants, cls.client.beta.threads, cls.client.files
        cls.messages, cls.runs = cls.threads.messages, cls.threads.runs

    def assistant(self, *functions):
        """Makes an assistant with functions."""
        return self.assistants.create(
            model="echo", instructions="Be brief.", tools=[function(name) for name in functions]
        )

    def started(self, text, *functions, **options):
        """Starts a run on a new thread with one message."""
        thread = {"messages": [{"role": "user", "content": text}]}
        return self.threads.create_and_run(assistant_id=self.assistant(*functions).id, thread=thread, **options)

    def polled(self, run):
        """Waits for a run."""
        return self.runs.poll(run.id, thread_id=run.thread_id, poll_interval_ms=20)

    def steps(self, run):
        """Returns the steps of a run, oldest first."""
        return self.runs.steps.list(run.id, thread_id=run.thread_id, order="asc").data

    def refused(self, error, message, call, *args, code=None, param=None, **kwargs):
        """Asserts that a call is refused, and with what."""
        with self.assertRaises(error) as caught:
            call(*args, **kwargs)
        body = caught.exception.body
        self.assertEqual(body["message"], message)
        self.assertEqual((body["type"], body["code"], body["param"]), ("invalid_request_error", code, param))
        self.assertIn(message, str(caught.exception))
        self.assertTrue(caught.exception.request_id.startswith("req_"))
        return caught.exception
