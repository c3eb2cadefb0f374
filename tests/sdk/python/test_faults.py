"""A server that fails on demand: each class of error, what the SDK tries again, and streams that are cut.

The faults stand in ../run; those that end after a number of times are each used up by one test.
"""

import os

import openai

from streams import Counted, StreamCase, calls_of, counted, names, outputs
from support import client

URL = os.environ["ASST_SDK_FAULTS_URL"]


class Faults(StreamCase):
    @classmethod
    def setUpClass(cls):
        cls.on(client(URL))
        cls.again = client(URL).with_options(max_retries=2)
        cls.addClassCleanup(cls.again.close)

    def test_each_class_of_error(self):
        thread, assistant = self.threads.create().id, self.assistant().id
        cases = [
            (
                openai.ConflictError,
                409,
                "conflict",
                "Somebody else was faster.",
                lambda: self.assistants.update(assistant),
            ),
            (
                openai.UnprocessableEntityError,
                422,
                "unprocessable",
                "This makes no sense.",
                lambda: self.threads.update(thread),
            ),
            (openai.RateLimitError, 429, "rate_limit_exceeded", "Slow down.", self.files.list),
            (openai.InternalServerError, 500, None, "It broke.", self.assistants.list),
        ]
        for error, status, code, message, call in cases:
            with self.subTest(status=status), self.assertRaises(error) as caught:
                call()
            caught = caught.exception
            self.assertEqual((caught.status_code, caught.code, caught.body["message"]), (status, code, message))
            self.assertTrue(caught.request_id.startswith("req_"))

    def test_what_gateways_answer(self):
        with self.assertRaises(openai.InternalServerError) as caught:
            self.files.retrieve("file-x")
        self.assertEqual(caught.exception.status_code, 503)
        self.assertRegex(caught.exception.response.headers["content-type"], "^text/html")

    def test_no_answer(self):
        with self.assertRaises(openai.APIConnectionError) as caught:
            self.files.content("file-x")
        self.assertNotIsInstance(caught.exception, openai.APITimeoutError)
        with self.assertRaises(openai.APITimeoutError):
            self.files.delete("file-x", timeout=0.2)

    def test_what_is_tried_again(self):
        threads, assistants = self.again.beta.threads, self.again.beta.assistants
        assistant, thread = self.assistant("a"), self.threads.create()
        message = self.messages.create(thread.id, role="user", content="call a")
        tried = [
            (1, lambda: assistants.with_raw_response.retrieve(assistant.id)),  # 429
            (1, lambda: threads.with_raw_response.retrieve(thread.id)),  # 409
            (2, lambda: threads.messages.with_raw_response.retrieve(message.id, thread_id=thread.id)),  # 500, twice
            (1, lambda: threads.runs.with_raw_response.list(thread.id)),  # cut
        ]
        for retries, call in tried:
            self.assertEqual(call().retries_taken, retries)
        handler = Counted()
        # 503, and 429 for what is submitted.
        options = {"thread_id": thread.id, "assistant_id": assistant.id, "event_handler": handler}
        with threads.runs.stream(**options) as stream:
            run = stream.get_final_run()
        self.assertEqual(len(calls_of(run)), 1)
        submitted = {**self.of(run), "tool_outputs": outputs(run)}
        with threads.runs.submit_tool_outputs_stream(**submitted) as stream:
            self.assertEqual("".join(stream.text_deltas), "a: of a")
        self.assertEqual([one.id for one in self.runs.list(thread.id)], [run.id])

    def test_streams_that_are_cut(self):
        """The first is cut, the second stalls; neither run minds."""
        thread = {"messages": [{"role": "user", "content": "word " * 200}]}
        for error, timeouts in [("RemoteProtocolError", 0), ("ReadTimeout", 1)]:
            handler = Counted()
            options = {"assistant_id": self.assistant().id, "thread": thread, "event_handler": handler}
            with self.assertRaises(Exception) as caught:
                with self.again.beta.threads.create_and_run_stream(**options, timeout=1) as stream:
                    stream.until_done()
            self.assertEqual(type(caught.exception).__name__, error)
            calls = counted(handler)
            self.assertEqual([calls["on_exception"], calls["on_timeout"], calls["on_end"]], [1, timeouts, 1])
            self.assertEqual(names(handler.events)[:2], ["thread.created", "thread.run.created"])
            run = self.polled(stream.current_run)
            self.assertEqual((run.status, self.said(run)[0].split()), ("completed", ["word"] * 200))
