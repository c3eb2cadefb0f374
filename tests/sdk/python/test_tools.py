"""Tool calls: several at once, one after the other, and outputs that do not fit."""

import openai

from support import Case

TWO = 'call a {"x": 1}\nhello\ncall b'


class Tools(Case):
    def waiting(self, text, *functions, **options):
        run = self.polled(self.started(text, *functions, **options))
        self.assertEqual((run.status, run.required_action.type), ("requires_action", "submit_tool_outputs"))
        return run, run.required_action.submit_tool_outputs.tool_calls

    def outputs(self, calls):
        return [{"tool_call_id": call.id, "output": f"of {call.function.name}"} for call in calls]

    def test_two_at_once(self):
        run, calls = self.waiting(TWO, "a", "b")
        self.assertEqual(
            [(call.type, call.function.name, call.function.arguments) for call in calls],
            [("function", "a", '{"x": 1}'), ("function", "b", "{}")],
        )
        [step] = self.steps(run)
        self.assertEqual((step.type, step.status, step.usage), ("tool_calls", "in_progress", None))
        self.assertEqual([call.function.output for call in step.step_details.tool_calls], [None, None])
        after = self.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=self.outputs(calls))
        self.assertEqual((after.status, after.required_action), ("queued", None))
        done = self.polled(run)
        self.assertEqual(done.status, "completed")
        tools, message = self.steps(run)
        self.assertEqual((tools.id, tools.status, message.type), (step.id, "completed", "message_creation"))
        self.assertEqual([call.function.output for call in tools.step_details.tool_calls], ["of a", "of b"])
        self.assertEqual(done.usage.total_tokens, tools.usage.total_tokens + message.usage.total_tokens)
        said = self.messages.list(run.thread_id, run_id=run.id).data[0].content[0].text.value
        self.assertEqual(said, "hello\na: of a\nb: of b")

    def test_one_after_the_other(self):
        run, calls = self.waiting(TWO, "a", "b", parallel_tool_calls=False)
        for name in "ab":
            self.assertEqual([call.function.name for call in calls], [name])
            run = self.runs.submit_tool_outputs_and_poll(
                run_id=run.id, thread_id=run.thread_id, tool_outputs=self.outputs(calls), poll_interval_ms=20
            )
            calls = run.required_action.submit_tool_outputs.tool_calls if run.required_action else []
        self.assertEqual((run.status, len(self.steps(run))), ("completed", 3))

    def test_outputs_that_do_not_fit(self):
        run, calls = self.waiting(TWO, "a", "b")
        first, second = (call.id for call in calls)
        wanted = f"Expected tool outputs for call_ids ['{first}', '{second}'], got "
        cases = [[], [first], [first, first], [first, "call_x"], [first, second, "call_x"]]
        for given in cases:
            listed = ", ".join(f"'{id}'" for id in given)
            self.refused(
                openai.BadRequestError,
                f"{wanted}[{listed}]",
                self.runs.submit_tool_outputs,
                run.id,
                thread_id=run.thread_id,
                tool_outputs=[{"tool_call_id": id, "output": ""} for id in given],
            )
        swapped = self.outputs(calls[::-1])
        self.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=swapped)
        self.assertEqual(self.polled(run).status, "completed")

    def test_outputs_at_the_wrong_time(self):
        run = self.polled(self.started("hello", "a"))
        self.refused(
            openai.BadRequestError,
            'Runs in status "completed" do not accept tool outputs.',
            self.runs.submit_tool_outputs,
            run.id,
            thread_id=run.thread_id,
            tool_outputs=[{"tool_call_id": "call_x", "output": ""}],
        )
