"""What the SDK meets elsewhere: Azure's dialect through its own client, and OpenAI since it switched the API off."""

import os

import openai

from streams import outputs
from support import KEY, URL, Case, client, function

AZURE = {"azure_endpoint": URL.removesuffix("/v1"), "api_key": KEY, "max_retries": 0}


class Backends(Case):
    def test_azure(self):
        with openai.AzureOpenAI(**AZURE, api_version="2024-05-01-preview") as azure:
            threads, runs = azure.beta.threads, azure.beta.threads.runs
            assistant = azure.beta.assistants.create(model="deployment", tools=[function("a")])
            self.assertEqual(azure.beta.assistants.retrieve(assistant.id), assistant)
            self.assertEqual([one.id for one in azure.beta.assistants.list(before=assistant.id, order="desc")], [])
            file = azure.files.create(file=("a", b"bytes"), purpose="vision")
            self.assertEqual(azure.files.content(file.id).read(), b"bytes")
            thread = {"messages": [{"role": "user", "content": "call a\nhello"}]}
            run = threads.create_and_run_poll(assistant_id=assistant.id, thread=thread, poll_interval_ms=20)
            [call] = run.required_action.submit_tool_outputs.tool_calls
            run = runs.submit_tool_outputs_and_poll(
                run_id=run.id,
                thread_id=run.thread_id,
                tool_outputs=[{"tool_call_id": call.id, "output": "done"}],
                poll_interval_ms=20,
            )
            said = [one.content[0].text.value for one in threads.messages.list(run.thread_id, limit=1)]
            self.assertEqual((run.status, said), ("completed", ["hello\na: done", "call a\nhello"]))
            steps = runs.steps.list(run.id, thread_id=run.thread_id, limit=1, order="asc")
            self.assertEqual([step.type for step in steps], ["tool_calls", "message_creation"])

    def test_azure_streams(self):
        with openai.AzureOpenAI(**AZURE, api_version="2024-05-01-preview") as azure:
            assistant = azure.beta.assistants.create(model="deployment", tools=[function("a")])
            thread = {"messages": [{"role": "user", "content": "call a\nhello"}]}
            with azure.beta.threads.create_and_run_stream(assistant_id=assistant.id, thread=thread) as stream:
                run = stream.get_final_run()
            submitted = {"run_id": run.id, "thread_id": run.thread_id, "tool_outputs": outputs(run)}
            with azure.beta.threads.runs.submit_tool_outputs_stream(**submitted) as stream:
                self.assertEqual("".join(stream.text_deltas), "hello\na: of a")
                self.assertEqual(stream.get_final_run().status, "completed")

    def test_azure_with_a_version_without_assistants(self):
        with openai.AzureOpenAI(**AZURE, api_version="2022-12-01") as azure:
            with self.assertRaisesRegex(openai.BadRequestError, "'2022-12-01' does not support assistants"):
                azure.beta.assistants.list()

    def test_openai_since_the_end(self):
        after = client(os.environ["ASST_SDK_SUNSET_URL"])
        for call in [after.beta.assistants.list, after.beta.threads.create]:
            with self.assertRaises(openai.NotFoundError):
                call()
        self.assertEqual(after.files.list().data, [])
