"""agents with `FileSearchTool`, in the dialect of Azure AI Foundry."""

import os
import pathlib
import tempfile
import unittest

from azure.ai.agents import AgentsClient
from azure.ai.agents.models import (
    FilePurpose,
    FileSearchTool,
    ListSortOrder,
    MessageRole,
    RunAdditionalFieldList,
    RunStepFileSearchToolCall,
    ThreadRun,
)
from azure.core.pipeline.policies import SansIOHTTPPolicy

PROJECT = os.environ["ASST_SDK_PROJECT"]
MADE = os.environ.get("ASST_SDK_MADE")
HANDBOOK = "# Leave\n\nEverybody has 28 days of paid leave.\n"
QUESTION = "How many days of paid leave does everybody have?"


def made(created):
    """Writes the ID of an object for the test that looks for it in the ledger."""
    if MADE:
        with open(MADE, "a") as file:
            file.write(f"{created.id}\n")
    return created


class Key(SansIOHTTPPolicy):
    """Sends the key. The SDK's own policy refuses to send a token without TLS, even to this machine."""

    def on_request(self, request):
        request.http_request.headers["Authorization"] = f"Bearer {os.environ['ASST_SDK_KEY']}"


class FileSearch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = AgentsClient(endpoint=PROJECT, credential="unused", authentication_policy=Key(), retry_total=0)
        cls.addClassCleanup(cls.client.close)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "handbook.md"
            path.write_text(HANDBOOK)
            cls.file = made(cls.client.files.upload_and_poll(file_path=str(path), purpose=FilePurpose.AGENTS))
        cls.store = made(
            cls.client.vector_stores.create_and_poll(file_ids=[cls.file.id], name="Handbook", polling_interval=0.05)
        )
        tool = FileSearchTool(vector_store_ids=[cls.store.id])
        cls.agent = made(
            cls.client.create_agent(model="echo", name="HR", tools=tool.definitions, tool_resources=tool.resources)
        )

    def question(self):
        """Creates a thread with a question."""
        thread = made(self.client.threads.create())
        self.client.messages.create(thread_id=thread.id, role=MessageRole.USER, content=QUESTION)
        return thread

    def cited(self, message):
        """Returns the ID of the file that a message cites."""
        [citation] = message.file_citation_annotations
        text = message.text_messages[0].text.value
        self.assertIn("28 days of paid leave", text)
        self.assertIn(citation.text, text)
        return citation.file_citation.file_id

    def test_the_vector_store_has_the_file(self):
        self.assertEqual((self.store.name, self.store.status), ("Handbook", "completed"))
        self.assertEqual(self.store.file_counts.completed, 1)
        [file] = self.client.vector_store_files.list(vector_store_id=self.store.id)
        self.assertEqual((file.id, file.status), (self.file.id, "completed"))
        batch = self.client.vector_store_file_batches.create_and_poll(
            vector_store_id=self.store.id, file_ids=[self.file.id], polling_interval=0.05
        )
        self.assertEqual((batch.status, batch.file_counts.total), ("completed", 1))
        self.assertIn(self.store.id, [store.id for store in self.client.vector_stores.list(limit=100)])

    def test_a_run_answers_from_the_vector_store(self):
        thread = self.question()
        run = made(
            self.client.runs.create_and_process(thread_id=thread.id, agent_id=self.agent.id, polling_interval=0.05)
        )
        self.assertEqual(run.status, "completed", run.last_error)
        message = self.client.messages.get_last_message_by_role(thread_id=thread.id, role=MessageRole.AGENT)
        self.assertEqual(self.cited(message), self.file.id)
        steps = list(
            self.client.run_steps.list(
                thread_id=thread.id,
                run_id=run.id,
                order=ListSortOrder.ASCENDING,
                include=[RunAdditionalFieldList.FILE_SEARCH_CONTENTS],
            )
        )
        [call] = steps[0].step_details.tool_calls
        self.assertIsInstance(call, RunStepFileSearchToolCall)
        result = call.file_search.results[0]
        self.assertEqual((result.file_id, result.file_name), (self.file.id, "handbook.md"))
        self.assertIn("28 days", result.content[0].text)

    def test_a_stream_has_the_citation(self):
        thread = self.question()
        kinds = []
        with self.client.runs.stream(thread_id=thread.id, agent_id=self.agent.id) as stream:
            for kind, data, _ in stream:
                kinds.append(kind)
                if isinstance(data, ThreadRun):
                    status = data.status
        self.assertEqual(status, "completed")
        self.assertLess(kinds.index("thread.run.step.completed"), kinds.index("thread.message.completed"))
        message = self.client.messages.get_last_message_by_role(thread_id=thread.id, role=MessageRole.AGENT)
        self.assertEqual(self.cited(message), self.file.id)


if __name__ == "__main__":
    unittest.main()
