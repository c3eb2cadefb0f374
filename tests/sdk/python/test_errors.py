"""Every class of error that the server can cause, with its text, type, code and param.

It never answers 409, 422 or 429: it has no limits of its own, and says 400 where others say 409.
"""

import os
import pathlib

import openai
from openai import Omit

from support import STRICT_URL, Case, client


class Errors(Case):
    def bad(self, message, call, *args, code=None, param=None, **kwargs):
        return self.refused(openai.BadRequestError, message, call, *args, code=code, param=param, **kwargs)

    def test_members(self):
        create = self.assistants.create
        self.bad(
            "Unknown parameter: 'file_ids'.",
            create,
            model="echo",
            extra_body={"file_ids": []},
            code="unknown_parameter",
            param="file_ids",
        )
        self.bad(
            "Unknown parameter: 'tool_resources.file_search.file_ids'.",
            create,
            model="echo",
            tool_resources={"file_search": {"file_ids": []}},
            code="unknown_parameter",
            param="tool_resources.file_search.file_ids",
        )
        words = "'code_interpreter', 'function', and 'file_search'"
        self.bad(
            f"Invalid value: 'retrieval'. Supported values are: {words}.",
            create,
            model="echo",
            tools=[{"type": "retrieval"}],
            code="invalid_value",
            param="tools[0].type",
        )
        self.bad(
            "Invalid 'name': string too long. Expected a string with maximum length 256, but got a string with "
            "length 257 instead.",
            create,
            model="echo",
            name="n" * 257,
            code="string_above_max_length",
            param="name",
        )
        self.bad(
            "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with "
            "length 129 instead.",
            create,
            model="echo",
            tools=[{"type": "code_interpreter"}] * 129,
            code="array_above_max_length",
            param="tools",
        )
        self.bad(
            "The requested model '' cannot be used with the Assistants API.",
            create,
            model="",
            code="unsupported_model",
            param="model",
        )
        self.bad(
            "Missing required parameter: 'model'.",
            create,
            model=Omit(),
            code="missing_required_parameter",
            param="model",
        )

    def test_queries(self):
        self.bad(
            "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
            self.assistants.list,
            limit=101,
            code="integer_above_max_value",
            param="limit",
        )
        self.bad(
            "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            self.assistants.list,
            limit=0,
            code="integer_below_min_value",
            param="limit",
        )
        self.bad(
            "limit must be between 1 and 10000.",
            self.files.list,
            limit=10_001,
            code="integer_above_max_value",
            param="limit",
        )
        self.bad(
            "Invalid value: 'up'. Supported values are: 'asc' and 'desc'.",
            self.assistants.list,
            order="up",
            code="invalid_value",
            param="order",
        )

    def test_ids(self):
        self.bad(
            "Invalid 'thread_id': 'new'. Expected an ID that begins with 'thread'.",
            self.threads.retrieve,
            "new",
            code="invalid_value",
            param="thread_id",
        )
        thread = self.threads.create().id
        gone = [
            ("No assistant found with id 'asst_x'.", lambda: self.assistants.retrieve("asst_x")),
            ("No assistant found with id 'asst_x'.", lambda: self.assistants.delete("asst_x")),
            ("No assistant found with id 'asst_x'.", lambda: self.runs.create(thread, assistant_id="asst_x")),
            ("No thread found with id 'thread_x'.", lambda: self.threads.retrieve("thread_x")),
            ("No thread found with id 'thread_x'.", lambda: self.messages.list("thread_x")),
            ("No message found with id 'msg_x'.", lambda: self.messages.retrieve("msg_x", thread_id=thread)),
            ("No run found with id 'run_x'.", lambda: self.runs.retrieve("run_x", thread_id=thread)),
            ("No run found with id 'run_x'.", lambda: self.runs.steps.list("run_x", thread_id=thread)),
            ("No such File object: file-x", lambda: self.files.content("file-x")),
        ]
        for message, call in gone:
            self.refused(openai.NotFoundError, message, call)

    def test_the_beta_header(self):
        ask = "Please try again by setting the header 'OpenAI-Beta: assistants=v2'."
        self.bad(
            f"You must provide the 'OpenAI-Beta' header to access the Assistants API. {ask}",
            self.assistants.list,
            extra_headers={"OpenAI-Beta": Omit()},
            code="invalid_beta",
        )
        with self.assertRaisesRegex(openai.BadRequestError, "v1 .* deprecated") as caught:
            self.assistants.list(extra_headers={"OpenAI-Beta": "assistants=v1"})
        self.assertEqual(caught.exception.code, "invalid_beta")

    def test_keys(self):
        wrong = client(key="sk-wrong-and-long-enough")
        self.refused(
            openai.AuthenticationError,
            "Incorrect API key provided: sk***gh.",
            wrong.beta.assistants.list,
            code="invalid_api_key",
        )
        strict = client(STRICT_URL)
        with self.assertRaisesRegex(
            openai.AuthenticationError, "^.*GET /v1/threads must be made with a session key"
        ) as caught:
            strict.get("/threads", cast_to=object, options={"headers": {"OpenAI-Beta": "assistants=v2"}})
        self.assertEqual(caught.exception.code, "missing_scope")

    def test_foreign_pages(self):
        self.refused(
            openai.PermissionDeniedError,
            "Requests from web pages (with an Origin header) are not accepted.",
            self.files.list,
            extra_headers={"Origin": "https://example.com"},
            code="forbidden_origin",
        )
        self.refused(
            openai.PermissionDeniedError,
            "The Host header does not name this server.",
            self.files.list,
            extra_headers={"Host": "example.com"},
            code="forbidden_host",
        )

    def test_routes(self):
        beta = {"headers": {"OpenAI-Beta": "assistants=v2"}}
        self.refused(openai.NotFoundError, "Invalid URL (GET /v1/nothing)", self.client.get, "/nothing", cast_to=object)
        error = self.refused(
            openai.APIStatusError,
            "Not allowed to PUT on /v1/assistants.",
            self.client.put,
            "/assistants",
            cast_to=object,
            options=beta,
            code="method_not_supported",
        )
        self.assertEqual(error.status_code, 405)

    def test_bodies(self):
        large = "a" * (16 * 1024 * 1024)
        error = self.refused(
            openai.APIStatusError,
            "The body of your request is too large: at most 16777216 bytes are accepted.",
            self.assistants.create,
            model="echo",
            instructions=large,
        )
        self.assertEqual(error.status_code, 413)
        with self.assertRaisesRegex(openai.APIStatusError, "Unsupported content type: 'text/plain'") as caught:
            self.assistants.create(model="echo", extra_headers={"Content-Type": "text/plain"})
        self.assertEqual((caught.exception.status_code, caught.exception.code), (415, "unsupported_content_type"))

    def test_what_breaks_inside_is_not_told(self):
        strict = client(STRICT_URL)
        made = strict.files.create(file=("a", b"lost bytes"), purpose="vision")
        for bytes in pathlib.Path(os.environ["ASST_SDK_STORE"], "files").rglob("*"):
            if bytes.is_file():
                bytes.unlink()
        with self.assertRaises(openai.InternalServerError) as caught:
            strict.files.content(made.id)
        error = caught.exception
        self.assertEqual(
            (error.status_code, error.body["message"], error.type), (500, "internal error", "server_error")
        )

    def test_headers(self):
        raw = self.assistants.with_raw_response.create(model="echo")
        self.assertEqual((raw.status_code, raw.headers["openai-version"]), (200, "2020-10-01"))
        self.assertTrue(raw.request_id.startswith("req_"))
        self.assertGreaterEqual(int(raw.headers["openai-processing-ms"]), 0)
        self.assertEqual(raw.parse()._request_id, raw.request_id)
