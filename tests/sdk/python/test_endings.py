"""How runs end, and their steps and messages with them."""

import time

import openai

from streams import BEGIN, ENDLESS, SAYING, Counted, StreamCase, names
from support import STRICT_URL, Case, client


class Endings(Case):
    def test_failed(self):
        run = self.polled(self.started("fail no tea left"))
        self.assertEqual(
            (run.status, run.last_error.code, run.last_error.message), ("failed", "server_error", "no tea left")
        )
        self.assertIsNotNone(run.failed_at)
        self.assertIsNone(run.completed_at)

    def test_incomplete(self):
        run = self.polled(self.started("half an answer\nincomplete"))
        self.assertEqual((run.status, run.incomplete_details.reason), ("incomplete", "max_completion_tokens"))
        message = self.messages.list(run.thread_id, run_id=run.id).data[0]
        self.assertEqual((message.status, message.incomplete_details.reason), ("incomplete", "max_tokens"))
        self.assertEqual((message.completed_at, message.content[0].text.value), (None, "half an answer"))
        self.assertIsNotNone(message.incomplete_at)

    def test_budgets(self):
        for budget in ["max_prompt_tokens", "max_completion_tokens"]:
            run = self.polled(self.started("word " * 300, **{budget: 256}))
            self.assertEqual((run.status, run.incomplete_details.reason), ("incomplete", budget))

    def test_cancelled(self):
        run = self.started("call a", "a")
        self.assertEqual(self.polled(run).status, "requires_action")
        self.runs.cancel(run.id, thread_id=run.thread_id)
        run = self.polled(run)
        self.assertEqual((run.status, run.required_action), ("cancelled", None))
        self.assertIsNotNone(run.cancelled_at)
        self.assertEqual([(step.type, step.status) for step in self.steps(run)], [("tool_calls", "cancelled")])
        self.refused(
            openai.BadRequestError,
            "Cannot cancel run with status 'cancelled'.",
            self.runs.cancel,
            run.id,
            thread_id=run.thread_id,
        )

    def test_cancelled_while_the_model_thinks(self):
        run = self.started("sleep 600s\nhello")
        self.runs.cancel(run.id, thread_id=run.thread_id)
        self.assertEqual(self.polled(run).status, "cancelled")
        self.assertEqual(len(self.messages.list(run.thread_id).data), 1)

    def test_a_sleeper_awakes(self):
        self.assertEqual(self.polled(self.started("sleep 100ms\nhello")).status, "completed")


class Expiry(StreamCase):
    """Against a server whose runs have four seconds."""

    @classmethod
    def setUpClass(cls):
        cls.on(client(STRICT_URL))

    def test_expired_in_its_stream(self):
        handler = Counted()
        with self.runs.stream(**self.prepared(ENDLESS), event_handler=handler) as stream:
            run = stream.get_final_run()
        end = ["thread.message.incomplete", "thread.run.step.expired", "thread.run.expired"]
        self.assertEqual(names(handler.events), [*BEGIN, *SAYING, *end])
        [message] = stream.get_final_messages()
        self.assertEqual((message.status, message.incomplete_details.reason), ("incomplete", "run_expired"))
        self.assertEqual((run.status, [handler.text]), ("expired", self.said(run)))
        self.assertEqual([step.status for step in self.steps(run)], ["expired"])

    def test_expired(self):
        for run, steps in [(self.started("call a", "a"), ["expired"]), (self.started("stuck"), [])]:
            self.assertEqual(run.expires_at - run.created_at, 4)
            seen = set()
            while run.status != "expired":
                seen.add(run.status)
                time.sleep(0.05)
                run = self.runs.retrieve(run.id, thread_id=run.thread_id)
            self.assertLessEqual(seen, {"queued", "in_progress", "requires_action"})
            self.assertEqual((run.required_action, run.completed_at), (None, None))
            # A slow machine may not have come to the call.
            if not steps or "requires_action" in seen:
                self.assertEqual([step.status for step in self.steps(run)], steps)
            self.refused(
                openai.BadRequestError,
                'Runs in status "expired" do not accept tool outputs.',
                self.runs.submit_tool_outputs,
                run.id,
                thread_id=run.thread_id,
                tool_outputs=[],
            )
            self.messages.create(run.thread_id, role="user", content="more")
