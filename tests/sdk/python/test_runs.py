"""beta.threads.runs and their steps."""

import openai

from support import Case, function

RESULTS = "step_details.tool_calls[*].file_search.results[*].content"


class Runs(Case):
    def test_create_with_everything(self):
        thread = self.threads.create(messages=[{"role": "user", "content": "one"}])
        run = self.runs.create(
            thread.id,
            assistant_id=self.assistant("a").id,
            include=[RESULTS],
            additional_instructions="And kind.",
            additional_messages=[{"role": "user", "content": "two"}],
            reasoning_effort="low",
            tools=[function("b")],
            metadata={"a": "1"},
            temperature=0.2,
            top_p=0.3,
            max_prompt_tokens=1000,
            max_completion_tokens=1000,
            truncation_strategy={"type": "auto"},
            tool_choice={"type": "function", "function": {"name": "b"}},
            parallel_tool_calls=False,
            response_format="auto",
            stream=False,
        )
        self.assertEqual((run.thread_id, run.status), (thread.id, "queued"))
        self.assertEqual(run.instructions.split("\n"), ["Be brief.", "And kind."])
        self.assertEqual((run.tools[0].function.name, run.tool_choice.function.name), ("b", "b"))
        self.assertEqual(run.expires_at - run.created_at, 600)
        self.assertEqual(self.polled(run).required_action.submit_tool_outputs.tool_calls[0].function.name, "b")

    def test_null_is_what_the_assistant_has(self):
        members = [
            "additional_instructions",
            "additional_messages",
            "instructions",
            "max_completion_tokens",
            "max_prompt_tokens",
            "metadata",
            "model",
            "reasoning_effort",
            "response_format",
            "temperature",
            "tool_choice",
            "tools",
            "top_p",
            "truncation_strategy",
        ]
        assistant = self.assistant("a")
        thread = self.threads.create().id
        run = self.runs.create_and_poll(
            thread_id=thread, assistant_id=assistant.id, poll_interval_ms=20, **dict.fromkeys(members)
        )
        self.assertEqual((run.status, run.model, run.tools), ("completed", "echo", assistant.tools))
        self.assertEqual((run.instructions, run.temperature, run.top_p), ("Be brief.", 1.0, 1.0))
        self.assertEqual((run.tool_choice, run.response_format, run.truncation_strategy.type), ("auto", "auto", "auto"))

    def test_retrieve_update_and_list(self):
        run = self.polled(self.started("hello"))
        changed = self.runs.update(run.id, thread_id=run.thread_id, metadata={"a": "1"})
        self.assertEqual((changed.id, changed.metadata), (run.id, {"a": "1"}))
        self.assertEqual(self.runs.retrieve(run.id, thread_id=run.thread_id), changed)
        again = self.runs.create_and_poll(thread_id=run.thread_id, assistant_id=run.assistant_id, poll_interval_ms=20)
        self.assertEqual([one.id for one in self.runs.list(run.thread_id)], [again.id, run.id])

    def test_a_completed_run(self):
        run = self.polled(self.started("one two"))
        self.assertEqual(
            (run.status, run.expires_at, run.required_action, run.last_error), ("completed", None, None, None)
        )
        self.assertTrue(run.created_at <= run.started_at <= run.completed_at)
        self.assertEqual((run.failed_at, run.cancelled_at, run.incomplete_details), (None, None, None))
        self.assertEqual(run.usage.total_tokens, run.usage.prompt_tokens + run.usage.completion_tokens)
        [step] = self.steps(run)
        self.assertEqual((step.type, step.status, step.run_id), ("message_creation", "completed", run.id))
        message = step.step_details.message_creation.message_id
        self.assertEqual(self.messages.retrieve(message, thread_id=run.thread_id).content[0].text.value, "one two")
        found = self.runs.steps.retrieve(step.id, thread_id=run.thread_id, run_id=run.id, include=[RESULTS])
        self.assertEqual(found, step)
        self.assertEqual(self.runs.steps.list(run.id, thread_id=run.thread_id, include=[RESULTS]).data, [step])

    def test_a_run_outlives_its_assistant(self):
        run = self.started("sleep 200ms\nhello")
        self.assistants.delete(run.assistant_id)
        self.assertEqual(self.polled(run).status, "completed")
        self.refused(
            openai.NotFoundError,
            f"No assistant found with id '{run.assistant_id}'.",
            self.runs.create,
            run.thread_id,
            assistant_id=run.assistant_id,
        )

    def test_the_servers_own_poll_interval(self):
        run = self.started("sleep 300ms\nhello")
        self.assertEqual(self.runs.poll(run.id, thread_id=run.thread_id).status, "completed")
        raw = self.runs.with_raw_response.retrieve(run.id, thread_id=run.thread_id)
        self.assertGreater(int(raw.headers["openai-poll-after-ms"]), 0)

    def test_the_lock(self):
        run = self.started("stuck")
        thread = run.thread_id
        self.refused(
            openai.BadRequestError,
            f"Can't add messages to {thread} while a run {run.id} is active.",
            self.messages.create,
            thread,
            role="user",
            content="more",
        )
        self.refused(
            openai.BadRequestError,
            f"Thread {thread} already has an active run {run.id}.",
            self.runs.create,
            thread,
            assistant_id=run.assistant_id,
        )
        self.assertEqual(self.threads.update(thread, metadata={"a": "1"}).metadata, {"a": "1"})
        self.assertIn(self.runs.cancel(run.id, thread_id=thread).status, ["cancelling", "cancelled"])
        self.assertEqual(self.polled(run).status, "cancelled")
        self.messages.create(thread, role="user", content="more")
        again = self.runs.create_and_poll(thread_id=thread, assistant_id=run.assistant_id, poll_interval_ms=20)
        self.assertEqual(again.status, "completed")
